// What documents quote of the sources is what the sources say; and the tool that sees to it (.build/weave.mjs).
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { read, root } from '../support/package.ts';
import { node } from '../support/programs.ts';

interface Quotation {
  readonly line: number;
  readonly path: string;
  readonly symbol: string | undefined;
  readonly text: readonly string[];
}
type Read = (path: string) => string;
interface Weave {
  readonly WANTED: number;
  quotations(markdown: string): Quotation[];
  compare(fence: Quotation, read: Read): Promise<{ readonly shown: readonly number[] }>;
  filled(markdown: string, read: Read): Promise<string>;
  checkAll(
    documents?: readonly string[],
    read?: Read,
  ): Promise<{ count: number; problems: readonly string[]; shown: Map<string, Set<number>> }>;
  coverageOfCore(shown: Map<string, Set<number>>): Promise<{ all: number; percent: number }>;
  ranges(numbers: readonly number[]): string[];
}
const weave = (await import(pathToFileURL(join(root, '.build/weave.mjs')).href)) as Weave;

const source = `// A file about lists.
import { thing } from './thing.ts';

/** How many there may be. */
export const MOST = 3;

/** Adds one. */
export function add(list: number[], item: number): void {
  if (list.length >= MOST) throw new RangeError('full');
  // the newest comes last
  list.push(item);
}

export function show(value: string): string;
export function show(value: number): string;
export function show(value: unknown): string {
  return String(value);
}

export class Line {
  private first = 0;

  /** Takes out the first one. */
  shift(): number {
    return this.first++;
  }

  *[Symbol.iterator]() {
    yield this.shift();
  }
}

class Twice {
  get size(): number {
    return thing;
  }
  first(): void {}
  set size(_: number) {}
}
`;

/** A document with one fence, and the source above. */
const reads =
  (document: string): Read =>
  (path) => {
    if (path === 'a.md') return document;
    if (path === 'line.ts') return source;
    throw new Error(`there is no file ${path}`);
  };
const fence = (info: string, text: string) => `Words.\n\n\`\`\`${info}\n${text}${text && '\n'}\`\`\`\n\nMore words.\n`;
const problems = async (info: string, text: string) =>
  (await weave.checkAll(['a.md'], reads(fence(info, text)))).problems;
const written = async (info: string, text = '') => {
  const before = fence(info, text);
  return weave.filled(before, reads(before));
};

const test = suite('weaving');

test('fills in a function, a member, overloads, a constant and a whole file, dedented, with the comment above', async () => {
  const inner = async (symbol: string) =>
    (await written(`ts from line.ts#${symbol}`)).split('```')[1]!.split('\n').slice(1, -1);
  assert.equal(await inner('MOST'), ['/** How many there may be. */', 'export const MOST = 3;']);
  assert.is((await inner('add')).length, 6);
  assert.equal(await inner('Line.shift'), [
    '/** Takes out the first one. */',
    'shift(): number {',
    '  return this.first++;',
    '}',
  ]);
  assert.equal(await inner('Line.[Symbol.iterator]'), ['*[Symbol.iterator]() {', '  yield this.shift();', '}']);
  assert.is((await inner('show')).length, 5);
  assert.is((await written('ts from line.ts')).includes(source), true);
});

test('what it has filled in passes the comparison, and is left as it is the next time', async () => {
  const once = await written('ts from line.ts#Line');
  assert.equal((await weave.checkAll(['a.md'], reads(once))).problems, []);
  assert.is(await weave.filled(once, reads(once)), once);
});

test('a comment that the author has left out stays out, and one that is there is kept', async () => {
  const bare = 'shift(): number {\n  return this.last++;\n}';
  assert.match(
    await written('ts from line.ts#Line.shift', bare),
    '#Line.shift\nshift(): number {\n  return this.first++;\n}',
  );
  assert.match(await written('ts from line.ts#Line.shift', '/** Old. */'), '/** Takes out the first one. */\nshift()');
});

test('a fence that leaves lines out is compared part by part, and never filled in', async () => {
  const parts = 'add(list: number[], item: number): void {\n  // ...\n  list.push(item);\n}'.replace(
    'add',
    'export function add',
  );
  assert.equal(await problems('ts from line.ts#add', parts), []);
  assert.match(await written('ts from line.ts#add', parts), parts);
  // In another order the parts are not what the source says.
  assert.match(
    (
      await problems(
        'ts from line.ts#add',
        '  list.push(item);\n  // ...\nexport function add(list: number[], item: number): void {',
      )
    )[0]!,
    'no line',
  );
});

