// run: a program on a loop of its own; and runSync: the same, to its end, at once.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  CancelledError,
  coroutine,
  DeadlockError,
  Event,
  fetch,
  fromPromise,
  InvalidStateError,
  join,
  now,
  Queue,
  race,
  run,
  runSync,
  sleep,
  spawn,
  suspend,
  Task,
  toPromise,
  yieldNow,
} from 'treadle';
import type { Coroutine } from 'treadle';
import { VirtualClock } from 'treadle/testing';
import { rejection, thrown } from '../support/errors.ts';
import { delay, hostTurns } from '../support/host.ts';
import { program } from '../support/programs.ts';

const running = suite('run');

running('returns the main task before anything is stepped', async () => {
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

running('takes an effect, a coroutine, a promise', async () => {
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

running('gives a task that can be awaited long after it is over', async () => {
  const task = run(
    (function* () {
      return 'value';
    })(),
  );
  await delay(20);
  assert.is(task.state, 'succeeded');
  const late = Promise.race([task, delay(500).then(() => 'NEVER SETTLED')]);
  assert.is(await late, 'value');
  assert.is(await Promise.race([toPromise(task), delay(500).then(() => 'NEVER SETTLED')]), 'value');
});

running(
  'gives a task that can be awaited when it ended at once, was cancelled at once, or failed at once',
  async () => {
    const never = () =>
      delay(500).then(() => {
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
  },
);

running('goes on as promptly as a promise would: its answer is there before the next turn of the host', async () => {
  const log: string[] = [];
  setImmediate(() => log.push('host'));
  run(
    (function* () {
      for (let i = 0; i < 10; i++) yield* yieldNow();
      log.push('run');
    })(),
  );
  await hostTurns();
  assert.equal(log, ['run', 'host']);
});

running('cancels main when its signal is aborted, also if it was before', async () => {
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

running('leaves no listener on its signal', async () => {
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

running('does nothing at import: no listener, no timer, no output', async () => {
  const { code, out, err } = await program(`
    const events = process.eventNames().map(String).sort().join();
    await import('treadle');
    await import('treadle/testing');
    console.log(process.eventNames().map(String).sort().join() === events, process.getActiveResourcesInfo().filter((name) => /Timeout|Immediate/.test(name)).length);`);
  assert.is(out + err, 'true 0\n');
  assert.is(code, 0);
});

running('lets an awaited program end the process with code 0 when all is well', async () => {
  const { code, out } = await program(`import { run, sleep } from 'treadle';
    console.log(await run((function* () { yield* sleep(5); return 'well'; })()));`);
  assert.is(out, 'well\n');
  assert.is(code, 0);
});

running('can be started a thousand times at once', async () => {
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

running('lets a coroutine of one loop wait for a program on another', async () => {
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

running('throws the failure of a program on another loop into the one that joins it', async () => {
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

running('wakes a task that waits for one on another loop, which ended on its own', async () => {
  const other = run(
    (function* () {
      yield* sleep(20);
      return 'other';
    })(),
  );
  const mine = run(join(other), { clock: new VirtualClock() });
  // A virtual clock has nothing to jump to here: the other loop is the outside.
  assert.is(await Promise.race([mine, delay(500).then(() => 'NEVER')]), 'other');
});

running.run();

const sync = suite('runSync');

sync('returns the result', () => {
  assert.is(
    runSync(
      (function* () {
        return 42;
      })(),
    ),
    42,
  );
  assert.is(
    runSync(
      (function* () {
        yield* sleep(3_600_000);
        return 'an hour later';
      })(),
    ),
    'an hour later',
  );
  assert.is(runSync(sleep(1)), undefined);
});

sync('throws the error', () => {
  const wrong = new RangeError('wrong');
  assert.is(
    thrown(() =>
      runSync(
        (function* () {
          yield* sleep(1);
          throw wrong;
        })(),
      ),
    ),
    wrong,
  );
});

sync('throws a CancelledError when main was cancelled', () => {
  const error = thrown(() => runSync(sleep(10), { signal: AbortSignal.abort('before') }));
  assert.instance(error, CancelledError);
  assert.is(error.reason, 'before');
});

sync('refuses to wait for the outside world, and says so', () => {
  const waits = [
    () => fromPromise(Promise.resolve(1)),
    () => Promise.resolve(1),
    () => fromPromise(() => Promise.resolve(1)),
    () => fetch('http://127.0.0.1:9/'),
  ];
  for (const wait of waits) {
    const error = thrown(() =>
      runSync(
        (function* (): Coroutine<unknown> {
          return yield wait();
        })(),
      ),
    );
    assert.instance(error, InvalidStateError);
    assert.match(error.message, /runSync/);
  }
});

sync('throws that refusal into the coroutine, which may catch it', () => {
  assert.is(
    runSync(
      (function* (): Coroutine<string> {
        try {
          yield Promise.resolve(1);
        } catch {
          return 'caught';
        }
        return 'WENT ON';
      })(),
    ),
    'caught',
  );
});

sync('lets tasks of the program itself resume what was suspended', () => {
  let resume: (value: number) => void = () => {};
  assert.is(
    runSync(
      (function* () {
        yield* spawn(
          (function* () {
            yield* sleep(10);
            resume(5);
          })(),
        );
        return yield* suspend<number>((r) => {
          resume = r;
        });
      })(),
    ),
    5,
  );
});

sync('tells a deadlock at once', () => {
  assert.instance(
    thrown(() => runSync(new Event().wait())),
    DeadlockError,
  );
});

sync('lets others have a turn beside a task that goes on and on inline', () => {
  for (const inline of [() => now(), () => (function* () {})()]) {
    let set = false;
    assert.is(
      runSync(
        (function* (): Coroutine<string> {
          for (let i = 0; i < 1000; i++) yield* yieldNow();
          yield* spawn(
            (function* () {
              set = true;
            })(),
          );
          for (let i = 0; i < 1_000_000; i++) {
            yield inline();
            if (set) return 'the other had its turn';
          }
          return 'the other was starved';
        })(),
      ),
      'the other had its turn',
    );
  }
});

sync('has the same schedule every time', () => {
  const program = function* (log: string[]): Coroutine<void> {
    const queue = new Queue<number>(2);
    for (let p = 0; p < 3; p++)
      yield* spawn(
        (function* () {
          for (let i = 0; i < 5; i++) {
            yield* sleep((p * 7 + i * 3) % 5);
            yield* queue.put(p * 10 + i);
            log.push(`put ${p}${i}`);
          }
        })(),
      );
    for (let c = 0; c < 2; c++)
      yield* spawn(
        (function* () {
          for (;;) {
            const item = yield* queue.get();
            log.push(`${c} got ${item} at ${yield* now()}`);
            yield* sleep(item % 3);
          }
        })(),
        { daemon: true },
      );
    yield* race([sleep(40), sleep(30)]);
  };
  const logs = [0, 1, 2].map(() => {
    const log: string[] = [];
    runSync(program(log));
    return log;
  });
  assert.equal(logs[0], logs[1]);
  assert.equal(logs[1], logs[2]);
  assert.is(logs[0]?.length, 30);
});

sync('leaves nothing for the host to do', async () => {
  const { code, out, ms } = await program(`import { runSync, sleep, spawn } from 'treadle';
    runSync((function* () { yield* spawn(sleep(1e9), { daemon: true }); yield* sleep(1e8); })());
    console.log(process.listenerCount('beforeExit'), process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length);`);
  assert.is(out, '0 0\n');
  assert.is(code, 0);
  assert.ok(ms < 5000);
});

sync('leaves nothing that would disturb the host when it throws', async () => {
  const { code, out, err } = await program(`import { runSync, sleep, spawn, Event } from 'treadle';
    for (const body of [
      function* () { throw new Error('x'); },
      function* () { yield* spawn((function* () { throw new Error('child'); })()); },
      function* () { yield* new Event().wait(); },
    ]) try { runSync(body()); } catch (error) { console.log(error.name); }
    await new Promise((resolve) => setTimeout(resolve, 20));`);
  assert.is(err, '');
  assert.is(out, 'Error\nError\nDeadlockError\n');
  assert.is(code, 0);
});

sync('runs done callbacks that are due, before it returns', () => {
  const log: string[] = [];
  runSync(
    (function* () {
      const child = yield* spawn(sleep(1));
      child.addDoneCallback(() => log.push('called'));
      yield* child;
      yield* yieldNow();
    })(),
  );
  assert.equal(log, ['called']);
});

sync('steps a million turns without growing the stack', () => {
  assert.is(
    runSync(
      (function* () {
        let n = 0;
        for (; n < 1_000_000; n++) yield* yieldNow();
        return n;
      })(),
    ),
    1_000_000,
  );
});

sync.run();
