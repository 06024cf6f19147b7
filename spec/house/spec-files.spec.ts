// Spec files that share a process: each is told by itself, however it ends, and those after it are run all the same.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { root } from '../support/package.ts';

interface Told {
  readonly path: string;
  readonly isGood: boolean;
  readonly passed: number;
  readonly failed: readonly string[];
  readonly skipped: readonly string[];
  readonly output: string;
}
interface Tool {
  groups(paths: readonly string[]): string[][];
  runFiles(paths: readonly string[], env: object): Promise<Told[]>;
}
const { groups, runFiles } = (await import(pathToFileURL(join(root, '.build/spec-files.mjs')).href)) as Tool;

const test = suite('spec files');

test('each is told by itself, however it ends, and the others are run', async () => {
  const names = ['good', 'fails', 'throws', 'late', 'never', 'exits', 'forgotten', 'killed', 'good'];
  const told = await runFiles(
    names.map((name) => `spec/house/ends/${name}.ts`),
    process.env,
  );
  const short = told.map(({ path, isGood, passed, failed, skipped }) => {
    const [, name] = /(\w+)\.ts$/.exec(path) ?? [];
    return [name, isGood, passed, failed.length, skipped.length];
  });
  assert.equal(short, [
    ['good', true, 1, 0, 1],
    ['fails', false, 1, 1, 0],
    ['throws', false, 0, 1, 0],
    ['late', false, 1, 0, 0],
    ['never', false, 0, 2, 0],
    ['exits', false, 0, 1, 0],
    ['forgotten', false, 0, 1, 0],
    ['killed', false, 0, 0, 0],
    ['good', true, 1, 0, 1],
  ]);
  const says = [/^note: it is well$/m, /of fails/, /of throws/, /of late/, /not passed: never: waits/, /exits: exits/];
  for (const [i, pattern] of [...says, /forgotten: passes/, /ended by SIGKILL/, /^note: it is well$/m].entries()) {
    assert.match(told[i]!.output, pattern);
    for (const other of told.filter(({ path }) => path !== told[i]!.path)) assert.not.match(other.output, pattern);
  }
});

test('those of a folder share a process, twelve at most, but for those that take long or need their own', () => {
  const small = (folder: string, n: number) => Array.from({ length: n }, (_, i) => `spec/${folder}/${i}.spec.ts`);
  const [a, b] = [small('a', 14), small('b', 2)];
  const own = ['spec/testing/virtually.spec.ts', 'spec/workers/pool.spec.ts', 'spec/a/turns.timing.spec.ts'];
  const made = groups([...a.slice(0, 3), ...own, ...a.slice(3), ...b]);
  assert.equal(made, [a.slice(0, 12), ...own.map((path) => [path]), a.slice(12), b]);
});

test.run();
