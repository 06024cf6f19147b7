// How TypeDoc writes a page of docs/api/: the signature, what the doc comment says, its example, and the members in the
// same way. It leaves out what only repeats the signature: lists of parameters and results, where a member comes from,
// and base classes that nobody can import. Types that a page names and that have none of their own stand at its end.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Converter, ReflectionKind } from 'typedoc';
import { MarkdownTheme, MarkdownThemeContext, MemberRouter } from 'typedoc-plugin-markdown';
import ts from 'typescript';
import { root } from '../tools.mjs';

/** A module is called after its folder, the main entry after that of all. */
const importName = (module) => (module.name === 'treadle' ? 'treadle' : `treadle/${module.name}`);

/** Makes the model say what users see. */
function tidy({ project }) {
  for (const module of project.children) if (module.name === 'index') module.name = 'treadle';
  // An argument that is taken apart where it is declared has no name there.
  for (const parameter of project.getReflectionsByKind(ReflectionKind.Parameter))
    if (parameter.name.startsWith('__namedParameters')) parameter.name = 'options';
  // Of an error, `name` says the name of its class, and its inherited constructor what that of any Error does.
  for (const error of project.getReflectionsByKind(ReflectionKind.Class)) {
    if (!error.name.endsWith('Error')) continue;
    for (const member of [...(error.children ?? [])])
      if (member.name === 'name' || (member.kind === ReflectionKind.Constructor && member.inheritedFrom))
        project.removeReflection(member);
  }
}

/** Entries have no page of their own: one page leads to all names. */
class Router extends MemberRouter {
  shouldWritePage(reflection) {
    return reflection.kind !== ReflectionKind.Module && super.shouldWritePage(reflection);
  }
}

class Theme extends MarkdownTheme {
  getRenderContext(page) {
    return new Context(this, page, this.application.options);
  }
}

class Context extends MarkdownThemeContext {
  /** Types of the package that the page names, and that no entry exports: their text by their names. */
  unexported = new Map();

  constructor(...args) {
    super(...args);
    const original = this.partials;
    const belowImport = (part) => (model, options) => joined(this.importOf(model), part(model, options));
    this.partials = {
      ...original,
      inheritance: () => '',
      referenceType: (model) => {
        this.note(model);
        return original.referenceType(model);
      },
      pageTitle: () => (this.page.model.kind === ReflectionKind.Project ? 'The reference' : this.page.model.name),
      body: (model, options) =>
        model.kind === ReflectionKind.Project ? this.contentsOf(model) : original.body(model, options),
      memberContainer: belowImport(original.memberContainer),
      memberWithGroups: belowImport(original.memberWithGroups),
      hierarchy: (model, options) => withoutUnknown(original.hierarchy(model, options)),
      signature: (model, options) => {
        const comment = model.comment ?? (options.multipleSignatures ? undefined : model.parent?.comment);
        const title = options.hideTitle ? '' : original.signatureTitle(model, { accessor: options.accessor });
        return joined(title, this.commentOf(comment, options));
      },
      // Overloads: the doc comment of one of them holds for all.
      signatures: (model, options) => {
        const signatures = model.signatures ?? [];
        const comment = model.comment ?? signatures.find((signature) => signature.comment)?.comment;
        const titles = signatures.map((signature) => original.signatureTitle(signature));
        return joined(...titles, this.commentOf(comment, { headingLevel: options.headingLevel + 1 }));
      },
      accessor: (model, options) => {
        const signatures = [
          ['get', model.getSignature],
          ['set', model.setSignature],
        ].filter(([, signature]) => signature);
        return joined(
          ...signatures.map(([accessor, signature]) => original.signatureTitle(signature, { accessor })),
          ...signatures.map(([, signature]) => this.commentOf(signature.comment, options)),
          this.commentOf(model.comment, options),
        );
      },
    };
  }

  /** At the head of a page: what it is about, and which entry has it. */
  importOf(model) {
    if (model !== this.page.model || model.parent?.kind !== ReflectionKind.Module) return '';
    const kind = ReflectionKind.singularString(model.kind).replace(' Alias', ' alias');
    return `${kind} of \`${importName(model.parent)}\` · [all names](${this.urlTo(model.project)})`;
  }

  commentOf(comment, { headingLevel }) {
    return comment ? this.partials.comment(comment, { headingLevel, showSummary: true, showTags: true }) : '';
  }

  note({ reflection, symbolId }) {
    if (reflection || symbolId?.packageName !== 'treadle') return;
    const text = declarationOf(join(root, symbolId.packagePath), symbolId.qualifiedName);
    if (text !== undefined) this.unexported.set(symbolId.qualifiedName, text);
  }

  /** At the end of a page. */
  otherTypes() {
    if (this.unexported.size === 0) return '';
    return joined('## Other types', ['```ts', [...this.unexported.values()].join('\n\n'), '```'].join('\n'));
  }

  /** The page that leads to all others. */
  contentsOf(project) {
    const about =
      'A page for each name that the package exports, made from the doc comments in `lib/` by `npm run api`. What it all ' +
      'means together is told in [semantics.md](../semantics.md).';
    return joined(about, ...project.children.map((module) => this.entry(module)));
  }

  entry(module) {
    const isType = ({ kind }) => kind === ReflectionKind.Interface || kind === ReflectionKind.TypeAlias;
    const types = module.children.filter(isType);
    const values = module.children.filter((child) => !isType(child));
    return joined(`## \`${importName(module)}\``, this.table('name', values), this.table('type', types));
  }

  table(title, reflections) {
    if (reflections.length === 0) return '';
    const rows = [...reflections]
      .sort((a, b) => a.name.localeCompare(b.name, 'en'))
      .map((child) => {
        const comment = child.comment ?? child.signatures?.[0]?.comment;
        const said = comment ? (this.helpers.getDescriptionForComment(comment) ?? '') : '';
        return `| [\`${child.name}\`](${this.urlTo(child)}) | ${firstSentence(said)} |`;
      });
    return [`| ${title} | |`, '|---|---|', ...rows].join('\n');
  }
}

/** A type as its source declares it, with its comments. A class is none: its members are the engine's own. */
function declarationOf(path, name) {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest);
  const isType = (node) => ts.isTypeAliasDeclaration(node) || ts.isInterfaceDeclaration(node);
  const found = source.statements.find((node) => isType(node) && node.name.text === name);
  if (found === undefined || found.getFullText(source).includes('@internal')) return undefined;
  const comments = ts.getJSDocCommentsAndTags(found).map((comment) => comment.getText(source));
  return [...comments, found.getText(source).replace(/^export /, '')].join('\n');
}

const joined = (...parts) => parts.filter(Boolean).join('\n\n');

/** Up to the first full stop that is not within code, or to a list. */
const firstSentence = (text) => /^(?:`[^`]*`|[^`])*?(?:[.?!](?= |$)|:(?= - ))/.exec(text.trim())?.[0] ?? text.trim();

/** What a class extends has a link when it is exported; otherwise it is shown if it is one of the language's. */
function withoutUnknown(text) {
  const kept = text.split('\n').filter((line) => !line.startsWith('- ') || line.includes('](') || line === '- `Error`');
  // A heading with nothing below it.
  return kept.join('\n').replace(/^#+ [^\n]*\n*(?=#|$(?![^]))/gm, '');
}

export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_END, tidy);
  app.renderer.markdownHooks.on('content.end', (context) => context.otherTypes());
  app.renderer.defineRouter('treadle', Router);
  app.renderer.defineTheme('treadle', Theme);
}
