// The rules that every chapter keeps: what its engine adds stands in its text, its outputs are what its programs print,
// and the failure that it ends in is gone with the next engine and with treadle. The last chapter has no engine: it is
// about treadle, its programs run on that, and the failure that it ends in is one of the program, and is gone when that
// is mended.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { map, run } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { TREADLE } from '../../demos/book/assemble.ts';
import { chapters, withEngines } from '../../demos/book/chapters.ts';
import type { Chapter } from '../../demos/book/chapters.ts';
import { perform, printed } from '../../demos/book/perform.ts';
import { filesIn, read, root } from '../support/package.ts';

/** ```text output of FILE [with treadle] [without: LINE]; on treadle, it is a line of its kernel that is left out. */
interface Output {
  readonly where: string;
  readonly program: string;
  readonly engine: string;
  readonly without: string | undefined;
  readonly text: string;
}

function outputsOf(chapter: Chapter): Output[] {
  const folder = chapter.file('').slice(0, -1);
  return [
    ...read(chapter.text).matchAll(/^```text output of (\S+)( with treadle)?(?: without: ([^`\n]+))?\n([^]*?)^```$/gm),
  ].map(([, file = '', treadle, without, text = '']) => ({
    where: `${chapter.text}: output of ${file}${treadle ?? ''}${without === undefined ? '' : ` without: ${without}`}`,
    program: file.startsWith('../') ? `docs/book/${file.slice(3)}` : `${folder}/${file}`,
    engine: treadle ? TREADLE : chapter.engine,
    without,
    text,
  }));
}

const outputs = chapters.flatMap(outputsOf);
const newest = withEngines.at(-1)!;
const last = chapters.at(-1)!;

/** Every run that some rule wants, two at a time. By program, engine and the line that is left out. */
const key = (program: string, engine: string, without = '') => [program, engine, without].join(' ');
const wanted = new Map<string, { entry: string; engine: string; without: string | undefined }>();
const want = (entry: string, engine: string, without?: string) =>
  wanted.set(key(entry, engine, without), { entry, engine, without });
for (const { program, engine, without } of outputs) want(program, engine, without);
for (const chapter of withEngines) {
  want(chapter.file('program.ts'), newest.engine);
  want(chapter.file('program.ts'), TREADLE);
  want(chapter.file('failure.ts'), TREADLE);
}
const runs = run(
  map(
    [...wanted],
    function* ([name, parts]) {
      return [name, printed(yield* perform(parts))] as const;
    },
    { concurrency: 2 },
  ),
).then((all) => new Map(all));
const outputOf = async (program: string, engine: string, without?: string) =>
  (await runs).get(key(program, engine, without));

const test = suite('chapters of the book');

test('there are twelve of them, numbered from 1 without a gap, and all but the last one have an engine', () => {
  assert.equal(
    chapters.map(({ number }) => number),
    Array.from({ length: 12 }, (_, i) => i + 1),
  );
  assert.equal(
    withEngines.map(({ number }) => number),
    Array.from({ length: 11 }, (_, i) => i + 1),
  );
});

test('have a title, a question, and all that belongs to a chapter', () => {
  for (const [i, { name, title, question, text, number, engine, file }] of chapters.entries()) {
    assert.ok(title && question.endsWith('?'), name);
    const isLast = engine === TREADLE;
    for (const part of ['program.ts', 'failure.ts', 'exercise.ts', 'picture.svg', isLast ? 'mended.ts' : 'engine.ts'])
      assert.ok(read(file(part)).length > 0, file(part));
    const prose = read(text);
    assert.match(prose, `](${name}/picture.svg)`);
    assert.match(prose, `node demos book check ${number} `);
    const headings = isLast ? [] : ['## What breaks without it', '## In the shipped kernel'];
    for (const heading of [...headings, '## The failure', '## Exercise'])
      assert.match(prose, `\n${heading}`, `${text} has no ${heading}`);
    assert.match(read('docs/book/README.md'), `](${name}.md)`);
    const next = chapters[i + 1];
    if (next) assert.match(prose, `\nNext: [${next.number}. ${next.title}](${next.name}.md)\n`);
  }
});

test('no output escapes: every fence that says it is one is compared, and stands in a chapter', () => {
  const said = filesIn('docs')
    .filter((path) => path.endsWith('.md') && !path.startsWith('docs/zh/')) // compared with the English ones
    .flatMap((path) =>
      [...read(path).matchAll(/^\s*[`~]{3,}\s*text output of .*$/gm)].map(([line]) => `${path}: ${line}`),
    );
  assert.is(said.length, outputs.length, said.join('\n'));
});

test('every output in the text is what the program prints with the engine of the chapter', async () => {
  const wrong: string[] = [];
  for (const { where, program, engine, without, text } of outputs) {
    const now = await outputOf(program, engine, without);
    if (now !== text) wrong.push(`${where}\nthe text:\n${text}now:\n${now}`);
  }
  assert.equal(wrong, [], wrong.join('\n'));
  const plain = (program: string) => outputs.some((one) => one.program === program && one.without === undefined);
  for (const { file } of chapters) assert.ok(plain(file('program.ts')) && plain(file('failure.ts')), file(''));
});

