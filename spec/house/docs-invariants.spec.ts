// What the documents name must be there: the specs that docs/internals.md cites for its invariants, by file and
// sentence, the functions that its walks lead through, and the files that are named. And what is there must be named:
// every file of lib/ in the map of the source, each demo in the list of demos.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { demos } from '../support/demo.ts';
import { documents as everyDocument, listed } from '../support/documents.ts';
import { filesIn, read, root } from '../support/package.ts';

/** All but the changelog and the decisions, which also speak of what is no longer there. */
const documents = everyDocument.filter((path) => !/changelog|decisions\//.test(path));
const internals = read('docs/internals.md');

/** `spec/FILE.spec.ts` "sentence" */
const citations = [...internals.matchAll(/`(spec\/[\w./-]+\.spec\.ts)` "([^"]+)"/g)].map(
  ([, path = '', sentence = '']) => ({ path, sentence }),
);

const test = suite('what documents name');

test('the invariants cite specs', () => {
  const rows = internals
    .split('## Invariants')[1]!
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| invariant/.test(line));
  assert.ok(rows.length > 10, `only ${rows.length} invariants`);
  assert.equal(
    rows.filter((row) => !/`spec\/[\w./-]+\.spec\.ts` "/.test(row)),
    [],
    'invariants that nothing holds',
  );
});

test('every spec that an invariant cites exists, with that sentence as the name of a test', () => {
  // The formatter puts a long name on a line of its own.
  const declares = (path: string, sentence: string) =>
    read(path)
      .replace(/\(\n\s+/g, '(')
      .includes(`('${sentence}',`);
  const missing = citations.filter(({ path, sentence }) => !existsSync(join(root, path)) || !declares(path, sentence));
  assert.equal(
    missing.map(({ path, sentence }) => `${path}: ${sentence}`),
    [],
  );
});

test('every hop of a walk names functions of its files', () => {
  // | 5 | `kernel/a.ts`, `loop/b.ts` | `Class.method`, `function` | what happens |
  const hops = [...internals.matchAll(/^\| (\d+) \| ([^|]+) \| ([^|]+) \|/gm)];
  assert.ok(hops.length > 30, `only ${hops.length} hops`);
  const code = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
  const missing = hops.flatMap(([, number, files = '', functions = '']) => {
    const text = code(files)
      .map((file) => (existsSync(join(root, 'lib', file)) ? read(`lib/${file}`) : ''))
      .join('\n');
    // As it is declared: `name(...) {`, `name = (...) =>`, `name<T>(...) {`
    const declared = (name: string) => {
      const own = name.startsWith('[') ? name : name.split('.').at(-1)!;
      return new RegExp(`(^|[\\s*])${own.replace(/[[\].]/g, '\\$&')}(<.*>)?( =|\\()`, 'm').test(text);
    };
    return code(functions)
      .filter((name) => !declared(name))
      .map((name) => `${number}: ${name} in ${files}`);
  });
  assert.equal(missing, []);
});

test('every file that a document names exists', () => {
  const missing = documents.flatMap((document) =>
    [...read(document).matchAll(/\b((?:lib|spec|docs|demos)\/[\w./-]*\w\.(?:ts|md))\b/g)]
      .map(([, path = '']) => path)
      .filter((path) => !existsSync(join(root, path)))
      .map((path) => `${document}: ${path}`),
  );
  assert.equal(missing, []);
});

test('the map of the source names every file of lib/', () => {
  const map = internals.split('\n## The source, in reading order\n')[1]!.split('\n## ')[0]!;
  const missing = filesIn('lib').filter((path) => {
    const file = path.split('/').at(-1)!;
    return !map.includes(`\`${file.replace('.ts', '')}\``) && !new RegExp(`[/\`]${file}\``).test(map);
  });
  assert.equal(missing, []);
});

test('how many lines there are is as README.md and the map say, within 5 %', () => {
  const lines = (folder: string) =>
    filesIn(folder).reduce((sum, path) => sum + read(path).trimEnd().split('\n').length, 0);
  const said = (text: string, pattern: RegExp) => Number(pattern.exec(text)?.[1]?.replace(',', ''));
  const claims: [number, number][] = [
    [said(internals, /About ([\d,]+) lines with all tools/), lines('lib')],
    [said(internals, /([\d,]+) of them the kernel/), lines('lib/kernel')],
    [said(read('README.md'), /a kernel of ([\d,]+) lines/), lines('lib/kernel')],
  ];
  assert.equal(
    claims.filter(([claimed, counted]) => !(Math.abs(claimed - counted) < 0.05 * counted)),
    [],
  );
});

test('docs/how-to.md has as many recipes as is said, each a question with a program that runs', () => {
  const recipes = read('docs/how-to.md').split('\n## ').slice(1);
  const programs = recipes.filter((recipe) => /^```ts run\n[^]*?^```\n```text output\n./m.test(recipe));
  assert.ok(programs.length >= 20);
  for (const document of ['README.md', 'docs/README.md'])
    assert.match(read(document), `how-to.md): ${programs.length} recipes`);
});

test('the list of demos is that of `node demos`, in its order', () => {
  assert.equal(
    listed('demos/README.md'),
    demos.map(({ name, summary }) => [name, summary]),
  );
});

test.run();
