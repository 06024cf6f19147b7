// run: a program on a loop of its own; and runSync: the same, to its end, at once.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CancelledError, coroutine, fromPromise, join, run, sleep, Task, toPromise, yieldNow } from 'treadle';
import type { Coroutine } from 'treadle';
import { VirtualClock } from 'treadle/testing';
import { rejection } from '../support/errors.ts';
import { eventually, hostTurns, withoutTime } from '../support/host.ts';
import { program } from '../support/programs.ts';

const test = suite('run');

/** Comes so late that what is not there before never will be. It does not keep the process alive. */
const late = <T>(value: T) => new Promise<T>((resolve) => void setTimeout(resolve, 20_000, value).unref());

test('returns the main task before anything is stepped', async () => {
  const log: string[] = [];
  const task = run(
    (function* () {
      log.push('stepped');
      return 'value';
    })(),
  );
  log.push('run returned');
  assert.instance(task, Task);
  assert.is(task.state, 'ready');
  assert.is(task.name, 'main');
  assert.is(await task, 'value');
  assert.equal(log, ['run returned', 'stepped']);
});

test('takes an effect, a coroutine, a promise', async () => {
  assert.is(await run(sleep(1)), undefined);
  assert.is(
    await run(
      coroutine('f', function* (n: number): Coroutine<number> {
        yield* sleep(1);
        return n;
      })(5),
    ),
    5,
  );
  assert.is(await run(Promise.resolve(7)), 7);
  assert.is(await run(fromPromise(Promise.resolve(8))), 8);
});

test('gives a task that can be awaited long after it is over', async () => {
  const task = run(
    (function* () {
      return 'value';
    })(),
  );
  await eventually(() => task.done);
  assert.is(task.state, 'succeeded');
  assert.is(await Promise.race([task, late('NEVER SETTLED')]), 'value');
  assert.is(await Promise.race([toPromise(task), late('NEVER SETTLED')]), 'value');
});

test('gives a task that can be awaited when it ended at once, was cancelled at once, or failed at once', async () => {
  const never = () =>
    late('').then(() => {
      throw new Error('NEVER SETTLED');
    });
  assert.is(
    await Promise.race([
      run(
        (function* () {
          return 1;
        })(),
      ),
      never(),
    ]),
    1,
  );
  const cancelled = run(sleep(10));
  cancelled.cancel('at once');
  assert.instance(await rejection(Promise.race([cancelled, never()])), CancelledError);
  assert.instance(
    await rejection(
      Promise.race([
        run(
          (function* () {
            throw new RangeError('at once');
          })(),
        ),
        never(),
      ]),
    ),
    RangeError,
  );
});

test('goes on as promptly as a promise would: its answer is there before the next turn of the host', async () => {
  const log: string[] = [];
  await withoutTime(async () => {
    setImmediate(() => log.push('host'));
    run(
      (function* () {
        for (let i = 0; i < 10; i++) yield* yieldNow();
        log.push('run');
      })(),
    );
    await hostTurns();
  });
  assert.equal(log, ['run', 'host']);
});

test('cancels main when its signal is aborted, also if it was before', async () => {
  const log: string[] = [];
  const task = run(
    (function* () {
      log.push('STEPPED');
      yield* sleep(10);
    })(),
    { signal: AbortSignal.abort('before') },
  );
  const error = await rejection(task);
  assert.instance(error, CancelledError);
  assert.is(error.reason, 'before');
  assert.equal(log, []);
});

test('leaves no listener on its signal', async () => {
  let listeners = 0;
  const { signal } = new AbortController();
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = function (this: AbortSignal, ...args: any) {
    listeners++;
    return addEventListener.apply(this, args);
  } as never;
  signal.removeEventListener = function (this: AbortSignal, ...args: any) {
    listeners--;
    return removeEventListener.apply(this, args);
  } as never;
  await run(sleep(1), { signal });
  await hostTurns();
  assert.is(listeners, 0);
});

test('does nothing at import: no listener, no timer, no output', async () => {
  const { code, out, err } = await program(`
    const events = process.eventNames().map(String).sort().join();
    await import('treadle');
    await import('treadle/testing');
    console.log(process.eventNames().map(String).sort().join() === events, process.getActiveResourcesInfo().filter((name) => /Timeout|Immediate/.test(name)).length);`);
  assert.is(out + err, 'true 0\n');
  assert.is(code, 0);
});

test('lets an awaited program end the process with code 0 when all is well', async () => {
  const { code, out } = await program(`import { run, sleep } from 'treadle';
    console.log(await run((function* () { yield* sleep(5); return 'well'; })()));`);
  assert.is(out, 'well\n');
  assert.is(code, 0);
});

test('can be started a thousand times at once', async () => {
  const values = await Promise.all(
    Array.from({ length: 1000 }, (_, i) =>
      run(
        (function* () {
          yield* sleep(i % 10);
          return i;
        })(),
      ),
    ),
  );
  assert.is(values.length, 1000);
  assert.ok(values.every((value, i) => value === i));
});

test('lets a coroutine of one loop wait for a program on another', async () => {
  const value = await run(
    (function* () {
      const inner = run(
        (function* () {
          yield* sleep(5);
          return 'inner';
        })(),
      );
      return [yield* join(inner), yield* inner, (yield inner) as string];
    })(),
  );
  assert.equal(value, ['inner', 'inner', 'inner']);
});

test('throws the failure of a program on another loop into the one that joins it', async () => {
  const error = await rejection(
    run(
      (function* () {
        yield* run(
          (function* () {
            yield* sleep(1);
            throw new RangeError('there');
          })(),
        );
      })(),
    ),
  );
  assert.instance(error, RangeError);
});

test('wakes a task that waits for one on another loop, which ended on its own', async () => {
  const other = run(
    (function* () {
      yield* sleep(20);
      return 'other';
    })(),
  );
  const mine = run(join(other), { clock: new VirtualClock() });
  // A virtual clock has nothing to jump to here: the other loop is the outside.
  assert.is(await Promise.race([mine, late('NEVER')]), 'other');
});

test.run();
