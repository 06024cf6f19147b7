// `with`: work that runs while something is held, whatever holds it.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { all, cancel, Condition, Lock, Queue, Semaphore, sleep, spawn } from 'treadle';
import type { Coroutine } from 'treadle';
import { holding } from '../../lib/sync/holding.ts';
import type { Holdable } from '../../lib/sync/holding.ts';
import { caught, refuses } from '../support/errors.ts';
import { virtually } from '../support/virtual.ts';
import { after, failing } from '../support/work.ts';

const test = suite('with');

const guards: Record<string, () => { guard: Holdable; isHeld: () => boolean }> = {
  'a lock': () => {
    const guard = new Lock({ name: 'guard' });
    return { guard, isHeld: () => guard.locked };
  },
  'a permit': () => {
    const guard = new Semaphore(1, { name: 'guard' });
    return { guard, isHeld: () => guard.locked };
  },
  'the lock of a condition': () => {
    const guard = new Condition(undefined, { name: 'guard' });
    return { guard, isHeld: () => guard.locked };
  },
};

for (const [what, make] of Object.entries(guards)) {
  test(`${what} is held while the work runs, and released with its result`, () => {
    const { guard, isHeld } = make();
    virtually(function* () {
      const held: boolean[] = [];
      const work = function* (): Coroutine<string> {
        held.push(isHeld());
        yield* sleep(5);
        held.push(isHeld());
        return 'result';
      };
      assert.is(yield* holding(guard, work()), 'result');
      assert.equal([...held, isHeld()], [true, true, false]);
    });
  });

  test(`${what} is released when the work fails`, () => {
    const { guard, isHeld } = make();
    const error = new Error('no');
    virtually(function* () {
      assert.is(yield* caught(holding(guard, failing(5, error))), error);
      assert.not(isHeld());
    });
  });

  test(`${what} is released when the work is cancelled, behind its clean-up`, () => {
    const { guard, isHeld } = make();
    const held: boolean[] = [];
    virtually(function* () {
      const task = yield* spawn(
        holding(
          guard,
          (function* () {
            try {
              yield* sleep(Infinity);
            } finally {
              yield* sleep(5);
              held.push(isHeld());
            }
          })(),
        ),
      );
      yield* sleep(1);
      yield* cancel(task);
      held.push(isHeld());
    });
    assert.equal(held, [true, false]);
  });

  test(`${what} that is waited for in vain is not released`, () => {
    const { guard, isHeld } = make();
    virtually(function* () {
      yield* guard.acquire();
      const task = yield* spawn(holding(guard, sleep(1)));
      yield* sleep(1);
      yield* cancel(task);
      assert.ok(isHeld());
      guard.release();
      assert.not(isHeld());
    });
  });
}

test('what the work acquires is given back when nobody gets it: lock.with(jobs.get())', () => {
  const lock = new Lock();
  const jobs = new Queue<string>();
  jobs.putNowait('a job');
  virtually(function* () {
    const task = yield* spawn(all([holding(lock, jobs.get()), sleep(100)]));
    yield* sleep(10);
    assert.is(jobs.size, 0);
    yield* cancel(task);
    assert.is(jobs.size, 1);
    assert.not(lock.locked);
  });
});

test('work that cannot be awaited is refused at the call, by the name of what is held', () => {
  refuses(() => holding(new Lock({ name: 'door' }), 5 as never), /run with door/);
  assert.is(`${holding(new Lock({ name: 'door' }), sleep(1))}`.startsWith('door.with('), true);
});

test('nothing is acquired before it is yielded', () => {
  const lock = new Lock();
  holding(lock, after(1, 'x'));
  assert.not(lock.locked);
});

test.run();
