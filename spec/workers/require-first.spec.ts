// The first module of a worker is loaded by `require` where Node can do that, and nobody can tell but by a clock.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught } from '../support/errors.ts';
import { temporaryFolder } from '../support/files.ts';
import { kinds, poolOf, within } from '../support/workers.ts';

const folder = temporaryFolder();
const urlOf = (name: string): URL => pathToFileURL(join(folder, name));

/** Writes a file, and gives its URL. */
function file(name: string, text: string): URL {
  mkdirSync(new URL('.', urlOf(name)), { recursive: true });
  writeFileSync(urlOf(name), text);
  return urlOf(name);
}

/** The stack at which a module was run: `require` is in it, or it is not. */
const stack = 'export const at = (({ stack }) => () => stack)(new Error());';
let runs = 0;
const another = file('another.mjs', 'export const f = () => 1;');

// Hooks that give the module `changed.mjs` another text, and a module that sets them up.
const changed = file('changed.mjs', 'export const f = () => "as it is";');
const hooks = file(
  'hooks.mjs',
  `export async function load(url, context, next) {
    if (!url.endsWith('changed.mjs')) return next(url, context);
    return { format: 'module', shortCircuit: true, source: 'export const f = () => "by a hook";' };
  }`,
);
const register = file(
  'register.mjs',
  // Its text must not have the word, or it is not required.
  `import * as node from 'node:\\u006dodule';
  node.register(${JSON.stringify(hooks.href)});
  export const f = () => 1;`,
);

// A package that gives `import` and `require` different files.
file(
  'node_modules/both/package.json',
  '{ "exports": { "import": "./imported.mjs", "require": "./required.cjs" }, "version": "1.0.0" }',
);
file('node_modules/both/imported.mjs', 'export const by = "import";');
file('node_modules/both/required.cjs', 'exports.by = "require";');

for (const kind of kinds) {
  const test = suite(`the first module of a ${kind}`);
  const plain = { execArgv: [], env: { NODE_OPTIONS: undefined } };
  /** A worker that has not loaded anything yet. */
  const fresh = (options = {}) => poolOf(kind, { ...plain, ...options });
  const knows = (process.features as { require_module?: boolean }).require_module === true;
  const warns = /^v(22\.1[0-2]|23\.[0-4])\./.test(process.version);

  test('is required where Node can do that without a warning, and the second one is imported', () =>
    within(function* () {
      const [pool, first, second] = [fresh(), file('first.mjs', stack), file('second.mjs', stack)];
      assert.is(/require/.test(yield* pool.apply<string>(first, 'at')), knows && !warns);
      assert.not.match(yield* pool.apply<string>(second, 'at'), /require/);
    }));

  test('is run once if it waits at its top level, or if one that it imports does', () =>
    within(function* () {
      const count = 'globalThis.runs = (globalThis.runs ?? 0) + 1; export const runs = () => globalThis.runs;';
      const waits = file('waits.mjs', `${count} await 1;`);
      assert.is(yield* fresh().apply(waits, 'runs'), 1);
      const beside = file('beside.mjs', `import './waits.mjs'; ${count}`);
      assert.is(yield* fresh().apply(beside, 'runs'), 2, 'each of the two once');
    }));

  test('gives its own error at each call, whatever is wrong with it, and is run once', () =>
    within(function* () {
      for (const [text, message] of [
        ['globalThis.runs = (globalThis.runs ?? 0) + 1; throw new Error("bad " + globalThis.runs);', /^bad 1$/],
        ['import { none } from "./another.mjs";', /'\.\/another\.mjs' does not provide an export named 'none'/],
        ['import "./nowhere.mjs";', /^Cannot find module '.*nowhere\.mjs' imported from .*wrong\d\.mjs$/],
        ['const g = ;', /^Unexpected token ';'$/],
        ['throw { code: "ERR_REQUIRE_NOTHING", message: "of the module itself" };', /of the module itself/],
      ] as const) {
        const [pool, wrong] = [fresh(), file(`wrong${runs++}.mjs`, `export const f = () => 1; ${text}`)];
        for (let i = 0; i < 3; i++) assert.match((yield* caught(pool.apply(wrong, 'f'))).message, message, text);
        assert.is(yield* pool.apply(another, 'f'), 1, 'the worker is as good as before');
      }
    }));

  test('has the names that it exports and no others, and sees no module that requires it', () =>
    within(function* () {
      const whole = file('whole.mjs', 'export default () => 1; export const f = () => 2;');
      assert.match((yield* caught(fresh().apply(whole, 'g'))).message, /has no export 'g'; it has default, f$/);
      const { message } = yield* caught(fresh().apply(another, 'g'));
      assert.match(message, /another\.mjs has no export 'g'; it has f$/);
      const common = file('common.js', 'const { parent } = module; exports.isAlone = () => !parent;');
      assert.is(yield* fresh().apply(common, 'isAlone'), true);
    }));

  test('imports what import gives it: the files that a package has for import', () =>
    within(function* () {
      const asks = file('asks.mjs', 'import * as both from "both"; export const f = () => both.by;');
      assert.is(yield* fresh().apply(asks, 'f'), 'import');
    }));

  test('is loaded by the hooks that the flags of its worker set up', () =>
    within(function* () {
      const flag = ['--import', register.href];
      assert.is(yield* fresh({ execArgv: flag }).apply(changed, 'f'), 'by a hook');
      assert.is(yield* fresh().apply(changed, 'f'), 'as it is');
      // A thread has the options of its program: it does not read the variable again.
      if (kind === 'process')
        assert.is(yield* fresh({ env: { NODE_OPTIONS: flag.join(' ') } }).apply(changed, 'f'), 'by a hook');
    }));

  test('may set up hooks for those after it', () =>
    within(function* () {
      const pool = fresh();
      assert.is(yield* pool.apply(register, 'f'), 1);
      assert.is(yield* pool.apply(changed, 'f'), 'by a hook');
    }));

  test('may have a query in its URL: it is another module than without', () =>
    within(function* () {
      const pool = fresh();
      const counts = file('counts.mjs', 'let n = 0; export const next = () => ++n;');
      const query = new URL('?1.mjs', counts);
      assert.equal([yield* pool.apply(query, 'next'), yield* pool.apply(counts, 'next')], [1, 1]);
    }));

  test.run();
}
