// The programs of programs/*.json against real asyncio: traces.json holds what CPython did with each (made by
// golden.py, which stands beside it), and treadle must do the same, on the loop of runSync and on an EventLoop.
// Where it differs on purpose, both traces are kept and both are looked at, and docs/asyncio.md says why.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { filesIn, read, root } from '../support/package.ts';
import { needsLoop, onEventLoop, onRunSync } from './interpreter.ts';
import type { Program } from './interpreter.ts';

const golden = JSON.parse(read('spec/asyncio/traces.json')) as {
  python: string;
  programs: Record<string, { of: string; trace: string[] }>;
};
const programs = filesIn('spec/asyncio/programs')
  .filter((path) => path.endsWith('.json'))
  .flatMap((path) =>
    Object.entries(JSON.parse(read(path)) as Record<string, Program>).map(([name, program]) => ({
      name: `${basename(path, '.json')}/${name}`,
      ...program,
    })),
  );

/** As golden.py has it. */
const digest = ({ objects = {}, tasks }: Program) =>
  createHash('sha256')
    .update(JSON.stringify([objects, tasks]))
    .digest('hex')
    .slice(0, 12);

const test = suite('asyncio');

for (const { name, ...program } of programs) {
  test(`${name}: ${program.says}`, async () => {
    const entry = golden.programs[name];
    assert.is(entry?.of, digest(program), 'traces.json is older than the program: run python3 spec/asyncio/golden.py');
    const expected = program.treadle ?? entry?.trace;
    assert.equal(await onEventLoop(program), expected);
    if (!needsLoop(program)) assert.equal(onRunSync(program), expected, 'under runSync');
    if (program.treadle) assert.not.equal(program.treadle, entry?.trace, 'it does not differ any more');
  });
}

test('more than 200 programs, of every subject, are equal', () => {
  const equal = programs.filter(({ differs }) => !differs);
  assert.ok(equal.length > 300, `${equal.length}`);
  const subjects = new Set(equal.map(({ name }) => name.split('/')[0]));
  for (const subject of [
    'spawn',
    'join',
    'cancel',
    'cleanup',
    'timeout',
    'gather',
    'wait',
    'as-completed',
    'group',
    'shield',
    'lock',
    'semaphore',
    'condition',
    'barrier',
    'event',
    'queue',
    'future',
    'callback',
  ]) {
    assert.ok(subjects.has(subject), subject);
  }
});

test('every trace belongs to a program', () => {
  assert.equal(Object.keys(golden.programs).sort(), programs.map(({ name }) => name).sort());
});

test('the traces are those of CPython 3.11', () => {
  assert.match(golden.python, /^3\.11\./);
});

test('every program says what it shows, in a sentence of its own', () => {
  assert.equal(
    programs.filter(({ says }) => says.length < 15).map(({ name }) => name),
    [],
  );
  assert.is(new Set(programs.map(({ says }) => says)).size, programs.length);
});

// ---- the deliberate differences

const sections = new Map(
  read('docs/asyncio.md')
    .split('\n## Deliberate differences')[1]!
    .split(/^### /m)
    .slice(1)
    .map((section) => [
      section
        .split('\n')[0]!
        .toLowerCase()
        .replace(/[^a-z -]/g, '')
        .replaceAll(' ', '-'),
      section,
    ]),
);
const shown = (section: string) => [...section.matchAll(/`([a-z-]+\/[a-z-]+)`/g)].map(([, name = '']) => name);

test('docs/asyncio.md says how many programs there are, and how many are equal', () => {
  const equal = programs.filter(({ differs }) => !differs).length;
  const introduction = read('docs/asyncio.md').split('\n## ')[0]!;
  assert.match(introduction, `${programs.length} programs`);
  assert.match(introduction, `In ${equal} of them,`);
});

test('a program that differs names its reason and has its own trace, and no other has', () => {
  assert.equal(
    programs
      .filter(({ differs, treadle }) => (differs === undefined) !== (treadle === undefined))
      .map(({ name }) => name),
    [],
  );
});

test('docs/asyncio.md has a section for every reason, which names the programs that show it, and no others', () => {
  const reasons = [...new Set(programs.flatMap(({ differs }) => differs ?? []))];
  for (const reason of reasons) {
    const names = programs.filter(({ differs }) => differs === reason).map(({ name }) => name);
    assert.equal(shown(sections.get(reason) ?? '').sort(), names.sort(), reason);
  }
  assert.equal([...sections.keys()].sort(), reasons.sort());
});

test('where that very CPython is at hand, it still does the same', () => {
  const script = join(root, 'spec/asyncio/golden.py');
  const version = spawnSync('python3', ['-c', 'import platform; print(platform.python_version())'], {
    encoding: 'utf8',
  });
  if (version.stdout?.trim() !== golden.python) return; // then there is nothing to compare with
  const check = spawnSync('python3', [script, '--check'], { encoding: 'utf8', timeout: 200_000 });
  assert.is(check.status, 0, check.stderr);
});

test.run();
