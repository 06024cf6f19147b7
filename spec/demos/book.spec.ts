// `node demos book`: the list, a chapter, and the judging of answers, as a reader uses them.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { refusal } from '../support/demo-module.ts';
import { demo, patiently, plainDemo, succeeded } from '../support/demo.ts';

const folder = mkdtempSync(join(tmpdir(), 'treadle-book-'));
const file = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

const RIGHT = 'spec/book/04-calling/right.ts';
const test = suite('node demos book');

test.after(() => rmSync(folder, { recursive: true, force: true }));

test('lists the chapters that there are, each with its question', async () => {
  const ended = await demo('book');
  succeeded(ended);
  assert.match(ended.out, / 1 {2}By hand +What can be done to a function\*\?\n/);
  assert.match(ended.out, / 5 {2}A stack of our own +\S.*\?\n/);
});

test('N runs the program and the failure, and the failure with the engine of the next chapter', async () => {
  const { code, err, texts } = await demo('book 1');
  assert.is(err, '');
  assert.is(code, 0);
  const of = (heading: RegExp) => texts.slice(texts.findIndex((text) => heading.test(text)) + 1).slice(0, 6);
  assert.is(texts[0], '1. By hand: What can be done to a function*?');
  assert.equal(of(/failure\.ts, with docs\/book\/01/), ['ping 1', 'ping 2', 'ping 3', 'pong 1', 'pong 2', 'pong 3']);
  assert.equal(of(/failure\.ts, with docs\/book\/02/), ['ping 1', 'pong 1', 'ping 2', 'pong 2', 'ping 3', 'pong 3']);
});

test('--engine treadle runs them with treadle itself', async () => {
  const { code, out } = await plainDemo('book 3 --engine treadle');
  assert.is(code, 0);
  assert.match(out, /failure\.ts, with lib\/index\.ts\n\nHello, Grace!\n$/);
});

test('the last chapter runs all its programs on treadle itself, in the order of the text, at last the mended one', async () => {
  const { code, err, out } = await plainDemo('book 12');
  assert.equal([code, err], [0, '']);
  const files = [...out.matchAll(/^---- (\S+), with lib\/index\.ts$/gm)].map(([, file]) => file);
  assert.equal(files.slice(-2), ['failure.ts', 'mended.ts']);
  assert.ok(
    ['program.ts', 'scopes.ts', 'daemons.ts'].every((file) => files.includes(file)),
    files.join(),
  );
  assert.match(out, /program\.ts, with lib\/index\.ts\n\ncalled after 100 answers\n/);
  assert.match(out, /failure\.ts, with lib\/index\.ts\n\n[^]*CheckFailedError[^]*\nt1_\w+\n/);
  assert.match(out, /mended\.ts, with lib\/index\.ts\n\n[^]*: no failure\n$/);
});

test('check says in one sentence that an answer is right, or what is wrong in it, with exit codes 0 and 1', async () => {
  const off = file('off.ts', 'export function* retry(fn: any, n: number): any { for (let i = 0; ; i++) try { return yield* fn() } catch (e) { if (i >= n) throw e } }'); // prettier-ignore
  const [right, treadle, wrong, untouched] = await Promise.all([
    demo(`book check 4 ${RIGHT}`),
    plainDemo(`book check 4 ${RIGHT} --engine treadle`),
    plainDemo(`book check 4 ${off}`),
    plainDemo('book check 3 docs/book/03-asking/exercise.ts'),
  ]);
  for (const { code, out } of [right, treadle]) assert.equal([code, out], [0, 'Right. That is exercise 4.\n']);
  assert.equal(
    [wrong.code, wrong.out],
    [1, 'Not yet. With 1 as attempts, a function that fails was called 2 times.\n'],
  );
  assert.is(untouched.code, 1);
  assert.match(untouched.out, /^Not yet\. Work that is due every 100 ms,.*\.\n$/);
});

test('an answer that never ends is ended, and that is what is wrong in it', async () => {
  const endless = file(
    'endless.ts',
    "import { now, yieldNow } from './engine.ts';\nconsole.log('hello');\nexport function* sleepUntil(time: number): any { while ((yield* now()) < time) yield* yieldNow(); }\n",
  );
  await patiently(
    (factor) => plainDemo(`book check 3 ${endless} --limit ${1_500 * factor}`),
    ({ code, out }, factor) => {
      assert.is(code, 1);
      assert.match(out, new RegExp(`^hello\\nNot yet\\. It did not end within ${1.5 * factor} seconds: .*\\.\\n$`));
    },
  );
});

test('what makes no sense is one clear line and exit code 2', async () => {
  const broken = file('broken.ts', 'export function* retry( {\n');
  const other = file('other.ts', 'export const again = 1;\nexport const retry = 2;\n');
  const async = file('async.ts', 'export async function retry() {}\n');
  const bad: [string, RegExp][] = [
    ['book 99', /^There is no chapter 99: node demos book lists them, 1 to \d+$/],
    ['book 1 --engine 77', /^There is no chapter 77/],
    ['book 3 --engine 12', /^Chapter 12 has no engine of its own: say --engine treadle, or a chapter from 1 to \d+$/],
    ['book 12 --engine 3', /^Chapter 12 is about treadle itself, and runs on no other engine: leave out --engine$/],
    [`book check 12 ${RIGHT} --engine 3`, /^Chapter 12 is about treadle itself, and runs on no other engine/],
    ['book check', /^Which chapter\?/],
    ['book check 4', /^Which file\? node demos book check 4 FILE$/],
    ['book check 4 no-such-file.ts', /^There is no file no-such-file\.ts$/],
    ['book check 4 README.md', /^README\.md is no file of TypeScript or JavaScript$/],
    [`book check 4 ${broken}`, /broken\.ts:\d+: Expected/],
    [`book check 4 ${other}`, /other\.ts is no answer to exercise 4: its retry is no function, but number$/],
    [`book check 4 ${async}`, /its retry is an async function; write it with function\* and yield$/],
    [`book check 5 ${other}`, /is no answer to exercise 5: it exports no TailCall \(it exports again, retry\)$/],
    [`book check 12 ${other}`, /is no answer to exercise 12: it exports no Watched \(it exports again, retry\)$/],
    [`book check 1 ${other}`, /is no answer to exercise 1: it must export guesses, an array of 12 strings$/],
  ];
  for (const [args, says] of bad) {
    // In a process of its own: one that is found before anything runs, and one that the judge finds.
    const isShown = args === 'book 99' || args === `book check 4 ${other}`;
    const { code, out, err } = await (isShown ? demo(args) : refusal(...args.split(' ')));
    assert.equal([code, out], [2, ''], args);
    assert.match(err.trimEnd(), says);
    assert.is(err.split('\n').length, 2, err);
  }
});

test.run();
