// The Chinese documents follow the English ones, section by section. Under each heading of a document in docs/zh/
// stands a comment, which a forge does not show, with a hash of the English section that it was written from:
//
//   ## 一步一步来
//   <!-- en: 3f2a9c1b -->
//
// When the English section changes, its hash changes, and the comparison fails until somebody has looked: either the
// Chinese follows and is stamped anew, or it says `<!-- en: 3f2a9c1b behind -->`, and readers get a notice.
// A section that only the Chinese document has says `<!-- en: none -->`.
//
//   node .build/chinese.mjs                   compares all documents (--check, the same)
//   node .build/chinese.mjs --stamp FILE...   what these say now follows the English: their hashes are written
//   node .build/chinese.mjs --stamp FILE:40   only the section in which line 40 is
//   node .build/chinese.mjs --behind [FILE..] sections whose English has changed say `behind` from now on
//   node .build/chinese.mjs --write FILE...   fences that differ from the English ones are filled in from those
//
// The stories of the museum are in demos/museum/chinese.ts, each with the hash of the English one. It can be named as
// FILE, too.
//
// Fences are the same as in English, in the same order. Only the comments in their code are Chinese. So quotations of
// the sources are compared with the English document, which .build/weave.mjs compares with the sources.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { files, root } from './tools.mjs';

/** What the first paragraph of every chapter begins with. It is not in the English one. */
export const FROM_ASYNCIO = '> **如果你从 asyncio 来。**';

const MARK = /^<!-- en: (none|[0-9a-f]{8})( behind)? -->$/;

// ---- Documents

/**
 * The sections of a document: from a heading to the next one of any level. Of each: the number of the heading's line,
 * the heading, the mark below it, the prose (in which `[fence]` stands for each fence), and the fences.
 */
export function sections(markdown) {
  const lines = markdown.split('\n');
  const found = [];
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i];
    const [, ticks, info] = /^(`{3,}|~{3,})\s*(.*?)\s*$/.exec(line) ?? [];
    if (/^#{1,6} /.test(line)) {
      const [mark, hash, behind] = MARK.exec(lines[i + 1] ?? '') ?? [];
      if (mark) i++;
      found.push({ line: i + (mark ? 0 : 1), heading: line, hash, isBehind: !!behind, prose: [], fences: [] });
    } else if (found.length === 0) {
      if (line.trim() !== '') throw new Error(`line ${i + 1}: a document begins with a heading`);
    } else if (ticks) {
      const first = ++i;
      while (i < lines.length && lines[i].trim() !== ticks) i++;
      if (i === lines.length) throw new Error(`line ${first}: this fence is not closed`);
      found.at(-1).prose.push('[fence]');
      found.at(-1).fences.push({ line: first, info, text: lines.slice(first, i) });
    } else {
      if (/^<!-- en:/.test(line)) throw new Error(`line ${i + 1}: a mark stands directly under its heading`);
      found.at(-1).prose.push(line);
    }
  }
  return found;
}

const digest = (text) => createHash('sha256').update(text).digest('hex').slice(0, 8);

/** Measured numbers: at least three digits, or with a decimal point. Smaller ones may be words in one language. */
const NUMBER = /\d+\.\d+|\d[\d,]*\d{2}/g;

/** The hash of a text. Where its lines are broken does not matter, and numbers are compared, not hashed. */
export const hashOf = (text) => digest(text.trim().replace(/\s+/g, ' ').replace(NUMBER, '#'));

/** The hash of a section: of its heading and its prose. Fences are compared, and need no hash. */
export const hashOfSection = ({ heading, prose }) => hashOf([heading, ...prose].join('\n'));

/** The English document that a Chinese one follows. */
export const englishOf = (path) => (path === 'docs/zh/README.md' ? 'README.md' : path.replace(/^docs\/zh\//, 'docs/'));

/** The Chinese documents that follow an English one. */
export const documents = () => ['docs/zh/README.md', ...files('docs/zh/book', (path) => path.endsWith('.md'))];

// ---- Fences

/**
 * Code without its comments and empty lines. This is no parser: a `//` in a regular expression counts as a comment.
 * Both documents are read in the same way, so all that is missed is a difference behind it.
 */
export function withoutComments(text, info) {
  if (/^text\b/.test(info)) return text; // an output is what a program prints, to the letter
  let code = text.join('\n');
  if (/^(sh|bash)\b/.test(info)) code = code.replace(/(^|\s)#.*$/gm, '');
  if (/^ts\b/.test(info)) {
    const part = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|\/\/.*|\/\*[^]*?\*\//g;
    code = code.replace(part, (found) => (found.startsWith('/') ? '' : found));
  }
  return code
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
}

/** What differs between a Chinese fence and the English one, or undefined. */
function difference(chinese, english) {
  if (chinese.info !== english.info) return `this fence is \`${chinese.info}\`, and in English \`${english.info}\``;
  const [ours, theirs] = [chinese, english].map(({ text, info }) => withoutComments(text, info));
  for (let i = 0; i < Math.max(ours.length, theirs.length); i++)
    if (ours[i] !== theirs[i])
      return `the fence has\n    ${ours[i] ?? '(its end)'}\nand the English one\n    ${theirs[i] ?? '(its end)'}`;
  return undefined;
}

// ---- Links

/** Where the links of a section lead, sorted, as paths of the English documents and without the heading behind `#`. */
function targets({ prose }, path) {
  // What only the Chinese document has may link to other things.
  const text = prose.join('\n').replace(/^>.*$/gm, '');
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link]) => link)
    .filter((link) => !link.startsWith('#'))
    .map((link) =>
      /^[a-z]+:/.test(link) ? link : englishOf(posix.join(posix.dirname(path), link.replace(/#.*$/, ''))),
    )
    .sort();
}

// ---- Numbers

/** The numbers of a section. A measurement that is made anew can be written into both texts by whoever made it. */
function numbers({ prose }) {
  const text = prose
    .join('\n')
    .replace(/^>.*$/gm, '')
    .replace(/\]\([^)]*\)/g, '');
  return [...new Set(text.match(NUMBER) ?? [])].sort();
}

