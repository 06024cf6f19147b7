// The badges of README.md: drawn by node .build/badges.mjs. What a whole run of the specs measures is compared at its end.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { filesIn, read, root } from '../support/package.ts';

type Badge = readonly [name: string, label: string, value: string];
interface Measures {
  readonly passed: number;
  readonly lines: number;
  readonly branches: number;
  readonly size: number;
}
interface Tool {
  declared(manifest: object): Badge[];
  measured(measures: Measures): Badge[];
  said(): Measures;
  outdated(says: Measures, now: Partial<Measures>): string[];
  draw(label: string, value: string): string;
  withWords(page: string, badges: readonly Badge[]): string;
}
const tool = (name: string) => import(pathToFileURL(join(root, '.build', name)).href) as Promise<object>;
const { declared, measured, said, outdated, draw, withWords } = (await tool('badges.mjs')) as Tool;
const { sizeOfCore } = (await tool('sizes.mjs')) as { sizeOfCore(): Promise<number> };

const manifest = JSON.parse(read('package.json')) as { version: string };
const badges = [...declared(manifest), ...measured(said())];

const test = suite('the badges');

test('there is a picture for each, drawn from package.json and from what was measured', () => {
  const files = badges.map(([name]) => `docs/badges/${name}.svg`);
  assert.equal(filesIn('docs/badges'), files.sort());
  for (const [name, label, value] of badges) assert.is(read(`docs/badges/${name}.svg`), draw(label, value), name);
});

test('the size of the smallest program is what it is', async () => {
  assert.equal(outdated(said(), { size: await sizeOfCore() }), []);
});

test('README.md and its Chinese counterpart show all of them, say the same in words, and ask no service', () => {
  for (const path of ['README.md', 'docs/zh/README.md']) {
    const page = read(path);
    assert.is(withWords(page, badges), page, `${path}: node .build/badges.mjs`);
    for (const [name] of badges) assert.match(page, `badges/${name}.svg)](`, path);
    assert.not.match(page, /!\[[^\]]*\]\(https?:/, path);
  }
});

test('a version, a licence, an engine and a dependency more are seen', () => {
  const other = { version: '1.2.3', license: 'ISC', engines: { node: '>=22' }, dependencies: { uvu: '1' } };
  assert.equal(
    declared(other).map(([, , value]) => value),
    ['1.2.3', '≥ 22', '1', 'ISC'],
  );
});

test('what is measured is rounded: specs down to a hundred, and the rest to the nearest', () => {
  assert.equal(
    measured({ passed: 4_299, lines: 98.7, branches: 96.2, size: 6_451 }).map(([, , value]) => value),
    ['4,200', '99 % lines, 96 % branches', '6.5 kB'],
  );
});

test('a badge that says what is no longer so is found', () => {
  const says = { passed: 4_200, lines: 99, branches: 96, size: 6_500 };
  assert.equal(outdated(says, { passed: 4_299, lines: 98.1, branches: 96.9, size: 6_420 }), []);
  for (const [name, value] of Object.entries({ passed: 4_700, lines: 97.9, branches: 97.1, size: 6_650 }))
    assert.match(outdated(says, { ...says, [name]: value }).join('\n'), new RegExp(`^${name}: .* ${value} `));
  assert.is(outdated(says, { lines: NaN }).length, 1, 'no number is no proof');
});

test.run();
