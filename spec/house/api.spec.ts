// The reference, docs/api/: a page for each name that an entry exports, and for nothing else; doc comments that say what
// they must; examples that pass the type check. None of this needs TypeDoc. Where TypeDoc is installed
// (`npm ci` in .build/api), the pages are made anew and compared.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { entries, examplesIn, examplesOf, exportsOf, pageOf, problemsOf, proseOf } from '../support/api.ts';
import type { Exported } from '../support/api.ts';
import { linksIn, resolved } from '../support/documents.ts';
import { namesOfExamples, namesOfSource } from '../support/example-names.ts';
import { filesIn, read, root } from '../support/package.ts';
import { tsc } from '../support/programs.ts';

interface Maker {
  isInstalled(): boolean;
  compare(): Promise<string[]>;
}

const maker = (await import(pathToFileURL(join(root, '.build/api/index.mjs')).href)) as Maker;
const exported = (await Promise.all([...entries.keys()].map(exportsOf))).flat();
const pages = filesIn('docs/api');

const test = suite('the reference');

test('what entries export is found, with its kind and its doc comment', () => {
  const found = (entry: string, name: string) => exported.find((one) => one.entry === entry && one.name === name);
  assert.is(found('treadle', 'timeout')?.kind, 'functions');
  assert.is(found('treadle', 'Queue')?.kind, 'classes');
  assert.is(found('treadle', 'Effect')?.kind, 'interfaces'); // a class that is exported as a type
  assert.is(found('treadle', 'Result')?.kind, 'type-aliases');
  assert.is(found('treadle/debug', 'Debug')?.path, 'lib/loop/watching.ts');
  assert.ok(found('treadle', 'timeout')!.givesEffect && !found('treadle', 'run')!.givesEffect);
  assert.match(found('treadle', 'shield')!.doc, /^Runs the work to its end/);
  assert.is(examplesOf(found('treadle', 'shield')!.doc).length, 2); // of the first of its overloads
  assert.ok(found('treadle', 'Queue')!.members.some(({ name, doc }) => name === 'join' && doc.includes('taskDone()')));
  assert.ok(exported.length > 150);
});

test('each name has a page, and there is no other page', () => {
  const wanted = ['docs/api/README.md', ...exported.map(pageOf)].sort();
  assert.is(
    new Set(wanted.map((path) => path.toLowerCase())).size,
    wanted.length,
    'some file systems know no capitals',
  );
  assert.equal(
    wanted.filter((path) => !pages.includes(path)),
    [],
    'to make them: npm run api',
  );
  assert.equal(
    pages.filter((path) => !wanted.includes(path)),
    [],
  );
});

test('docs/api/README.md leads to every page, and every page leads back', () => {
  const start = 'docs/api/README.md';
  const led = new Set(linksIn(read(start)).map((link) => resolved(start, link).path));
  assert.equal(
    pages.filter((path) => path !== start && !led.has(path)),
    [],
  );
  const back = (path: string) => linksIn(read(path)).some((link) => resolved(path, link).path === start);
  assert.equal(
    pages.filter((path) => path !== start && !back(path)),
    [],
  );
});

test('a page says what the doc comments of the name and its members say, and shows their examples', () => {
  const squeezed = (text: string) => text.replace(/\s+/g, ' ');
  const lost = exported.filter((one) => {
    const page = pages.includes(pageOf(one)) ? squeezed(read(pageOf(one)).replaceAll('\\', '')) : '';
    const docs = [one.doc, ...one.members.map(({ doc }) => doc)];
    const parts = docs.flatMap((doc) => [...proseOf(doc).split(/\n\n+/), ...examplesOf(doc)]);
    return parts.some((part) => !page.includes(squeezed(part.replaceAll('\\', '')).replace(/\{@link (\w+)\}/g, '$1')));
  });
  assert.equal(
    lost.map(({ entry, name }) => `${entry} ${name}`),
    [],
    'to make the pages anew: npm run api',
  );
});

test('the pages together have less than a megabyte', () => {
  assert.ok(pages.reduce((sum, path) => sum + read(path).length, 0) < 1_000_000);
});

test('every name has a doc comment with a sentence, functions and classes have an example', () => {
  assert.equal(
    exported.flatMap((one) => problemsOf(one, exported)),
    [],
  );
});

