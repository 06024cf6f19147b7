// The rules of the house that no compiler checks: what lib/ may say and import, and what lies where.
import { readdirSync } from 'node:fs';
import { posix } from 'node:path';
import { transformSync } from 'esbuild';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { filesIn, read, root } from '../support/package.ts';

const sources = filesIn('lib').filter((path) => path.endsWith('.ts'));

/**
 * Does this source use the syntax of promises? esbuild translates it for an engine that lacks it, and
 * for one that has it; only if there is some do the two differ. A real parser, so comments, strings
 * and names such as fromAsyncIterable do not count.
 */
function usesAsync(text: string): boolean {
  // esbuild translates every `yield*` where it cannot count on async generators, also those of plain ones.
  const source = text.replace(/\byield\s*\*/g, 'yield ');
  const translate = (has: boolean) =>
    transformSync(source, {
      loader: 'ts',
      target: 'esnext',
      supported: { 'async-await': has, 'async-generator': has, 'for-await': has },
    }).code;
  try {
    return translate(true) !== translate(false);
  } catch (error) {
    // A top-level await has no translation at all.
    if (/top-level await/i.test(String(error))) return true;
    throw error;
  }
}

type Import = { readonly specifier: string; readonly typeOnly: boolean };

/**
 * The static imports and re-exports of a source, of values and of types, and its `import('...')`s. Those count as
 * types: they are that, or a part that is loaded later and by then finds all it imports.
 */