// ---- Comparing

/** What is wrong with a Chinese document, each with its line; and how many of its sections are behind. */
export function compare(path, chinese, english) {
  const problems = [];
  const say = (line, text) => problems.push(`${path}:${line}: ${text}`);
  const all = sections(chinese);
  const ours = all.filter(({ hash }) => hash !== 'none');
  const theirs = sections(english);
  for (const [i, section] of ours.entries()) {
    const other = theirs[i];
    if (!other) {
      say(section.line, `the English has no section for "${section.heading}": \`<!-- en: none -->\` if that is meant`);
      continue;
    }
    const level = (heading) => heading.indexOf(' ');
    if (level(section.heading) !== level(other.heading))
      say(section.line, `"${section.heading}" stands where the English has "${other.heading}"`);
    if (section.hash === undefined) {
      say(
        section.line,
        `"${section.heading}" has no mark: \`<!-- en: ${hashOfSection(other)} -->\` when it is written`,
      );
      continue;
    }
    if (section.isBehind) continue; // it says so itself
    if (section.hash !== hashOfSection(other))
      say(section.line, `the English section "${other.heading}" has changed since "${section.heading}" was written`);
    if (section.fences.length !== other.fences.length)
      say(section.line, `"${section.heading}" has ${section.fences.length} fences, in English ${other.fences.length}`);
    for (const [j, fence] of section.fences.entries()) {
      const problem = other.fences[j] && difference(fence, other.fences[j]);
      if (problem) say(fence.line + 1, problem);
    }
    const [here, there] = [targets(section, path), targets(other, englishOf(path))].map((all) => all.join(', '));
    if (here !== there)
      say(section.line, `"${section.heading}" links to ${here || 'nothing'}; in English: ${there || 'nothing'}`);
    const own = numbers(section);
    const lost = numbers(other).filter((number) => !own.includes(number));
    if (lost.length > 0) say(section.line, `"${section.heading}" lacks a number of the English: ${lost.join(', ')}`);
  }
  for (const { heading } of theirs.slice(ours.length)) say(1, `there is no section for "${heading}"`);
  if (/^\d\d-/.test(posix.basename(path)) && !all[0].prose.some((line) => line.startsWith(FROM_ASYNCIO)))
    say(1, `a chapter opens with a paragraph that begins \`${FROM_ASYNCIO}\``);
  return { problems, sections: ours.length, behind: ours.filter(({ isBehind }) => isBehind).length };
}

// ---- Changing