test('a doc comment without a sentence or an example is found', () => {
  const what = { entry: 'treadle', name: 'f', path: 'lib/f.ts', givesEffect: false, members: [], implemented: [] };
  const problems = (doc: string, more: Partial<Exported> = {}, all: readonly Exported[] = []) =>
    problemsOf({ ...what, kind: 'functions', doc, ...more }, all);
  assert.equal(problems(''), ['f of treadle has no doc comment', 'f of treadle has no example']);
  assert.equal(problems('Fast'), ['what is said of f of treadle is no sentence', 'f of treadle has no example']);
  assert.equal(problems('Does it.\n\n@example\n'), ['f of treadle has no example']);
  assert.equal(problems('Does it.\n\n@example\nf();'), []);
  assert.equal(problems('Waits.\n\n@example\nf();', { givesEffect: true }), [
    'f of treadle does not say what a cancellation does',
  ]);
  assert.equal(problems('What `f` takes.', { kind: 'interfaces' }), []);
  const members = [{ name: 'go', doc: '' }];
  assert.equal(problems('It.\n@example\nf()', { kind: 'classes', members }), ['nothing is said of f.go of treadle']);
  const walker: Exported = {
    ...what,
    kind: 'interfaces',
    name: 'Walker',
    doc: '',
    members: [{ name: 'go', doc: 'Goes.' }],
  };
  assert.equal(problems('It.\n@example\nf()', { kind: 'classes', members, implemented: ['Walker'] }, [walker]), []);
});

// ---- Examples

const folder = join(root, '.cache', 'examples');
const examples = examplesIn('lib');

/** The names that the example uses and the package has: those of its own entry first, then those of all. */
function importsOf(code: string, entry: string): string {
  // `main()` without an argument is the reader's program, and what follows a dot is a member.
  const used = new Set(code.replace(/'[^'\n]*'|\.\w+|\bmain\(\)/g, '').match(/[A-Za-z_]\w*/g));
  // `serve` is the reader's own, and in treadle/distributed it is the one that is exported there.
  for (const [, name = ''] of namesOfExamples.matchAll(/^declare function (\w+)/gm))
    if (name !== 'main' && !exported.some((one) => one.entry === entry && one.name === name)) used.delete(name);
  const imported = new Map<string, string>();
  for (const from of [entry, 'treadle', ...entries.keys()])
    for (const { name, kind, ...one } of exported)
      if (one.entry === from && used.has(name) && !imported.has(name))
        imported.set(
          name,
          `import ${/^(type-aliases|interfaces)$/.test(kind) ? 'type ' : ''}{ ${name} } from '${from}';`,
        );
  return [...imported.values()].join(' ');
}

test('every example passes the type check', async () => {
  assert.ok(examples.length > 100);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const include = examples.map(({ code, path, line, entry }) => {
    const file = `${path.replaceAll('/', '__')}_${line}.ts`;
    // All in one line before it, so that a message names the line in the source. What it exports, it only declares here.
    const kind =
      /\bawait\b/.test(code) ? 'async function example() {' : 'function* example(): Generator<any, any, any> {';
    const head = `${importsOf(code, entry)} ${namesOfSource[path] ?? ''} export ${kind}`;
    // One that begins with its imports is a whole module.
    const text = /^import /m.test(code) ? `\n${code}\n` : `${head}\n${code.replace(/^export /gm, '')}\n}\n`;
    writeFileSync(join(folder, file), `${'\n'.repeat(line - 2)}${text}`);
    return file;
  });
  writeFileSync(join(folder, 'names.d.ts'), namesOfExamples);
  const compilerOptions = { noUnusedLocals: false, noUnusedParameters: false, noImplicitReturns: false };
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: '../../tsconfig.json', compilerOptions, include: [...include, 'names.d.ts'] }),
  );
  const { code, out } = await tsc(folder);
  const told = out.replace(
    /^\S*?([\w.-]+?)_\d+\.ts\((\d+),/gm,
    (_, path: string, line: string) => `${path.replaceAll('__', '/')}:${line} (`,
  );
  assert.is(code, 0, told);
});

// ---- TypeDoc

const compares = 'made anew from the doc comments, the pages are the same to the byte';
if (maker.isInstalled())
  test(compares, async () => {
    assert.equal(await maker.compare(), [], 'to make them anew: npm run api');
  });
else test.skip(`${compares} (for it: npm ci --ignore-scripts in .build/api)`, () => {});

test.run();