function importsOf(source: string): Import[] {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  const found: Import[] = [];
  for (const [, clause = '', specifier = ''] of code.matchAll(
    /^(?:import|export)\b([^;'"]*?)\bfrom\s*['"]([^'"]+)['"]/gm,
  )) {
    found.push({ specifier, typeOnly: /^\s*type\b/.test(clause) });
  }
  for (const [, specifier = ''] of code.matchAll(/^import\s*['"]([^'"]+)['"]/gm))
    found.push({ specifier, typeOnly: false });
  for (const [, specifier = ''] of code.matchAll(/\bimport\(\s*['"]([^'"]+)['"]/g))
    found.push({ specifier, typeOnly: true });
  return found;
}

/** Every circle that a walk from each file meets, as `a -> b -> a`. */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const found = new Set<string>();
  const finished = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) {
      found.add([...path.slice(path.indexOf(file)), file].join(' -> '));
      return;
    }
    if (finished.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    finished.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return [...found];
}

/** Who may import whom. A folder may always import itself; lib/index.ts may import all but the optional parts. */
// Of values. Types may point anywhere: they leave no import behind.
const directions: Record<string, readonly string[]> = {
  words: [],
  kernel: ['words', 'host'],
  time: ['words', 'kernel', 'host'],
  host: ['words', 'kernel'],
  loop: ['words', 'kernel', 'time', 'host'],
  instruments: ['words', 'kernel', 'host', 'loop', 'sync'],
  lines: ['host'],
  debug: ['words', 'kernel', 'loop', 'instruments', 'lines'],
  effects: ['words', 'kernel', 'loop'],
  combinators: ['words', 'kernel', 'loop', 'effects'],
  sync: ['words', 'kernel', 'loop', 'effects'],
  io: ['words', 'kernel', 'loop', 'effects', 'combinators', 'sync'],
  tracing: ['words', 'kernel', 'time', 'host', 'loop', 'effects', 'instruments', 'lines', 'debug'],
  distributed: ['words', 'kernel', 'host', 'loop', 'effects', 'combinators', 'sync', 'io', 'workers'],
  '': ['words', 'kernel', 'time', 'loop', 'effects', 'combinators', 'sync', 'io'],
};

/** 'lib/kernel/task.ts' -> 'kernel'; files of lib/ itself -> ''. */
const room = (path: string) => path.split('/').slice(1, -1)[0] ?? '';

function wrongWay(from: string, to: string): boolean {
  const allowed = directions[room(from)];
  // The parts that are not in the list (testing, workers, command) are on top of everything, but not of each other.
  if (!allowed) return room(to) !== room(from) && (!(room(to) in directions) || room(to) === 'distributed');
  return room(to) !== room(from) && !allowed.includes(room(to));
}

/** The files that a specifier may mean: `#host` is one of two. */
const targets = (from: string, specifier: string): string[] =>
  specifier === '#host' ?
    ['lib/host/node.ts', 'lib/host/browser.ts', 'lib/host/anywhere.ts']
  : [posix.join(posix.dirname(from), specifier)];
const imports = new Map(sources.map((path) => [path, importsOf(read(path))]));

const test = suite('house');

test('lib/ has sources', () => {
  assert.ok(sources.length > 5, `only ${sources.length} found`);
});

test('no async and no await anywhere in lib/', () => {
  assert.equal(
    sources.filter((path) => usesAsync(read(path))),
    [],
  );
});

test('the search for async finds every form of it, and nothing else', () => {
  const forms = [
    'async function f() {}',
    'const f = async () => 1;',
    'const f = { async g() {} };',
    'class A { async *g() { yield 1 } }',
    'function f(): void { void (async (x: number) => { for await (const y of [x]) void y })(1) }',
    'await 1; export {};',
  ];
  for (const form of forms) assert.ok(usesAsync(form), form);
  const innocent =
    '// await\n/** async function */ export const fromAsyncIterable = (a: unknown) => [Symbol.asyncIterator, "async () => await x", a, { await: 1, async: 2 }, /await/];';
  assert.not(usesAsync(innocent));
});

test('no import circle of values in lib/', () => {
  const graph = new Map(
    [...imports].map(([path, list]) => [
      path,
      list.filter(({ typeOnly }) => !typeOnly).flatMap(({ specifier }) => targets(path, specifier)),
    ]),
  );
  assert.equal(circles(graph), []);
});

test('the search for circles finds them', () => {
  assert.equal(
    circles(
      new Map([
        ['a', ['b']],
        ['b', ['c']],
        ['c', ['b']],
      ]),
    ),
    ['b -> c -> b'],
  );
  assert.equal(circles(new Map([['a', ['a']]])), ['a -> a']);
  assert.equal(
    circles(
      new Map([
        ['a', ['b', 'c']],
        ['b', ['c']],
        ['c', []],
      ]),
    ),
    [],
  );
  const sample =
    "import { a } from './a.ts';\nimport type { B,\n C } from './b.ts';\nexport * from './c.ts';\n// import x from './no.ts'\nimport './d.ts';\nlet e: import('./e.ts').E;";
  assert.equal(
    importsOf(sample).map(({ specifier }) => specifier),
    ['./a.ts', './b.ts', './c.ts', './d.ts', './e.ts'],
  );
});

test('imports go one way: words, kernel, time and host, loop, effects, then combinators and sync, then io', () => {
  const wrong = [...imports].flatMap(([path, list]) =>
    list
      .filter(({ typeOnly }) => !typeOnly) // a type may point up
      .flatMap(({ specifier }) => targets(path, specifier))
      .filter((to) => wrongWay(path, to))
      .map((to) => `${path} imports ${to}`),
  );
  assert.equal(wrong, []);
  assert.ok(wrongWay('lib/kernel/task.ts', 'lib/effects/sleep.ts'));
  assert.ok(wrongWay('lib/sync/queue.ts', 'lib/combinators/all.ts'));
  assert.ok(wrongWay('lib/index.ts', 'lib/testing/simulate.ts'));
  assert.not(wrongWay('lib/testing/index.ts', 'lib/time/clock.ts'));
});

test('every import in lib/ names a file of lib/ with its ending; only the parts for Node may use it', () => {
  const strange = [...imports].flatMap(([path, list]) =>
    list
      .map(({ specifier }) => specifier)
      .filter(
        (name) =>
          !(name.startsWith('.') || name === '#host' ?
            targets(path, name).every((file) => sources.includes(file))
          : /^(workers|distributed|command)$/.test(room(path)) && name.startsWith('node:')),
      )
      .map((name) => `${path} imports ${name}`),
  );
  assert.equal(strange, []);
});

test('no file of lib/ is longer than 320 lines', () => {
  const long = sources
    .map((path) => `${path}: ${read(path).trimEnd().split('\n').length}`)
    .filter((line) => Number(line.split(': ')[1]) > 320);
  assert.equal(long, []);
});

test('every file of lib/ begins with a comment that says what it is', () => {
  assert.equal(
    sources.filter((path) => !/^(#!.*\n)?(\/\/ \S|\/\*\*?\s+\S)/.test(read(path))),
    [],
  );
});

test('the package depends on nothing at run time', () => {
  const manifest = JSON.parse(read('package.json')) as Record<string, unknown>;
  for (const kind of ['dependencies', 'optionalDependencies', 'bundledDependencies']) {
    assert.is(manifest[kind], undefined, kind);
  }
  // Those of treadle/distributed are its users' own, and nobody else gets them.
  assert.equal(Object.keys(manifest.peerDependencies as object), ['bullmq', 'ioredis']);
  assert.equal(manifest.peerDependenciesMeta, { bullmq: { optional: true }, ioredis: { optional: true } });
});

test('the lock file holds no address', () => {
  const lock = read('package-lock.json');
  assert.not.match(lock, /"resolved"/);
  assert.not.match(lock, /"(?:version|resolved)": "(?:https?|git|file):/);
});

test('the top level holds what it should and nothing else', () => {
  const allowed = [
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    'lib',
    'spec',
    'demos',
    'docs',
    'README.md',
    'LICENSE',
  ];
  // Made by tools and ignored by git.
  const made = ['node_modules', 'dist', 'coverage'];
  const others = readdirSync(root).filter(
    (name) => !name.startsWith('.') && !allowed.includes(name) && !made.includes(name),
  );
  assert.equal(others, []);
  for (const name of made) assert.match(read('.gitignore'), new RegExp(`^${name}/$`, 'm'));
});

test.run();