test('every program prints the same with the newest engine, and with treadle', async () => {
  for (const { file } of withEngines) {
    const program = file('program.ts');
    const own = outputs.find((one) => one.program === program && one.without === undefined)!.text;
    assert.is(await outputOf(program, newest.engine), own, `${program} with ${newest.name}`);
    assert.is(await outputOf(program, TREADLE), own, `${program} with treadle`);
  }
});

test('a failure is gone with the engine of the next chapter, whose text shows it, and with treadle', async () => {
  for (const [i, { file, text }] of withEngines.entries()) {
    const failure = file('failure.ts');
    const [before, after] = outputs.filter(({ program, without }) => program === failure && without === undefined);
    assert.ok(before && after, `${text} or the next chapter does not show how ${failure} ends`);
    assert.is(after.engine, chapters[i + 1]?.engine);
    assert.is.not(after.text, before.text, failure);
    assert.is(await outputOf(failure, TREADLE), after.text, `${failure} with treadle`);
  }
});

test('the failure of the last chapter is found by a schedule that is stored, and gone from the program that is mended', () => {
  const textOf = (name: string) => outputs.find(({ program }) => program === last.file(name))?.text ?? '';
  const [failure, mended] = [textOf('failure.ts'), textOf('mended.ts')];
  const schedule = /\bt1_\w+/.exec(failure)?.[0];
  assert.ok(schedule, `${last.text} shows no schedule that fails`);
  assert.match(
    read(last.file('mended.ts')),
    `'${schedule}'`,
    'the schedule that is stored is not the one that was found',
  );
  assert.match(mended, /^as it was, by the stored schedule: \w+Error: /);
  assert.match(mended, /\nmended, by the stored schedule: no failure\nmended, \d+ schedules .*: no failure\n$/);
});

test('a line that is left out of an engine changes what the program prints', () => {
  for (const { engine, text } of chapters) {
    const without = outputs.filter((one) => one.without !== undefined && one.engine === engine);
    assert.ok(without.length > 0, `${text} shows no output without a line`);
    for (const { program, where, text: broken } of without)
      assert.is.not(
        broken,
        outputs.find((one) => one.program === program && one.engine === engine && !one.without)?.text,
        where,
      );
  }
});

interface Source {
  readonly lines: readonly string[];
  isCode(line: number): boolean;
}
interface Weave {
  sourceOf(path: string): Promise<Source>;
  checkAll(documents: readonly string[]): Promise<{ shown: Map<string, Set<number>> }>;
}

/** The numbers of the lines of `after` that are not in `before`: all but a longest common subsequence. */
function added(before: readonly string[], after: readonly string[]): number[] {
  const lengths = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0));
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--)
      lengths[i]![j] =
        before[i] === after[j] ? lengths[i + 1]![j + 1]! + 1 : Math.max(lengths[i + 1]![j]!, lengths[i]![j + 1]!);
  const numbers: number[] = [];
  for (let i = 0, j = 0; j < after.length;) {
    if (i < before.length && before[i] === after[j]) [i, j] = [i + 1, j + 1];
    else if (i < before.length && lengths[i + 1]![j]! >= lengths[i]![j + 1]!) i++;
    else numbers.push(++j);
  }
  return numbers;
}

test('the search for added lines finds them', () => {
  assert.equal(added(['a', 'b', 'c'], ['a', 'x', 'b', 'c', 'y']), [2, 5]);
  assert.equal(added([], ['a']), [1]);
  assert.equal(added(['a', 'b'], ['b']), []);
  assert.equal(added(['a', 'b'], ['b', 'a']).length, 1);
});

const weave = import(pathToFileURL(join(root, '.build/weave.mjs')).href) as Promise<Weave>;

test('the table of the chapters has the title and the question of each, and counts the lines of its engine', async () => {
  const rows = [
    ...read('docs/book/README.md').matchAll(
      /^\| (\d+) \| \[(.*)\]\((.*)\.md\) \| (.*) \| (\d+|treadle itself) \| \d+ min \|$/gm,
    ),
  ];
  const expected = chapters.map(async ({ number, title, name, question, engine }) => {
    const { lines, isCode } = await (await weave).sourceOf(engine);
    const count = lines.filter((_, i) => isCode(i + 1)).length;
    return [String(number), title, name, question, engine === TREADLE ? 'treadle itself' : String(count)];
  });
  assert.equal(
    rows.map(([, ...cells]) => cells.map((cell) => cell.replaceAll('`', ''))),
    await Promise.all(expected),
  );
});

test('every line of code that an engine adds to the one before stands in the text of its chapter', async () => {
  const { sourceOf, checkAll } = await weave;
  let before: readonly string[] = [];
  for (const { engine, text } of withEngines) {
    const { lines, isCode } = await sourceOf(engine);
    const { shown } = await checkAll([text]);
    const missing = added(before, lines).filter((line) => isCode(line) && !shown.get(engine)?.has(line));
    assert.equal(
      missing.map((line) => `${engine}:${line}: ${lines[line - 1]}`),
      [],
      `${text} does not show what its engine adds`,
    );
    before = lines;
  }
});

test.run();
