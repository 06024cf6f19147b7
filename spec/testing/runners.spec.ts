// `virtually` in the four test runners, each run for real on the same tests (spec/testing/runners/cases.mjs). They use
// the built package, as a user's tests do. uvu is a dependency of the project and node:test is part of Node. vitest and
// jest are installed when this first runs, and skipped, by name, when the registry cannot be reached.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { read, root } from '../support/package.ts';
import { node } from '../support/programs.ts';
import { installRunners, runnersProject } from '../support/runners.ts';

const missing = await installRunners();
if (missing !== undefined) console.log(`note: vitest and jest cannot be had, ${missing}`);
const project = runnersProject();

const test = suite('virtually in a test runner');
const installed = missing === undefined ? test : test.skip;

/** How the runner ended, and what it printed, without colours. */
async function run(args: readonly string[]): Promise<{ code: number | null; text: string }> {
  const env = {
    FORCE_COLOR: '0',
    NO_COLOR: '1',
    NODE_TEST_CONTEXT: undefined,
    CI: undefined,
    NODE_V8_COVERAGE: undefined,
  };
  const { code, out, err } = await node(args, { limit: 400_000, env });
  return { code, text: (out + err).replace(/\x1b\[[\d;]*m/g, '') };
}

/** One has passed, three have failed, and each says why. */
function check({ code, text }: { code: number | null; text: string }, counted: RegExp): void {
  assert.is(code, 1, text);
  assert.match(text, counted);
  assert.match(
    text,
    /broken on purpose\n\s*\n\s*Tasks that were alive:\n\s*<Task #2 bystander waiting on sleep\(5000\)>/,
  );
  assert.match(
    text,
    /1 task was still alive when the test was over[^\n]*\n\s*<Task #2 straggler waiting on sleep\(5000\)>/,
  );
  assert.match(text, /every task waits and nothing can wake them:\n\s*<Task #1 test waiting on nobody\.get\(\)>/);
}

test('uvu', async () => {
  check(await run([join(project, 'with-uvu.mjs')]), /Total: +4\n +Passed: +1\n/);
});

test('node:test', async () => {
  check(await run(['--test', join(project, 'with-node.mjs')]), /pass 1\n[^]*fail 3\n/);
});

installed('vitest', async () => {
  const vitest = join(project, 'node_modules/vitest/vitest.mjs');
  check(await run([vitest, 'run', '--root', project]), /Tests +3 failed \| 1 passed \(4\)/);
});

installed('jest', async () => {
  const jest = join(project, 'node_modules/jest/bin/jest.js');
  const config = { testMatch: ['**/with-jest.mjs'], moduleFileExtensions: ['mjs', 'js', 'json'], transform: {} };
  const args = ['--experimental-vm-modules', jest, '--rootDir', project, '--config', JSON.stringify(config)];
  check(await run(args), /Tests: +3 failed, 1 passed, 4 total/);
});

test('vitest and jest are pinned to one version each, locked without addresses, and unknown to the root', () => {
  const { dependencies } = JSON.parse(read('spec/testing/runners/package.json')) as {
    dependencies: Record<string, string>;
  };
  const lock = read('spec/testing/runners/package-lock.json');
  assert.not.match(lock, /"resolved"/);
  const { packages } = JSON.parse(lock) as { packages: Record<string, { version?: string }> };
  for (const [name, version] of Object.entries(dependencies)) {
    assert.is(packages[`node_modules/${name}`]?.version, version, name);
    assert.not.match(read('package.json') + read('package-lock.json'), `"${name}"`);
  }
  assert.not.ok(existsSync(join(root, 'spec/testing/runners/node_modules')), 'they are installed elsewhere');
});

test.run();
