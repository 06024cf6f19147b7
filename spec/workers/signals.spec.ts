// Signals that reach workers: to the whole group, where the program decides, and to one worker alone.
import { fromPromise } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fresh, lines, untilLine } from '../support/files.ts';
import { forAll, group, workerOf } from '../support/groups.ts';
import { within } from '../support/workers.ts';

const test = suite('signals to workers');
const jobs = JSON.stringify(new URL('./process-jobs.js', import.meta.url).href);
const from = `import { main, run, sleep, spawn } from 'treadle'; import { Pool, WorkerDiedError } from 'treadle/workers';`;

test('a signal to the group leaves the calls to main: they are cancelled, and clean up', () =>
  forAll(
    [
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const,
    function* ([signal, code]) {
      const file = fresh();
      const program = group(
        `${from} main((function* () { yield* new Pool({ kind: 'process' }).apply(${jobs}, 'careful', [${JSON.stringify(file)}]); })());`,
      );
      const worker = yield* workerOf(file);
      program.signalAll(signal);
      assert.equal(yield* program.ended, [code, 'a clean-up that prints\n', '']);
      assert.equal(lines(file), [String(worker), 'clean']);
    },
  ));

test('and to a program that listens by itself: it may let them go on, as long as they take', () =>
  forAll(['SIGTERM', 'SIGHUP'] as const, function* (signal) {
    const file = fresh();
    const program = group(`${from}
          run((function* () {
            const call = yield* spawn(new Pool({ kind: 'process' }).apply(${jobs}, 'slow', [${JSON.stringify(file)}, 3_000]));
            yield* sleep(1);
            // After the worker was started: whoever comes late is heard, too.
            process.on('${signal}', () => console.log('no more calls'));
            process.stdout.write('listens\\n');
            console.log(yield* call);
          })());`);
    const listens = new Promise((resolve) => program.child.stdout!.once('data', resolve));
    yield* workerOf(file);
    yield* fromPromise(listens);
    program.signalAll(signal);
    assert.equal(yield* program.ended, [0, 'listens\nno more calls\nwhole\n', '']);
  }));

test('a signal to one worker ends it, and the call hears of it; the program goes on', () =>
  forAll(['SIGINT', 'SIGTERM', 'SIGHUP'] as const, function* (signal) {
    const file = fresh();
    const program = group(`${from}
          main((function* () {
            const pool = new Pool({ kind: 'process', workers: 1 });
            try { yield* pool.apply(${jobs}, 'careful', [${JSON.stringify(file)}]); }
            catch (error) { console.log(error instanceof WorkerDiedError, error.signal); }
            console.log(yield* pool.apply(${jobs}, 'slow', [${JSON.stringify(file)}, 1]));
          })());`);
    process.kill(yield* workerOf(file), signal);
    assert.equal(yield* program.ended, [0, `true ${signal}\nwhole\n`, '']);
  }));

test('a worker whose code listens by itself gets it, and nobody else decides', () =>
  within(function* () {
    const file = fresh();
    const program = group(`${from}
      const pool = new Pool({ kind: 'process' });
      const call = run(pool.apply(${jobs}, 'listens', [${JSON.stringify(file)}]));
      call.then(undefined, (error) => console.log(error.signal));`);
    const worker = yield* workerOf(file);
    process.kill(worker, 'SIGTERM');
    yield* untilLine(file, 'SIGTERM');
    process.kill(worker, 'SIGKILL');
    assert.equal(yield* program.ended, [0, 'SIGKILL\n', '']);
  }));

test('listeners of the program, and what they change, are as if there were no workers', () =>
  within(function* () {
    const program = group(`${from}
      const count = () => process.listenerCount('SIGTERM');
      let heard = false;
      const listener = () => console.log('heard', (heard = true));
      const once = 'data:text/javascript,export const f = () => 1';
      run((function* () {
        process.on('SIGTERM', listener);
        const watched = () => ['newListener', 'removeListener'].map((name) => process.listenerCount(name)).join();
        const before = watched();
        const pool = new Pool({ kind: 'process', workers: 1 });
        yield* pool.apply(once, 'f');
        process.kill(process.pid, 'SIGTERM');
        while (!heard) yield* sleep(5);
        process.removeListener('SIGTERM', listener);
        console.log(count()); // one that stayed would keep the program from ending by SIGTERM
        process.once('SIGTERM', listener);
        process.emit('SIGTERM', 'SIGTERM');
        console.log(count());
        process.on('SIGTERM', listener);
        yield* pool.close();
        console.log(count(), watched() === before);
        process.removeListener('SIGTERM', listener);
        process.kill(process.pid, 'SIGTERM');
        yield* sleep(60_000);
      })());`);
    assert.equal(yield* program.ended, ['SIGTERM', 'heard true\n0\nheard true\n0\n1 true\n', '']);
  }));

test.run();
