// What is wrong with a text, said in a sentence and at its place.
import * as assert from 'uvu/assert';
import { placeIn } from '../../demos/playground/run/place-in.ts';
import { machineSuite, run, withImports } from './machine.ts';

const { test, plainTest, run: runSuite } = machineSuite('playground: refusals');

const errorOf = (code: string) => {
  const { error, log } = run(code);
  assert.ok(error, `nothing is wrong with ${code}`);
  assert.is(log, undefined);
  assert.match(error!.message, /^\S.*\.$/s, error!.message);
  return error!;
};

plainTest('a position in a text is a line and a column, counted from 1', () => {
  assert.equal(placeIn('ab\ncd', 0), { line: 1, column: 1 });
  assert.equal(placeIn('ab\ncd', 2), { line: 1, column: 3 });
  assert.equal(placeIn('ab\ncd', 3), { line: 2, column: 1 });
});

test('a syntax error has its line and its column', () => {
  const error = errorOf('function* main() {\n  yield* sleep(1;\n}\n');
  assert.is(error.kind, 'syntax');
  assert.is(error.line, 2);
  assert.is(error.column, 17);
  assert.is(errorOf('function* main() {\n  const a = 1;\n').kind, 'syntax');
  assert.is(errorOf('const = 5;').line, 1);
});

test('what the parser lets pass and the language does not', () => {
  const twice = errorOf('const a = 1;\nfunction* main() {}\nconst a = 2;\n');
  assert.is(twice.kind, 'syntax');
  assert.is(twice.line, 3);
  assert.match(twice.message, /'a' has already been declared/);
  for (const code of ['function* main() { break; }', 'return 1 1', 'let let = 1', '"\\u{zz}"', 'a => { } }'])
    assert.is(errorOf(code).kind, 'syntax');
});

for (const [code, instead] of [
  ['new Promise(() => {})', /coroutine, a Future or suspend/],
  ['Promise.all([])', /coroutine/],
  ["fetch('/a')", /fakeFetch/],
  ['setTimeout(() => {}, 1)', /sleep\(100\)/],
  ['setInterval(() => {}, 1)', /sleep\(100\)/],
  ['queueMicrotask(() => {})', /yieldNow/],
  ['Date.now()', /now\(\)/],
  ['performance.now()', /now\(\)/],
  ['crypto.randomUUID()', /random\(\)/],
  ['process.exit()', /by itself/],
  ['globalThis.fetch', /by itself/],
  ['document.title', /by itself/],
  ["import('treadle')", /at the top/],
] as const)
  test(`${code} is refused at its line, with what to use instead`, () => {
    const error = errorOf(`function* main() {\n  ${code};\n}\n`);
    assert.is(error.kind, 'refused');
    assert.is(error.line, 2);
    assert.is(error.column, code.startsWith('new') ? 7 : 3);
    assert.match(error.message, instead);
  });

test('async functions and await are refused', () => {
  for (const code of ['async function main() {}', 'const f = async () => {};', 'class A { async m() {} }']) {
    const error = errorOf(code);
    assert.is(error.kind, 'refused');
    assert.match(error.message, /function\* and yield\*/);
  }
  assert.is(errorOf('function* main() {}\nawait main();').line, 2);
});

test('modules that are not there are refused, and types of them are not', () => {
  for (const name of ['node:fs', './other.ts', 'treadle/workers', 'lodash']) {
    const error = errorOf(`// one line\nimport { a } from '${name}';\nfunction* main() { a(); }`);
    assert.is(error.kind, 'refused');
    assert.is(error.line, 2);
    assert.ok(error.message.includes(`'${name}'`));
  }
  assert.is(run("import type { A } from './other.ts';\nfunction* main(): A {}").error, undefined);
});

test('names of the program itself, of fields and of types are not refused', () => {
  const code = withImports(`
const promise: Promise<number> | undefined = undefined;
const process = { fetch: 1, setTimeout: 2 };
function* main() { return [process.fetch, promise, { Date: 1 }, 'setTimeout(1)']; }`);
  assert.is(run(code).error, undefined);
  assert.is(run(code).ended, 'succeeded');
});

test('what cannot be seen in the text is refused when it is used, and may be caught', () => {
  const { output, error, ended } = run(`
function* main() {
  for (const code of ['Promise.resolve()', 'setTimeout(1)', 'new Date()', 'fetch.x = 1']) {
    try { eval(code); } catch (error) { console.log(error.name, error.message.split(' ')[0]); }
  }
}`);
  assert.is(error, undefined);
  assert.is(ended, 'succeeded');
  assert.is(output, 'TypeError Promise\nTypeError setTimeout\nTypeError Date\nTypeError fetch\n');
});

test('a missing main, and one that is none', () => {
  assert.match(errorOf('const a = 1;').message, /There is no main: write function\* main/);
  assert.is(errorOf('').kind, 'main');
  assert.is(errorOf('const main = 5;').kind, 'main');
  assert.match(errorOf('function main() { return 5; }').message, /main gave 5, which cannot be run/);
  assert.match(errorOf('function main() {}').message, /main gave undefined/);
});

test('an error at the top of the program has its line', () => {
  const error = errorOf('const a = 1;\nnull.x;\nfunction* main() {}');
  assert.is(error.kind, 'load');
  assert.is(error.line, 2);
  assert.match(error.message, /^TypeError: Cannot read properties of null/);
  const inMain = errorOf('function main() {\n  throw new RangeError("too far");\n}');
  assert.is(inMain.line, 2);
  assert.is(inMain.message, 'RangeError: too far.');
  assert.match(errorOf('throw 5;\nfunction* main() {}').message, /It threw 5/);
});

test('loops and explorations of its own are refused in a sentence', () => {
  assert.match(
    errorOf("import { EventLoop } from 'treadle';\nnew EventLoop();").message,
    /function\* main\(\) and spawn/,
  );
  assert.match(errorOf("import { explore } from 'treadle/testing';\nexplore();").message, /beside the program/);
  const twice = "import { runSync, sleep } from 'treadle';\nrunSync(sleep(1));\nrunSync(sleep(2));\n";
  const { error, log } = run(twice);
  assert.match(error?.message ?? '', /one run, and a second one is started here/);
  assert.is(error?.line, 3);
  assert.ok(log);
});

runSuite();
