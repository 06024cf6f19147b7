// Depth: a call frame is an entry on the task's own stack, and a chain of tasks is a chain of objects.
//
// JavaScript's own stack overflows at about 10,000 calls. So one spec goes to a million, and 100,000 are enough for the
// others.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  all,
  call,
  cancel,
  coroutine,
  join,
  run,
  runSync,
  sleep,
  spawn,
  Task,
  taskGroup,
  timeout,
  yieldNow,
} from 'treadle';
import type { Awaitable, Coroutine } from 'treadle';
import { thrown } from '../support/errors.ts';
import { processorTime } from '../support/host.ts';
import { virtually } from '../support/virtual.ts';

const test = suite('depth');
const million = 1_000_000;
const many = 100_000;

test('1,000,000 nested calls of a coroutine work', () => {
  const down: (n: number) => Awaitable<number> = coroutine('down', function* (n: number): Coroutine<number> {
    return n === 0 ? 0 : 1 + ((yield down(n - 1)) as number);
  });
  assert.is(runSync(down(million)), million);
});

test('100,000 nested frames of call work, on the system clock, with a wait at the bottom', async () => {
  const down = function* (n: number): Coroutine<number> {
    if (n === 0) yield* sleep(1);
    return n === 0 ? 0 : 1 + (yield* call(down(n - 1)));
  };
  assert.is(await run(down(many)), many);
});

test('an error at the bottom of 100,000 frames comes up to the top, through a finally in each', () => {
  let closed = 0;
  const down: (n: number) => Awaitable<number> = coroutine('down', function* (n: number): Coroutine<number> {
    try {
      if (n === 0) throw new Error('bottom');
      return (yield down(n - 1)) as number;
    } finally {
      closed++;
    }
  });
  assert.is(thrown(() => runSync(down(many))).message, 'bottom');
  assert.is(closed, many + 1);
});

test('cancelling at the bottom of 100,000 frames closes each, with clean-ups that wait', () => {
  let closed = 0;
  const down: (n: number) => Awaitable<void> = coroutine('down', function* (n: number): Coroutine<void> {
    try {
      yield n === 0 ? sleep(1e9) : down(n - 1);
    } finally {
      if (n % 1000 === 0) yield* sleep(1);
      closed++;
    }
  });
  virtually(function* () {
    const deep = yield* spawn(down(many));
    yield* sleep(1);
    yield* cancel(deep);
    assert.is(deep.state, 'cancelled');
  });
  assert.is(closed, many + 1);
});

test('a chain of 100,000 owners, each waiting for its child, ends without overflow', () => {
  let ended = 0;
  const link = function* (n: number): Coroutine<void> {
    if (n > 0) yield* spawn(link(n - 1));
    ended++;
  };
  runSync(link(100_000));
  assert.is(ended, 100_001);
});

test('a chain of 100,000 owners ends on the system clock, too', async () => {
  const link = function* (n: number): Coroutine<void> {
    if (n > 0) yield* spawn(link(n - 1));
  };
  await run(link(100_000));
});

test('a chain of 100,000 owners is cancelled from the top without overflow', () => {
  let closed = 0;
  const link = function* (n: number): Coroutine<void> {
    try {
      if (n > 0) yield* spawn(link(n - 1));
      yield* sleep(1e9);
    } finally {
      closed++;
    }
  };
  virtually(function* () {
    const top = yield* spawn(link(100_000));
    yield* sleep(1);
    yield* cancel(top);
    assert.is(top.state, 'cancelled');
  });
  assert.is(closed, 100_001);
});

test('a failure goes up a chain of 10,000 owners that did not join it', () => {
  const link = function* (n: number): Coroutine<void> {
    if (n === 0) throw new Error('bottom');
    yield* spawn(link(n - 1));
  };
  const took = processorTime();
  assert.is(thrown(() => runSync(link(10_000))).message, 'bottom');
  assert.ok(took() < 5_000, `${took()} ms`);
});

test('a chain of 100,000 joins is woken from one end', () => {
  virtually(function* () {
    let last: Task<unknown> = yield* spawn(
      (function* () {
        yield* sleep(1);
        return 'passed on';
      })(),
    );
    for (let i = 0; i < 100_000; i++) last = yield* spawn(join(last));
    assert.is(yield* last, 'passed on');
  });
});

test('a task that waits for 100,000 children one after the other keeps no more than it needs', () => {
  virtually(function* () {
    for (let i = 0; i < 100_000; i++) yield* yield* spawn(yieldNow());
  });
});

test('one task with 20,000 children waits for them and can be cancelled with them', () => {
  let done = 0;
  virtually(function* () {
    for (let i = 0; i < 20_000; i++)
      yield* spawn(
        (function* () {
          yield* sleep(i % 100);
          done++;
        })(),
      );
  });
  assert.is(done, 20_000);
  virtually(function* () {
    const owner = yield* spawn(
      (function* () {
        for (let i = 0; i < 20_000; i++)
          yield* spawn(
            (function* () {
              try {
                yield* sleep(1e9);
              } finally {
                done--;
              }
            })(),
          );
        yield* sleep(1e9);
      })(),
    );
    yield* sleep(1);
    yield* cancel(owner);
  });
  assert.is(done, 0);
});

test('10,000 combinators within each other can be cancelled', () => {
  for (const within of [
    (work: Awaitable<unknown>) => all([work]),
    (work: Awaitable<unknown>) => timeout(1e9, work),
    (work: Awaitable<unknown>) =>
      taskGroup(function* (group) {
        yield* group.spawn(work);
      }),
  ]) {
    let cleaned = 0;
    const down = coroutine('down', function* (n: number): Coroutine<void> {
      try {
        yield n === 0 ? sleep(1e9) : within(down(n - 1));
      } finally {
        cleaned++;
      }
    });
    virtually(function* () {
      const task = yield* spawn(down(10_000));
      yield* sleep(1);
      yield* cancel(task);
      assert.is(task.state, 'cancelled');
    });
    assert.is(cleaned, 10_001);
  }
});

test('a loop of a million inline answers does not grow the stack', () => {
  const done = function* (): Coroutine<number> {
    return 1;
  };
  virtually(function* () {
    const finished = yield* spawn(done());
    yield* finished;
    let n = 0;
    for (let i = 0; i < million; i++) n += yield* join(finished);
    assert.is(n, million);
  });
});

test.run();
