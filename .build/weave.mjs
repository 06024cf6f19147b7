// Weaving: documents quote the sources, and the quotations stay true. A fence names what it shows and holds the text
// itself, so a document reads well wherever Markdown is shown:
//
//   ```ts from lib/kernel/frame.ts#take         a function, class, constant or type
//   ```ts from lib/kernel/waiting.ts#List._park   a member of a class
//   ```ts from docs/book/02-taking-turns/program.ts   a whole file
//
//   node .build/weave.mjs           compares every such fence with its source (--check, the same)
//   node .build/weave.mjs --write   fills the fences in, and then compares
//   node .build/weave.mjs docs/internals.md   only this document, with or without --write
//
// Both end with the share of the core kernel's code that stands in some fence, and `--missing` lists the rest of it.
//
// A line `// ...` alone stands for lines that are left out. The parts around it must stand in the source in that order,
// to the letter. Such a fence is compared and never filled in: only its author knows what to leave out. The comment
// above a symbol may be left out as a whole.
//
// The sources are parsed by the parser that the formatter brings along: TypeScript 7 exports none that is stable.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { files, root } from './tools.mjs';

/** Per cent of the core's lines of code that must stand in some fence: since the book is whole, nearly all of them. */
export const WANTED = 95;
/** The core: what a task is, and who runs it. */
const core = /^lib\/(kernel\/|loop\/scheduler\.ts$)/;

const MEND = 'node .build/weave.mjs --write';
const ELISION = /^\s*\/\/ \.\.\.$/;

// ---- Sources

const sources = new Map();

/** A source: its lines, and what is declared in it. Throws when there is no such file. */
export async function sourceOf(path, read = readSource) {
  const text = read(path);
  if (sources.get(path)?.text !== text) sources.set(path, await parse(path, text));
  return sources.get(path);
}

function readSource(path) {
  if (!existsSync(join(root, path))) throw new Error(`there is no file ${path}`);
  return readFileSync(join(root, path), 'utf8');
}

async function parse(path, text) {
  const { parsers } = (await import('prettier/plugins/babel')).default;
  let tree;
  try {
    tree = await parsers['babel-ts'].parse(text, { filepath: path });
  } catch (error) {
    throw new Error(`${path} cannot be parsed: ${error.message}`);
  }
  const lines = text.replace(/\n$/, '').split('\n');
  // A line of code is one on which something stands that is no comment. Imports do not count: a reader misses nothing.
  const isComment = new Set();
  const isImport = new Set();
  for (const { type, loc } of tree.program.body)
    if (type === 'ImportDeclaration') for (let line = loc.start.line; line <= loc.end.line; line++) isImport.add(line);
  for (const { loc, start } of tree.comments) {
    const ownLine = text.slice(text.lastIndexOf('\n', start - 1) + 1, start).trim() === '';
    if (ownLine) for (let line = loc.start.line; line <= loc.end.line; line++) isComment.add(line);
  }
  const isCode = (line) => lines[line - 1]?.trim() !== '' && !isComment.has(line) && !isImport.has(line);
  const commentEnds = new Map(
    tree.comments
      .filter(({ loc }) => isComment.has(loc.start.line))
      .map((one) => [one.loc.end.line, one.loc.start.line]),
  );
  const symbols = new Map();
  const declare = (name, node) => {
    const [first, last] = [node.loc.start.line, node.loc.end.line];
    // A doc comment, or a block of line comments, that ends on the line above belongs to it.
    let top = first;
    while (commentEnds.has(top - 1)) top = commentEnds.get(top - 1);
    // `/** @internal */ _wake() {}`: on the same line, and shown with it.
    symbols.set(name, [...(symbols.get(name) ?? []), { name, top, first, last }]);
  };
  for (const statement of tree.program.body) for (const name of namesOf(statement)) declare(name, statement);
  for (const { name, node } of tree.program.body.flatMap(membersOf)) declare(name, node);
  return { path, text, lines, isCode, symbols };
}

const declared = (statement) => statement.declaration ?? statement;

/** What a statement at the top level declares. */
function namesOf(statement) {
  const { id, declarations } = declared(statement);
  if (declarations) return declarations.map(({ id }) => id.name).filter(Boolean);
  return id?.name ? [id.name] : [];
}

