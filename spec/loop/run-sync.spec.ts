// runSync: a program in virtual time, to its end, at once.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  CancelledError,
  DeadlockError,
  Event,
  fetch,
  fromPromise,
  InvalidStateError,
  now,
  Queue,
  race,
  runSync,
  sleep,
  spawn,
  suspend,
  yieldNow,
} from 'treadle';
import type { Coroutine } from 'treadle';
import { thrown } from '../support/errors.ts';
import { program } from '../support/programs.ts';

const test = suite('runSync');

test('returns the result', () => {
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

test('throws the error', () => {
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

test('throws a CancelledError when main was cancelled', () => {
  const error = thrown(() => runSync(sleep(10), { signal: AbortSignal.abort('before') }));
  assert.instance(error, CancelledError);
  assert.is(error.reason, 'before');
});

test('refuses to wait for the outside world, and says so', () => {
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

test('throws that refusal into the coroutine, which may catch it', () => {
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

test('lets tasks of the program itself resume what was suspended', () => {
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

test('tells a deadlock at once', () => {
  assert.instance(
    thrown(() => runSync(new Event().wait())),
    DeadlockError,
  );
});

test('lets others have a turn beside a task that goes on and on inline', () => {
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

test('has the same schedule every time', () => {
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

test('leaves nothing for the host to do', async () => {
  const { code, out } = await program(`import { runSync, sleep, spawn } from 'treadle';
    runSync((function* () { yield* spawn(sleep(1e9), { daemon: true }); yield* sleep(1e8); })());
    console.log(process.listenerCount('beforeExit'), process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length);`);
  assert.is(out, '0 0\n');
  assert.is(code, 0);
});

test('leaves nothing that would disturb the host when it throws', async () => {
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

test('runs done callbacks that are due, before it returns', () => {
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

test('steps a million turns without growing the stack', () => {
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

test.run();