/** Writes the mark of each section that `markOf` gives one for, and leaves the others as they are. */
function marked(chinese, english, markOf) {
  const lines = chinese.split('\n');
  const theirs = sections(english);
  const all = sections(chinese);
  const ours = all.filter(({ hash }) => hash !== 'none');
  // From the end, so that the numbers of the lines before stay true.
  for (const [i, section] of [...ours.entries()].reverse()) {
    const mark =
      theirs[i] && markOf(section, hashOfSection(theirs[i]), all[all.indexOf(section) + 1]?.line ?? Infinity);
    if (mark) lines.splice(section.line, section.hash === undefined ? 0 : 1, `<!-- en: ${mark} -->`);
  }
  return lines.join('\n');
}

/** The document with the hashes of the English as it is now; of one line's section only, if there is one. */
export const stamped = (chinese, english, line) =>
  marked(chinese, english, (section, hash, end) =>
    line === undefined || (section.line <= line && line < end) ? hash : undefined,
  );

/** The document in which the sections whose English has changed say that they are behind. */
export const markedBehind = (chinese, english) =>
  marked(chinese, english, (section, hash) =>
    section.hash === hash || section.isBehind ? undefined : `${section.hash ?? hash} behind`,
  );

/**
 * The document with each fence whose code differs from the English one filled in from there. Its Chinese comments stay
 * where the line that they belong to is still there.
 */
export function filled(chinese, english) {
  const lines = chinese.split('\n');
  const theirs = sections(english);
  const ours = sections(chinese).filter(({ hash }) => hash !== 'none');
  for (const [i, { fences }] of [...ours.entries()].reverse())
    for (const [j, fence] of [...fences.entries()].reverse()) {
      const other = theirs[i]?.fences[j];
      if (other?.info === fence.info && difference(fence, other))
        lines.splice(fence.line, fence.text.length, ...withCommentsOf(fence, other));
    }
  return lines.join('\n');
}

/** The lines of the English fence, with the comments of the Chinese one at the lines of code that both have. */
function withCommentsOf(chinese, english) {
  const own = codeLines(chinese);
  return codeLines(english).flatMap(({ code, above, line }) => {
    const same = own.find((one) => one.code === code && one.above.length > 0 === above.length > 0);
    if (!same || code === '') return [...above, line];
    own.splice(0, own.indexOf(same) + 1); // a line that is there twice is found in its order
    return [...same.above, same.line];
  });
}

/** The lines of code of a fence, each with the lines of comment above it. An end with nothing below has `code: ''`. */
function codeLines({ info, text }) {
  const found = [];
  let above = [];
  for (const line of text) {
    const isComment = /^\s*(\/\/ (?!\.\.\.$)|\/\/$|\/\*(?!.*\*\/ \S)|\*)/.test(line);
    if (isComment && /^ts\b/.test(info)) above.push(line);
    else {
      found.push({ code: withoutComments([line], info)[0] ?? line, above, line });
      above = [];
    }
  }
  return above.length > 0 ? [...found, ...above.map((line) => ({ code: '', above: [], line }))] : found;
}

// ---- All documents

const readFile = (path) => readFileSync(join(root, path), 'utf8');

/** The chapters without a Chinese text. The table of the Chinese book links to the English text of each. */
function missing(read) {
  const table = read('docs/zh/book/README.md');
  const isBehind = sections(table).some((section) => section.isBehind); // it knows of no new chapter yet
  return files('docs/book', (path) => path.endsWith('.md'))
    .map((path) => path.replace('docs/book/', ''))
    .filter((name) => !existsSync(join(root, 'docs/zh/book', name)))
    .map((name) => ({ name, isNamed: isBehind || table.includes(`](../../book/${name})`) }));
}

/** Compares these documents. Gives what is wrong, and how much is behind. */
export function checkAll(paths = documents(), read = readFile) {
  const result = { problems: [], sections: 0, behind: 0 };
  for (const path of paths) {
    try {
      const { problems, sections, behind } = compare(path, read(path), read(englishOf(path)));
      result.problems.push(...problems);
      result.sections += sections;
      result.behind += behind;
    } catch (error) {
      result.problems.push(`${path}: ${error.message}`);
    }
  }
  return result;
}

// ---- The museum

const MUSEUM = 'demos/museum/chinese.ts';

/** The hash of what is told of a piece of the museum. */
export const hashOfPiece = ({ title, project, history, story }) =>
  hashOf([title, project, ...history.map(({ name }) => name), ...Object.values(story)].join('\n'));

