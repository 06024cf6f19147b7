// What the package exports, and what the doc comments of that say. The sources are read with the parser that the formatter
// brings along: no TypeDoc and no network is needed.
import { posix } from 'node:path';
import babel from 'prettier/plugins/babel';
import { filesIn, read } from './package.ts';

/** The entries by the names they are imported with, and their sources. */
export const entries: ReadonlyMap<string, string> = new Map(
  Object.keys((JSON.parse(read('package.json')) as { exports: Record<string, unknown> }).exports)
    .filter((path) => path !== './package.json')
    .map((path) => [path.replace('.', 'treadle'), posix.join('lib', path, 'index.ts')]),
);

/** A folder of docs/api/ELEMENT for each of them. Two names may differ in a capital only, and in the same folder a file
 * system could take them for one: `taskGroup` and `TaskGroup`. */
export type Kind = 'functions' | 'classes' | 'interfaces' | 'type-aliases' | 'variables';

/** A name that an entry exports. */
export interface Exported {
  /** 'treadle', 'treadle/testing' ... */
  readonly entry: string;
  readonly name: string;
  readonly kind: Kind;
  /** The source that declares it. */
  readonly path: string;
  /** Its doc comment without the stars; empty when there is none. */
  readonly doc: string;
  /** A function whose result is an effect. */
  readonly givesEffect: boolean;
  /** Of a class or an interface: its public members, but for constructors, `toString`, and what overrides another. */
  readonly members: readonly { readonly name: string; readonly doc: string }[];
  /** Of a class: the interfaces that it implements. Members that these describe need no description of their own. */
  readonly implemented: readonly string[];
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly name?: string;
  readonly value?: string;
  readonly id?: Node | null;
  readonly key?: Node;
  readonly body?: Node & { readonly body: readonly Node[] };
  readonly accessibility?: string;
  readonly override?: boolean;
  readonly returnType?: Node;
  readonly implements?: readonly { readonly expression: Node }[];
  readonly declaration?: Node | null;
  readonly declarations?: readonly Node[];
  readonly specifiers?: readonly (Node & { readonly local: Node; readonly exported?: Node })[];
  readonly source?: Node | null;
  readonly exportKind?: string;
}
interface Tree {
  readonly program: { readonly body: readonly Node[] };
  readonly comments: readonly (Node & { readonly value: string })[];
}

const trees = new Map<string, Promise<Tree>>();

function treeOf(path: string): Promise<Tree> {
  let tree = trees.get(path);
  const parse = babel.parsers['babel-ts'].parse as unknown as (text: string, options: object) => Tree | Promise<Tree>;
  if (!tree) trees.set(path, (tree = Promise.resolve(parse(read(path), { filepath: path }))));
  return tree;
}

/** The text of a doc comment: no stars, no indentation, no empty lines around it. */
const textOf = (comment: string): string =>
  comment
    .replace(/^\*/, '')
    .replace(/^[ \t]*\* ?/gm, '')
    .trim();

/** The doc comment right above a node. */
function docAbove(node: Node, { comments }: Tree, text: string): string {
  const above = comments.filter(
    ({ type, value, end }) =>
      type === 'CommentBlock' &&
      value.startsWith('*') &&
      end <= node.start &&
      text.slice(end, node.start).trim() === '',
  );
  return above.length ? textOf(above.at(-1)!.value) : '';
}

const kinds: Record<string, Kind> = {
  FunctionDeclaration: 'functions',
  TSDeclareFunction: 'functions',
  ClassDeclaration: 'classes',
  TSInterfaceDeclaration: 'interfaces',
  TSTypeAliasDeclaration: 'type-aliases',
  VariableDeclaration: 'variables',
};

/** A statement that exports what it declares, or one that only declares it. */
const declarationIn = (statement: Node): Node => statement.declaration ?? statement;

/** What a source declares under this name: a function with overloads more than once. */
async function declared(path: string, name: string): Promise<Omit<Exported, 'entry' | 'name'>> {
  const tree = await treeOf(path);
  const text = read(path);
  const found = tree.program.body.filter((statement) => {
    const { id, declarations = [] } = declarationIn(statement);
    return [id, ...declarations.map((one) => one.id)].some((one) => one?.name === name);
  });
  const [first] = found;
  if (!first) throw new Error(`${path} does not declare ${name}`);
  const doc = found.map((statement) => docAbove(statement, tree, text)).find((one) => one !== '') ?? '';
  const declaration = declarationIn(first);
  const members = (declaration.body?.body ?? [])
    .filter(({ key, accessibility, override }) => key?.name !== undefined && !accessibility && !override)
    .map((member) => ({ name: member.key!.name!, doc: docAbove(member, tree, text) }))
    .filter(({ name, doc }) => !/^(_|constructor$|toString$)/.test(name) && !/@internal\b/.test(doc));
  const implemented = (declaration.implements ?? []).map(({ expression }) => expression.name!);
  const { returnType } = declaration;
  const givesEffect = returnType !== undefined && /^: Effect</.test(text.slice(returnType.start, returnType.end));
  return { kind: kinds[declaration.type]!, path, doc, givesEffect, members, implemented };
}

