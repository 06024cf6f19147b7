// Modules of every kind: from the URL and the name of an export to the function.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught } from '../support/errors.ts';
import { fresh } from '../support/files.ts';
import { kinds, poolOf, stage } from '../support/workers.ts';

function moduleOf(extension: string, text: string): URL {
  const path = `${fresh()}.${extension}`;
  writeFileSync(path, text);
  return pathToFileURL(path);
}

const read = (module: URL): string => readFileSync(module, 'utf8');

for (const kind of kinds) {
  const test = suite(`modules in a ${kind}`);
  const pool = poolOf(kind);
  const { play, end } = stage();
  test.after(end);

  test('CommonJS: exports that Node finds in the text', () =>
    play(function* () {
      const module = moduleOf('cjs', 'exports.twice = (x) => 2 * x;');
      assert.is(yield* pool.apply(module, 'twice', [4]), 8);
    }));

  test('CommonJS: fields of a module.exports that was made by a call, own and of its class', () =>
    play(function* () {
      const made = moduleOf('cjs', 'const make = () => ({ twice: (x) => 2 * x }); module.exports = make();');
      assert.equal(yield* pool.map(made, 'twice', [4, 5]), [8, 10]);
      const instance = moduleOf(
        'cjs',
        `class Counter { #count = 0; add(n) { return (this.#count += n); } }
        module.exports = new Counter();`,
      );
      assert.equal([yield* pool.apply(instance, 'add', [4]), yield* pool.apply(instance, 'add', [5])], [4, 9]);
      const callable = moduleOf(
        'cjs',
        'module.exports = Object.assign((x) => -x, (() => ({ call: (x) => 2 * x }))());',
      );
      assert.equal([yield* pool.apply(callable, 'default', [4]), yield* pool.apply(callable, 'call', [4])], [-4, 8]);
    }));

  test('CommonJS: what is not there says so, and so does what every object has', () =>
    play(function* () {
      const made = moduleOf('cjs', 'module.exports = (() => ({ twice: (x) => 2 * x, two: 2 }))();');
      for (const name of ['thrice', 'toString', 'constructor']) {
        const error = yield* caught(pool.apply(made, name, [4]));
        assert.instance(error, TypeError);
        assert.match(error.message, new RegExp(`\\.cjs has no export '${name}'; it has default`));
      }
      assert.match((yield* caught(pool.apply(made, 'two'))).message, /the export 'two' of .* and is 2$/);
      for (const text of ['module.exports = null;', 'module.exports = 5;', 'module.exports = undefined;'])
        assert.match(
          (yield* caught(pool.apply(moduleOf('cjs', text), 'f'))).message,
          /has no export 'f'; it has default/,
        );
    }));

  for (const [form, text] of [
    ['a coroutine', 'export function* then(x) { return x + 1; }'],
    [
      'a plain function that throws',
      'export const then = (x) => { if (typeof x !== "number") throw x; return x + 1; };',
    ],
    ['one that calls back', 'export const then = (x) => (typeof x === "function" ? x("called back") : x + 1);'],
  ] as const) {
    test(`a module with an export named then, ${form}, is a module like any other`, () =>
      play(function* () {
        const module = moduleOf('mjs', `${text}\nexport const other = (x) => 2 * x;`);
        assert.equal([yield* pool.apply(module, 'other', [4]), yield* pool.apply(module, 'then', [4])], [8, 5]);
      }));
  }

  test('the same if the name is written with an escape, or passed on from another module', () =>
    play(function* () {
      const then = 'export const then = () => "called", other = (x) => 2 * x;';
      const named = JSON.stringify(moduleOf('mjs', then).href);
      const common = JSON.stringify(
        fileURLToPath(moduleOf('cjs', 'exports.then = () => "called"; exports.other = (x) => 2 * x;')),
      );
      for (const module of [
        moduleOf('mjs', 'export const \\u0074hen = () => "called", other = (x) => 2 * x;'),
        moduleOf('mjs', 'const f = () => "called"; export { f as "th\\x65n" }; export const other = (x) => 2 * x;'),
        moduleOf('mjs', `export * from ${named};`),
        moduleOf('mjs', `export /* all */ * from ${named};`),
        moduleOf('mjs', `export // all\n* from ${named};`),
        moduleOf('cjs', `module.exports = require(${common});`),
      ])
        assert.equal(
          [yield* pool.apply(module, 'other', [4]), yield* pool.apply(module, 'then')],
          [8, 'called'],
          read(module),
        );
    }));

  test('a module of Node, and one within a data: URL', () =>
    play(function* () {
      assert.is(yield* pool.apply('node:path', 'basename', ['/a/b']), 'b');
      const text = encodeURIComponent(`export const f = (x) => x + '"%\u2028'`);
      assert.is(yield* pool.apply(`data:text/javascript,${text}`, 'f', ['\n']), '\n"%\u2028');
    }));

  test('a module that does not exist, or is no JavaScript, says so in its own words', () =>
    play(function* () {
      const missing = yield* caught(pool.apply(pathToFileURL(`${fresh()}.mjs`), 'f'));
      assert.is(missing.code, 'ERR_MODULE_NOT_FOUND');
      assert.not.match(missing.message, /data:/);
      const wrong = yield* caught(pool.apply(moduleOf('mjs', 'export const f = ;'), 'f'));
      assert.instance(wrong, SyntaxError);
    }));

  test.run();
}