/** The members of a class, as `Class.member`. */
function membersOf(statement) {
  const { id, body } = declared(statement);
  if (!Array.isArray(body?.body) || !id) return [];
  return body.body
    .map((node) => ({ name: nameOfKey(node), node }))
    .filter(({ name }) => name !== undefined)
    .map(({ name, node }) => ({ name: `${id.name}.${name}`, node }));
}

function nameOfKey({ key, computed }) {
  if (!key) return undefined;
  // [Symbol.iterator] and [inspect]
  if (computed) return key.object ? `[${key.object.name}.${key.property.name}]` : `[${key.name}]`;
  return key.type === 'PrivateName' ? `#${key.id.name}` : (key.name ?? key.value);
}

// ---- Fences

/** The fences of a document that quote: where they are (the line of their first line of text), and what they hold. */
export function quotations(markdown) {
  const found = [];
  const lines = markdown.split('\n');
  for (let i = 0; i < lines.length; i++) {
    const [, ticks, info] = /^(`{3,}|~{3,})\s*(.*?)\s*$/.exec(lines[i]) ?? [];
    if (!ticks) continue;
    const first = ++i;
    while (i < lines.length && lines[i].trim() !== ticks) i++;
    if (i === lines.length) throw new Error(`line ${first}: this fence is not closed`);
    const [, path, symbol] = /^ts from ([^#\s]+)(?:#(\S+))?$/.exec(info) ?? [];
    if (path) found.push({ line: first + 1, info, path, symbol, text: lines.slice(first, i) });
    else if (/^ts from\b/.test(info)) throw new Error(`line ${first}: \`${info}\` is not \`ts from PATH#Symbol\``);
  }
  return found;
}

/** The one place of a symbol. Throws an error that says what is wrong with the name. */
export function place(source, symbol) {
  if (symbol === undefined) return { name: '', top: 1, first: 1, last: source.lines.length };
  const found = source.symbols.get(symbol) ?? [];
  // Overloads stand directly below each other, and are shown together.
  if (found.length > 0 && isOneRun(source, found)) return { ...found[0], last: found.at(-1).last };
  if (found.length > 1)
    throw new Error(
      `${source.path} has ${symbol} ${found.length} times, on lines ${found.map(({ first }) => first).join(' and ')}: ` +
        'a fence needs a name that is there once',
    );
  const own = (name) => name.split('.').at(-1);
  const like = [...source.symbols.keys()].filter((name) => own(name) === own(symbol));
  throw new Error(`${source.path} has no ${symbol}${like.length > 0 ? `, but it has ${like.join(' and ')}` : ''}`);
}

const isOneRun = (source, found) =>
  found.every(
    ({ top }, i) =>
      i === 0 ||
      source.lines
        .slice(found[i - 1].last, top - 1)
        .join('')
        .trim() === '',
  );

/** The lines from `first` to `last`, without the indentation that the symbol has. */
function dedented({ lines }, { first, last, top }, withComment) {
  const indent = /^\s*/.exec(lines[first - 1])[0];
  return lines
    .slice((withComment ? top : first) - 1, last)
    .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line.trimStart()));
}

/**
 * Compares a fence with its source. Gives the numbers of the source's lines that it shows, or throws an error that says
 * what differs.
 */
export async function compare({ path, symbol, text }, read) {
  const source = await sourceOf(path, read);
  const where = place(source, symbol);
  const name = symbol ?? path;
  const whole = dedented(source, where, true);
  const shown = [];
  let at = 0;
  let elided = true; // before the first line the comment may be left out
  for (const line of text) {
    if (ELISION.test(line)) {
      elided = true;
      continue;
    }
    const next =
      elided ? whole.indexOf(line, at)
      : whole[at] === line ? at
      : -1;
    if (next < 0) {
      const expected =
        elided ? '' : ` Where the fence has\n    ${line}\nthe source has\n    ${whole[at] ?? '(its end)'}`;
      throw new Error(`${name} has changed.${expected || ` The source has no line\n    ${line}\nfrom there on.`}`);
    }
    shown.push(where.top + next);
    at = next + 1;
    elided = false;
  }
  const isWhole = !text.some((line) => ELISION.test(line));
  const begins = shown[0] === where.top || shown[0] === where.first;
  if (isWhole && (!begins || at < whole.length))
    throw new Error(`${name} is not shown whole: put \`// ...\` where lines are left out`);
  return { source, shown };
}