test('a changed line is refused: the document, the line of the fence, and both texts', async () => {
  const [problem, ...others] = await problems(
    'ts from line.ts#Line.shift',
    '/** Takes out the first one. */\nshift(): number {\n  return this.last++;\n}',
  );
  assert.equal(others, []);
  assert.match(
    problem!,
    /^a\.md:4: Line\.shift has changed\. Where the fence has\n {4} {2}return this\.last\+\+;\nthe source has\n {4} {2}return this\.first\+\+;/,
  );
});

test('of a fence that leaves lines out, which no command fills in, it is said that it must be mended by hand', async () => {
  const [problem] = await problems('ts from line.ts#add', '  list.shift();\n  // ...');
  assert.match(
    problem!,
    /no line\n {4} {2}list\.shift\(\);\nfrom there on\. \(This one leaves lines out: mend it by hand\.\)$/,
  );
});

test('a part without `// ...` for the rest is refused', async () => {
  assert.match((await problems('ts from line.ts#Line.shift', 'shift(): number {'))[0]!, 'not shown whole');
  assert.match((await problems('ts from line.ts#Line.shift', ''))[0]!, 'not shown whole');
});

test('unknown files and symbols are named, with what was probably meant', async () => {
  assert.equal(await problems('ts from lost.ts#add', 'x'), ['a.md:4: there is no file lost.ts']);
  assert.equal(await problems('ts from line.ts#subtract', 'x'), ['a.md:4: line.ts has no subtract']);
  assert.equal(await problems('ts from line.ts#shift', 'x'), ['a.md:4: line.ts has no shift, but it has Line.shift']);
});

test('a symbol that is there twice is refused, with both lines', async () => {
  assert.match((await problems('ts from line.ts#Twice.size', 'x'))[0]!, 'has Twice.size 2 times, on lines 34 and 38');
});

test('a fence of another form, and one that is not closed, are refused', async () => {
  assert.match((await problems('ts from line.ts add', 'x'))[0]!, 'is not `ts from PATH#Symbol`');
  assert.match((await weave.checkAll(['a.md'], reads('```ts from line.ts#add\nx\n'))).problems[0]!, 'not closed');
});

test('says which lines of the source a fence shows: what is left out is not shown', async () => {
  const document = fence(
    'ts from line.ts#add',
    'export function add(list: number[], item: number): void {\n  // ...\n}',
  );
  const { shown } = await weave.compare(weave.quotations(document)[0]!, reads(document));
  assert.equal(shown, [8, 12]);
  assert.equal(weave.ranges([1, 2, 3, 7]), ['1-3', '7']);
});

test('every quotation in the documents is what the source says, and enough of the core is quoted', async () => {
  const { count, problems, shown } = await weave.checkAll();
  assert.equal(problems, [], 'to mend them: node .build/weave.mjs --write');
  assert.ok(count >= 4, `${count} quotations`);
  const { percent, all } = await weave.coverageOfCore(shown);
  assert.ok(all > 800, `${all} lines of code in the core`);
  assert.ok(percent >= weave.WANTED, `${percent} % of the core stand in the text, and ${weave.WANTED} % are wanted`);
  assert.ok(weave.WANTED > percent - 5, `${percent} % stand in the text by now: raise WANTED in .build/weave.mjs`);
  console.log(`note: ${percent} % of the core kernel stands in the text`);
});

test('by hand: what is out of date is exit code 1, with the command that mends it, and that command mends it', async () => {
  const document = '.cache/weave.md';
  mkdirSync(join(root, '.cache'), { recursive: true });
  writeFileSync(join(root, document), fence('ts from lib/kernel/modes.ts#THROW', 'export const THROW = 7;'));
  const stale = await node(['.build/weave.mjs', document]);
  assert.is(stale.code, 1);
  assert.match(stale.err, /^\.cache\/weave\.md:4: THROW has changed\./);
  assert.match(stale.err, 'node .build/weave.mjs --write');
  const mended = await node(['.build/weave.mjs', '--write', document]);
  assert.is(mended.code, 0, mended.err);
  assert.match(read(document), '\nexport const THROW = 1;\n');
  rmSync(join(root, document));
});

test('by hand: a line that says how much is quoted; what makes no sense is refused with exit code 2', async () => {
  const [good, bad, lost] = await Promise.all([
    node(['.build/weave.mjs', '--check']),
    node(['.build/weave.mjs', '--wrote']),
    node(['.build/weave.mjs', 'docs/lost.md']),
  ]);
  assert.is(lost.code, 2);
  assert.match(lost.err, 'There is no document docs/lost.md');
  assert.is(good.code, 0, good.err);
  assert.match(good.out, /^\d+ quotations; [\d.]+ % of the core kernel stands in the text \(\d+ of \d+ lines\)\n$/);
  assert.is(bad.code, 2);
  assert.match(bad.err, 'Unknown option --wrote');
});

test.run();