/** What is wrong with the Chinese texts of these pieces, and how many are behind. */
export function comparePieces(pieces, chinese) {
  const problems = [];
  if (chinese.length !== pieces.length)
    problems.push(`${MUSEUM}: it has ${chinese.length} pieces, in English ${pieces.length}`);
  for (const [i, { english, behind, title, history }] of chinese.entries()) {
    const piece = pieces[i];
    if (!piece) continue;
    if (!behind && english !== hashOfPiece(piece))
      problems.push(`${MUSEUM}: the English piece ${i + 1} has changed since "${title}" was written`);
    if (history.length !== piece.history.length)
      problems.push(`${MUSEUM}: "${title}" names ${history.length} links, in English ${piece.history.length}`);
  }
  return { problems, sections: chinese.length, behind: chinese.filter(({ behind }) => behind).length };
}

/** The source of the Chinese texts with the hash of each English one. With `behind`, those that differ say so instead. */
export function stampedPieces(source, pieces, behind = false) {
  let i = 0;
  return source.replace(/^( *)english: '(\w*)',(\n *behind: true,)?$/gm, (whole, indent, hash, isBehind) => {
    const now = pieces[i] ? hashOfPiece(pieces[i]) : hash;
    i++;
    if (!behind) return `${indent}english: '${now}',`;
    return hash === now || isBehind ? whole : `${whole}\n${indent}behind: true,`;
  });
}

/** The museum's sources are TypeScript, and import the package. */
async function museum() {
  await (await import('./ensure.mjs')).ensure({ types: false });
  await import('./typescript-user.mjs');
  const [{ pieces }, { chinese }] = await Promise.all([
    import('../demos/museum/pieces.ts'),
    import('../demos/museum/chinese.ts'),
  ]);
  return { pieces, chinese };
}

// ---- By hand

/** All documents, with the chapters that are not there. */
export function check() {
  const { problems, sections, behind } = checkAll();
  const lost = missing(readFile);
  for (const { name, isNamed } of lost)
    if (!isNamed)
      problems.push(`docs/zh/book/${name} is not there, and the table in docs/zh/book/README.md does not say so`);
  return { problems, sections, behind, missing: lost.map(({ name }) => name) };
}

function change(named, work) {
  for (const one of named) {
    const [path, line] = one.split(':');
    const before = readFile(path);
    put(path, before, work(before, readFile(englishOf(path)), line && Number(line)));
  }
}

function put(path, before, after) {
  if (after === before) return;
  writeFileSync(join(root, path), after);
  console.log(`written: ${path}`);
}

const changes = { '--stamp': stamped, '--behind': markedBehind, '--write': filled };

async function main(args) {
  const option = args.find((one) => one.startsWith('-')) ?? '--check';
  let named = args.filter((one) => one !== option);
  const refuse = (text) => {
    console.error(text);
    process.exitCode = 2;
  };
  if (option !== '--check' && !(option in changes))
    return refuse(`Unknown option ${option}: it is --check, --stamp, --behind or --write`);
  const lost = named.find((one) => one !== MUSEUM && !documents().includes(one.replace(/:\d+$/, '')));
  if (lost !== undefined) return refuse(`${lost} is no Chinese document that follows an English one`);
  const all = named.length === 0;
  if (all && option === '--behind') named = [...documents(), MUSEUM];
  if (all && option === '--write') named = documents();
  if (named.length === 0 && option !== '--check')
    return refuse(`${option} of which document? All at once is never right`);

  const texts = named.filter((one) => one !== MUSEUM);
  if (option !== '--check') change(texts, changes[option]);
  const result = all ? check() : checkAll(texts.map((one) => one.replace(/:\d+$/, '')));
  if (all || named.includes(MUSEUM)) {
    const { pieces, chinese } = await museum();
    if (option === '--stamp' || option === '--behind') {
      const before = readFile(MUSEUM);
      put(MUSEUM, before, stampedPieces(before, pieces, option === '--behind'));
    } else {
      const told = comparePieces(pieces, chinese);
      result.problems.push(...told.problems);
      result.sections += told.sections;
      result.behind += told.behind;
    }
  }
  for (const problem of result.problems) console.error(problem);
  if (result.missing?.length > 0) console.log(`not in Chinese yet: ${result.missing.join(', ')}`);
  console.log(`${result.sections} sections in Chinese, ${result.behind} of them behind`);
  if (result.problems.length > 0) process.exitCode = 1;
}

if (process.argv[1] === join(root, '.build', 'chinese.mjs')) await main(process.argv.slice(2));
