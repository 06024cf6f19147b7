// What workers print arrives, whoever reads it and however slowly. What they read is not the program's.
import { fromPromise } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { forAll, group } from '../support/groups.ts';
import type { Group } from '../support/groups.ts';
import { kinds, within } from '../support/workers.ts';

const test = suite('what workers print');
const jobs = JSON.stringify(new URL('./process-jobs.js', import.meta.url).href);
const from = `import { run } from 'treadle'; import { Pool } from 'treadle/workers';`;

/** Begins to read later than the time of grace, and then a part each time. */
function readSlowly({ child }: Group): void {
  const { stdout } = child;
  stdout!.pause();
  setTimeout(() => stdout!.resume(), 1_500);
  stdout!.on('data', () => {
    stdout!.pause();
    setTimeout(() => stdout!.resume(), 20);
  });
}

test('all of it arrives at the end of the program, through a pipe that is read slowly', () =>
  forAll(kinds, function* (kind) {
    const program = group(
      `${from} run(new Pool({ kind: '${kind}', workers: 1, grace: 500 }).apply(${jobs}, 'print', [20_000]));`,
    );
    readSlowly(program);
    const [end, out, err] = yield* program.ended;
    assert.equal([end, err], [0, '']);
    const lines = out.split('\n');
    assert.equal([lines.length, lines.at(-2)], [20_001, 'line 20000'], kind);
  }));

test('what a worker printed before it crashed arrives, and does not hold up its end when nobody reads', () =>
  forAll([true, false], function* (reads) {
    const program = group(`${from}
          run(new Pool({ kind: 'process', workers: 1 }).apply(${jobs}, 'printAndCrash', [10_000]))
            .then(undefined, (error) => { console.error(error.message); if (!${reads}) process.exit(); });`);
    if (!reads) program.child.stdout!.pause();
    const seen = fromPromise(new Promise<string>((resolve) => program.child.stderr!.once('data', resolve)));
    assert.match(
      yield* seen,
      /^process \d+ died of RangeError: after the last line, while it ran printAndCrash\(10000\)\n$/,
    );
    program.child.stdout!.resume();
    const [end, out] = yield* program.ended;
    assert.is(end, 0);
    if (reads) assert.is(out.split('\n').at(-2), 'line 10000');
  }));

test('a reader that is gone does not hold a worker', () =>
  within(function* () {
    const program = group(
      `${from} run(new Pool({ kind: 'process', workers: 1 }).apply(${jobs}, 'print', [20_000])).then(undefined, (error) => console.error(error.message));`,
    );
    program.child.stdout!.once('data', () => program.child.stdout!.destroy());
    const [end] = yield* program.ended;
    assert.is(end, 0);
  }));

test('lines that the program is sent are not taken away by a process that reads its input', () =>
  within(function* () {
    const program = group(
      `${from}
      import { createInterface } from 'node:readline';
      run((function* () {
        const pool = new Pool({ kind: 'process', workers: 1 });
        console.log(JSON.stringify(yield* pool.apply(${jobs}, 'readInput')));
        createInterface(process.stdin).on('line', (line) => console.log('program: ' + line));
      })());`,
      { stdin: 'pipe' },
    );
    program.child.stdin!.end('one\ntwo\n');
    assert.equal(yield* program.ended, [0, '""\nprogram: one\nprogram: two\n', '']);
  }));

test.run();
