// Which flags of the program its workers get: its loaders, and not what it was told to run.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { flagsForThread, inheritedFlags } from '../../lib/workers/flags.ts';
import { temporaryFolder } from '../support/files.ts';
import { program } from '../support/programs.ts';
import { flags, jobs, kinds, poolOf, within } from '../support/workers.ts';

const processJobs = new URL('./process-jobs.js', import.meta.url);

const test = suite('flags of workers');

test('those that say what to run, or that two processes cannot share, are not inherited', () => {
  assert.equal(inheritedFlags(['--import', './a.mjs', '--require=b', '-e', 'code', '--max-old-space-size=100']), [
    '--import',
    './a.mjs',
    '--require=b',
    '--max-old-space-size=100',
  ]);
  for (const flags of [
    ['--eval', 'x'],
    ['-pe', 'x'],
    ['-p', 'x'],
    ['--print', 'x'],
    ['--input-type', 'module'],
    ['--input-type=module'],
    ['--inspect'],
    ['--inspect-brk=9229'],
    ['--inspect-port', '1'],
    ['--watch'],
    ['--watch-path', 'src'],
    ['--test'],
    ['--check'],
    ['-c'],
    ['-i'],
    ['--cpu-prof', '--cpu-prof-dir', 'profiles'],
    ['--heap-prof-dir', 'profiles'],
    ['--test-reporter', 'spec', '--test-reporter-destination', 'stdout'],
    ['--test-name-pattern', 'p'],
    ['--experimental-test-coverage'],
    ['--debug-port', '0'],
    ['--snapshot-blob', 'snapshot.blob'],
    ['--entry-url'],
    ['--experimental-default-type', 'module'],
  ]) {
    assert.equal(inheritedFlags([...flags, '--no-warnings']), ['--no-warnings'], flags.join(' '));
  }
});

test('a value that is a word of its own stays with its flag', () => {
  const flags = ['-r', './a.cjs', '--title', 'a', '-C', 'source', '--unhandled-rejections', 'strict', '--require', 'b'];
  assert.equal(inheritedFlags(flags), flags);
  assert.equal(
    flagsForThread(flags),
    flags.filter((word) => word !== '--title' && word !== 'a'),
  );
  assert.equal(inheritedFlags(['--run', 'build']), []);
  assert.equal(flagsForThread(['--experimental-shadow-realm=1', '--no-warnings']), ['--no-warnings']);
  assert.equal(flagsForThread(['--max-old-space-size', '100', '--loader', './l.mjs', '--loader=./m.mjs']), [
    '--experimental-loader',
    './l.mjs',
    '--experimental-loader=./m.mjs',
  ]);
});

for (const kind of kinds) {
  test(`a program with flags of two words has a ${kind}`, async () => {
    const folder = temporaryFolder();
    const { code, out, err } = await program(
      `import { run } from 'treadle'; import { Pool } from 'treadle/workers';
      run(new Pool({ kind: '${kind}' }).apply(${JSON.stringify(jobs.href)}, 'square', [3])).then(console.log);`,
      {
        args: [
          ...['--cpu-prof', '--cpu-prof-dir', folder, '--test-reporter', 'spec', '--test-name-pattern', 'p'],
          ...['--title', 'title', '--unhandled-rejections', 'strict', '--trace-event-categories', 'v8'],
          // V8's own, which begin as some of Node's do that a thread can have.
          ...['--no-lazy-feedback-allocation', '--no-opt'],
          ...[
            '--trace-event-file-pattern',
            `${folder}/events`,
            '--report-dir',
            folder,
            '--dns-result-order',
            'verbatim',
          ],
          ...['--max-http-header-size', '9000', '-C', 'source', '-r', 'node:fs'],
        ],
        measured: true,
      },
    );
    assert.equal([code, out, err], [0, '9\n', '']);
  });

  test(`under the permission model a ${kind} has the permissions of the program`, async () => {
    const { code, out, err } = await program(
      `import { run } from 'treadle'; import { Pool } from 'treadle/workers';
      run(new Pool({ kind: '${kind}' }).apply(${JSON.stringify(processJobs.href)}, 'permissions')).then(console.log);`,
      {
        args: [
          process.allowedNodeEnvironmentFlags.has('--permission') ? '--permission' : '--experimental-permission',
          ...['--no-warnings', '--allow-fs-read', '*', '--allow-worker', '--allow-child-process'],
        ],
        measured: true,
      },
    );
    assert.equal([code, out, err], [0, 'true false\n', '']);
  });

  test(`a ${kind} has the loaders of the program, and not the flags that it cannot have`, async () => {
    const { code, out, err } = await program(
      `import { run } from 'treadle'; import { Pool } from 'treadle/workers';
      run(new Pool({ kind: '${kind}' }).apply(${JSON.stringify(jobs.href)}, 'execArgv')).then((flags) => console.log(flags.join(' ')));`,
      { args: ['--import', './.build/typescript.mjs'], measured: true },
    );
    assert.equal([code, out.trim(), err], [0, '--enable-source-maps --import ./.build/typescript.mjs', '']);
  });

  test(`execArgv replaces them for a ${kind}`, () =>
    within(function* () {
      assert.equal(yield* poolOf(kind).apply<string[]>(jobs, 'execArgv'), flags);
    }));
}

test.run();