/** Everything that an entry exports, in its order. */
export async function exportsOf(entry: string): Promise<Exported[]> {
  const path = entries.get(entry)!;
  const { program } = await treeOf(path);
  const sources = new Map<string, string>();
  for (const { type, specifiers = [], source } of program.body)
    if (type === 'ImportDeclaration')
      for (const { local } of specifiers) sources.set(local.name!, posix.join(posix.dirname(path), source!.value!));
  const found: Exported[] = [];
  for (const statement of program.body) {
    const { specifiers = [], source, exportKind, type, declaration } = statement;
    // `export default plugin`: what is declared above it.
    if (type === 'ExportDefaultDeclaration')
      found.push({ entry, name: 'default', ...(await declared(path, declaration!.name!)) });
    if (type !== 'ExportNamedDeclaration') continue;
    for (const id of [declaration?.id, ...(declaration?.declarations ?? []).map((one) => one.id)])
      if (id) found.push({ entry, name: id.name!, ...(await declared(path, id.name!)) });
    for (const { exported } of specifiers) {
      const name = exported!.name!;
      const from = source ? posix.join(posix.dirname(path), source.value!) : sources.get(name)!;
      const one = await declared(from, name);
      // Of a class that is exported as a type, users see the instances: it is an interface to them.
      const kind = one.kind === 'classes' && exportKind === 'type' ? 'interfaces' : one.kind;
      found.push({ entry, name, ...one, kind });
    }
  }
  return found;
}

/** The code of the `@example` blocks of a doc comment. */
export const examplesOf = (doc: string): string[] =>
  doc
    .split(/^@example[ \t]*\n?/m)
    .slice(1)
    .map((block) => block.split(/^@\w+/m)[0]!.trim());

/** What a doc comment says before its first tag. */
export const proseOf = (doc: string): string => doc.split(/^@\w+/m)[0]!.trim();

/** The page of a name, by its path from the root. */
export const pageOf = ({ entry, kind, name }: Exported): string =>
  `docs/api/${entry.replace('treadle/', '')}/${kind}/${name}.md`;

/** What is missing in the doc comments of a name and of its members. `all` are the names of the package. */
export function problemsOf(
  { entry, kind, name, doc, givesEffect, members, implemented }: Exported,
  all: readonly Exported[],
): string[] {
  const described = all.filter((one) => implemented.includes(one.name)).flatMap((one) => one.members);
  const isDescribed = (member: string) => described.some((one) => one.name === member && one.doc !== '');
  const problems: string[] = [];
  if (doc === '') problems.push(`${name} of ${entry} has no doc comment`);
  else if (!/[.?!:]$/m.test(proseOf(doc))) problems.push(`what is said of ${name} of ${entry} is no sentence`);
  if ((kind === 'functions' || kind === 'classes') && !examplesOf(doc).some((code) => code !== ''))
    problems.push(`${name} of ${entry} has no example`);
  if (givesEffect && !/cancel|answered at once/i.test(proseOf(doc)))
    problems.push(`${name} of ${entry} does not say what a cancellation does`);
  if (kind !== 'classes') return problems; // of the properties of an interface, many say by their type what they are
  for (const member of members)
    if (member.doc === '' && !isDescribed(member.name))
      problems.push(`nothing is said of ${name}.${member.name} of ${entry}`);
  return problems;
}

/** All examples in the doc comments of a folder, with the entry that they are of and the line where they begin. */
export function examplesIn(folder: string): { path: string; line: number; entry: string; code: string }[] {
  return filesIn(folder).flatMap((path) => {
    const text = read(path);
    const entry = [...entries].find(([name, source]) => name !== 'treadle' && path.startsWith(posix.dirname(source)));
    return [...text.matchAll(/^( *)\/\*\*\n(?:\1 \*.*\n)*?\1 \*\/$/gm)].flatMap(({ 0: comment, index }) => {
      const lines = comment.split('\n').map((line) => line.replace(/^ *\* ?/, ''));
      const top = text.slice(0, index).split('\n').length;
      return lines.flatMap((line, at) => {
        if (!line.startsWith('@example')) return [];
        const length = lines.slice(at + 1).findIndex((one) => one.startsWith('@') || one === '/');
        const code = lines
          .slice(at + 1, at + 1 + length)
          .join('\n')
          .trimEnd();
        return [{ path, line: top + at + 1, entry: entry?.[0] ?? 'treadle', code }];
      });
    });
  });
}