/** The document with every fence that leaves nothing out filled from its source. */
export async function filled(markdown, read) {
  const lines = markdown.split('\n');
  // From the end, so that the numbers of the lines before stay true.
  for (const { line, path, symbol, text } of quotations(markdown).reverse()) {
    if (text.some((one) => ELISION.test(one))) continue;
    const source = await sourceOf(path, read);
    const where = place(source, symbol);
    // An author who has left the comment out does not get it back.
    const bare = text.length > 0 && !/^\s*(\/\/|\/\*)/.test(text[0]);
    lines.splice(line - 1, text.length, ...dedented(source, where, !bare));
  }
  return lines.join('\n');
}

// ---- All documents

/** All but the Chinese ones. Their fences are compared with the English ones (chinese.mjs): the comments differ. */
const documents = () => ['README.md', ...files('docs', (path) => path.endsWith('.md') && !path.startsWith('docs/zh/'))];

/**
 * Looks at every fence of these documents. Gives what is wrong, each with its line, and the lines of each source that
 * are shown.
 */
export async function checkAll(paths = documents(), read = readSource) {
  const problems = [];
  const shown = new Map();
  let count = 0;
  for (const document of paths) {
    let fences = [];
    try {
      fences = quotations(read(document));
    } catch (error) {
      problems.push(`${document}: ${error.message}`);
    }
    for (const fence of fences) {
      count++;
      try {
        const { source, shown: lines } = await compare(fence, read);
        if (!shown.has(source.path)) shown.set(source.path, new Set());
        for (const line of lines) shown.get(source.path).add(line);
      } catch (error) {
        const byHand =
          fence.text.some((line) => ELISION.test(line)) ? ' (This one leaves lines out: mend it by hand.)' : '';
        problems.push(`${document}:${fence.line}: ${error.message}${byHand}`);
      }
    }
  }
  return { count, problems, shown };
}

/** Which of the core's lines of code stand in no fence, by file; and how many there are. */
export async function coverageOfCore(shown) {
  const missing = new Map();
  let [all, covered] = [0, 0];
  for (const path of files('lib', (path) => core.test(path))) {
    const { lines, isCode } = await sourceOf(path);
    for (let line = 1; line <= lines.length; line++) {
      if (!isCode(line)) continue;
      all++;
      if (shown.get(path)?.has(line)) covered++;
      else missing.set(path, [...(missing.get(path) ?? []), line]);
    }
  }
  return { all, covered, percent: Math.floor((covered / all) * 1_000) / 10, missing };
}

async function write(paths) {
  for (const document of paths) {
    const before = readSource(document);
    let after = before;
    try {
      after = await filled(before);
    } catch {
      continue; // the comparison says it, with the line
    }
    if (after === before) continue;
    writeFileSync(join(root, document), after);
    console.log(`filled in: ${document}`);
  }
}

async function main(args) {
  const named = args.filter((one) => !one.startsWith('-'));
  const unknown = args.find((one) => one.startsWith('-') && !['--check', '--write', '--missing'].includes(one));
  const lost = named.find((one) => !existsSync(join(root, one)));
  if (unknown !== undefined || lost !== undefined) {
    console.error(
      unknown === undefined ?
        `There is no document ${lost}`
      : `Unknown option ${unknown}: it is --check, --write or --missing`,
    );
    process.exitCode = 2;
    return;
  }
  const paths = named.length > 0 ? named : documents();
  if (args.includes('--write')) await write(paths);
  const { count, problems, shown } = await checkAll(paths);
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) {
    console.error(
      `\n${problems.length} of ${count} quotations are wrong. To fill in those that leave nothing out: ${MEND}`,
    );
    process.exitCode = 1;
  }
  if (named.length > 0) return; // one document alone need not show the core
  const { all, covered, percent, missing } = await coverageOfCore(shown);
  if (args.includes('--missing'))
    for (const [path, lines] of missing) console.log(`${path}: ${ranges(lines).join(', ')}`);
  console.log(`${count} quotations; ${percent} % of the core kernel stands in the text (${covered} of ${all} lines)`);
  if (percent < WANTED) {
    console.error(`wanted are ${WANTED} %`);
    process.exitCode = 1;
  }
}

/** [1, 2, 3, 7] -> 1-3, 7 */
export function ranges(numbers) {
  const found = [];
  for (const number of numbers) {
    if (found.at(-1)?.[1] === number - 1) found.at(-1)[1] = number;
    else found.push([number, number]);
  }
  return found.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`));
}

if (process.argv[1] === join(root, '.build', 'weave.mjs')) await main(process.argv.slice(2));
