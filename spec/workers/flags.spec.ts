// Which flags of the program its workers get: its loaders, and not what it was told to run.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { inheritedFlags } from '../../lib/workers/worker.ts';
import { program } from '../support/programs.ts';
import { flags, jobs, kinds, poolOf, within } from '../support/workers.ts';

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
  ]) {
    assert.equal(inheritedFlags([...flags, '--no-warnings']), ['--no-warnings'], flags.join(' '));
  }
});

for (const kind of kinds) {
  test(`a ${kind} has the loaders of the program, and not the flags that it cannot have`, async () => {
    const { code, out, err } = await program(
      `import { run } from 'treadle'; import { Pool } from 'treadle/workers';
      run(new Pool({ kind: '${kind}' }).apply(${JSON.stringify(jobs.href)}, 'execArgv')).then((flags) => console.log(flags.join(' ')));`,
      { args: ['--import', './.build/typescript.mjs'] },
    );
    assert.equal([code, out.trim(), err], [0, '--enable-source-maps --import ./.build/typescript.mjs', '']);
  });

  test(`execArgv replaces them for a ${kind}`, () =>
    within(function* () {
      assert.equal(yield* poolOf(kind).apply<string[]>(jobs, 'execArgv'), flags);
    }));
}

test.run();
