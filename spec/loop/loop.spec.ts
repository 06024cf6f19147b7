// The loop: in which order it steps what is ready, and that an answer that is there is given inline.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Event, EventLoop, join, Lock, now, Queue, run, runSync, sleep, sleepUntil, spawn, yieldNow } from 'treadle';
import type { Coroutine, Effect } from 'treadle';
import { virtually } from '../support/virtual.ts';

const test = suite('loop');

test('the ready queue is first in, first out', () => {
  const log: string[] = [];
  const steps = function* (name: string): Coroutine<void> {
    for (let i = 1; i <= 3; i++) {
      log.push(`${name}${i}`);
      yield* yieldNow();
    }
  };
  virtually(function* () {
    for (const name of ['a', 'b', 'c']) yield* spawn(steps(name));
  });
  assert.equal(log, ['a1', 'b1', 'c1', 'a2', 'b2', 'c2', 'a3', 'b3', 'c3']);
});

test('stays first in, first out with any number of tasks, whatever they yield first, on both clocks', async () => {
  const firsts: Record<string, () => Effect<unknown>> = {
    'yieldNow()': () => yieldNow(),
    'sleep(0)': () => sleep(0),
    'sleep(10)': () => sleep(10),
    'now(), which is answered inline': () => now(),
  };
  for (const [what, first] of Object.entries(firsts)) {
    for (const clock of ['virtual', 'system']) {
      const log: number[] = [];
      const body = function* (): Coroutine<void> {
        for (let i = 0; i < 5000; i++) {
          yield* spawn(
            (function* () {
              yield first();
              log.push(i);
            })(),
          );
        }
      };
      if (clock === 'virtual') runSync(body());
      // The deadlines of the 5,000 are not the same there.
      else if (what === 'sleep(10)') continue;
      else await run(body());
      assert.ok(
        log.every((value, i) => value === i),
        `${what}, ${clock}: ${log.findIndex((value, i) => value !== i)} is out of order`,
      );
      assert.is(log.length, 5000);
    }
  }
});

test('items put by a thousand tasks come in the order in which the tasks were started, on both clocks', async () => {
  const queue = new Queue<number>();
  const body = function* (): Coroutine<void> {
    for (let i = 0; i < 1000; i++) yield* spawn(queue.put(i));
  };
  runSync(body());
  for (let i = 0; i < 1000; i++) assert.is(queue.getNowait(), i);
  await run(body());
  for (let i = 0; i < 1000; i++) assert.is(queue.getNowait(), i);
});

test('a lock is handed to a thousand waiters in the order in which they asked', () => {
  const lock = new Lock();
  const log: number[] = [];
  virtually(function* () {
    yield* lock.acquire();
    for (let i = 0; i < 1000; i++) {
      yield* spawn(
        lock.with(
          (function* () {
            log.push(i);
            yield* yieldNow();
          })(),
        ),
      );
    }
    yield* yieldNow();
    lock.release();
  });
  assert.equal(
    log,
    Array.from({ length: 1000 }, (_, i) => i),
  );
});

test('joiners of one task go on in the order in which they came', () => {
  const log: number[] = [];
  virtually(function* () {
    const work = yield* spawn(sleep(5));
    for (let i = 0; i < 1000; i++)
      yield* spawn(
        (function* () {
          yield* join(work);
          log.push(i);
        })(),
      );
  });
  assert.equal(
    log,
    Array.from({ length: 1000 }, (_, i) => i),
  );
});

test('what is queued during a pass runs in the next one: nested callSoon', async () => {
  const log: string[] = [];
  const loop = new EventLoop();
  loop.callSoon(() => {
    log.push('a');
    loop.callSoon(() => {
      log.push('a2');
      loop.callSoon(() => log.push('a3'));
    });
  });
  loop.callSoon(() => {
    log.push('b');
    loop.callSoon(() => log.push('b2'));
  });
  await loop.runUntilComplete(sleep(30));
  assert.equal(log, ['a', 'b', 'a2', 'b2', 'a3']);
});

test('timers that are due run after what was already ready', async () => {
  const loop = new EventLoop();
  const log: string[] = [];
  loop.callLater(10, () => log.push('timer'));
  loop.callSoon(() => {
    log.push('a');
    const end = performance.now() + 20;
    while (performance.now() < end);
    loop.callSoon(() => log.push('ready before it was due'));
  });
  loop.callSoon(() => log.push('b'));
  await loop.runUntilComplete(sleep(40));
  assert.equal(log, ['a', 'b', 'ready before it was due', 'timer']);
});

test('all timers of one time are ready before any task that they wake spawns another', () => {
  const log: string[] = [];
  virtually(function* () {
    yield* spawn(
      (function* () {
        yield* sleep(10);
        log.push('second');
      })(),
    );
    yield* sleep(10);
    yield* spawn(
      (function* () {
        log.push('third');
      })(),
    );
    log.push('first');
  });
  assert.equal(log, ['first', 'second', 'third']);
});

test('equal deadlines fire in the order in which they were set, however they were set', () => {
  const log: string[] = [];
  virtually(function* () {
    const at = (name: string, wait: Effect<void>) =>
      spawn(
        (function* () {
          yield* wait;
          log.push(name);
        })(),
      );
    yield* at('set first', sleep(20));
    yield* at('set second', sleepUntil(20));
    yield* sleep(10);
    yield* at('set third', sleep(10));
    yield* at('set fourth', sleepUntil(20));
    yield* at('earlier', sleep(5));
  });
  assert.equal(log, ['earlier', 'set first', 'set second', 'set third', 'set fourth']);
});

test('deadlines within one millisecond count as equal', () => {
  const log: string[] = [];
  virtually(function* () {
    for (const ms of [0.9, 0.2, 1, 0.5])
      yield* spawn(
        (function* () {
          yield* sleep(ms);
          log.push(`${ms} at ${yield* now()}`);
        })(),
      );
  });
  assert.equal(log, ['0.9 at 1', '0.2 at 1', '1 at 1', '0.5 at 1']);
});

test('yieldNow and sleep(0) are one turn, and no timer', () => {
  for (const turn of [yieldNow, () => sleep(0), () => sleepUntil(0), () => sleepUntil(-5)]) {
    const log: string[] = [];
    virtually(function* () {
      const a = yield* spawn(
        (function* () {
          for (const i of [1, 2, 3]) {
            log.push(`a${i}`);
            yield* turn();
          }
        })(),
      );
      const b = yield* spawn(
        (function* () {
          for (const i of [1, 2, 3]) {
            log.push(`b${i}`);
            yield* yieldNow();
          }
        })(),
      );
      yield* spawn(
        (function* () {
          yield* sleep(1);
          log.push('timer');
        })(),
      );
      yield* a;
      yield* b;
      assert.is(yield* now(), 0);
    });
    assert.equal(log, ['a1', 'b1', 'a2', 'b2', 'a3', 'b3', 'timer']);
  }
});

test('an effect whose answer is ready continues inline', () => {
  const log: string[] = [];
  virtually(function* () {
    const lock = new Lock();
    const queue = new Queue<number>();
    const event = new Event();
    event.set();
    const finished = yield* spawn(
      (function* () {
        return 1;
      })(),
    );
    yield* yieldNow();
    yield* spawn(
      (function* () {
        log.push('other');
      })(),
    );
    yield* lock.acquire();
    yield* queue.put(1);
    yield* queue.get();
    yield* event.wait();
    yield* join(finished);
    yield* finished;
    yield* now();
    log.push('all at once');
    yield* yieldNow();
  });
  assert.equal(log, ['all at once', 'other']);
});

test.run();
