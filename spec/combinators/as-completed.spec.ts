import {
  asCompleted,
  call,
  cancel,
  CancelledError,
  coroutine,
  EventLoop,
  now,
  sleep,
  spawn,
  timeout,
  TimeoutError,
} from 'treadle';
import type { Coroutine, Effect } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught, refuses, thrown } from '../support/errors.ts';
import { same } from '../support/lists.ts';
import { virtually } from '../support/virtual.ts';
import { after, breaking, failing, lasting } from '../support/work.ts';

const test = suite('asCompleted');

test('gives the results in the order in which they come', () => {
  const log: unknown[] = [];
  virtually(function* () {
    for (const next of yield* asCompleted([after(30, 'c'), after(10, 'a'), after(20, 'b')]))
      log.push(yield* next, yield* now());
  });
  assert.equal(log, ['a', 10, 'b', 20, 'c', 30]);
});

test('those that are over at the same time come in the order in which they ended', () => {
  virtually(function* () {
    const order = [];
    for (const next of yield* asCompleted([
      after(10, 'a'),
      after(10, 'b'),
      (function* () {
        return 'c';
      })(),
    ]))
      order.push(yield* next);
    assert.equal(order, ['c', 'a', 'b']);
  });
});

test('all run at once, from when it is yielded', () => {
  const log: unknown[] = [];
  const work = coroutine('work', function* (name: string) {
    log.push(`${name} starts at ${yield* now()}`);
    yield* sleep(10);
  });
  virtually(function* () {
    const effect = asCompleted([work('a'), work('b')]);
    yield* sleep(5);
    const all = [...(yield* effect)];
    yield* sleep(5);
    for (const next of all) yield* next;
    assert.is(yield* now(), 15);
  });
  assert.equal(log, ['a starts at 5', 'b starts at 5']);
});

test('throws the error of one that failed where its result would be, and goes on if that is caught', () => {
  const error = new Error('no');
  virtually(function* () {
    const log: unknown[] = [];
    for (const next of yield* asCompleted<Effect<string>>([after(30, 'c'), failing(20, error), after(10, 'a')])) {
      try {
        log.push(yield* next);
      } catch (error) {
        log.push(error);
      }
    }
    same(log, ['a', error, 'c']);
  });
});

test('leaving the loop early cancels those that are not over; their owner waits for their clean-up', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const owner = yield* spawn(
      (function* () {
        for (const next of yield* asCompleted([after(10, 'a'), lasting(log, 'b', 20), lasting(log, 'c', 30)])) {
          log.push(yield* next);
          break;
        }
        log.push(`left at ${yield* now()}`);
      })(),
    );
    yield* owner;
    assert.is(yield* now(), 40);
  });
  assert.equal(log, ['a', 'left at 10', 'b cleans up', 'c cleans up', 'b is clean', 'c is clean']);
});

test('so does an error', () => {
  const log: unknown[] = [];
  const error = new Error('no');
  virtually(function* () {
    const owner = yield* spawn(
      (function* (): Coroutine<void> {
        for (const next of yield* asCompleted([failing(10, error), lasting(log, 'b')])) yield* next;
      })(),
    );
    assert.is(yield* caught(owner), error);
  });
  assert.equal(log, ['b cleans up', 'b is clean']);
});

test('so does a cancellation', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const owner = yield* spawn(
      (function* (): Coroutine<void> {
        for (const next of yield* asCompleted([lasting(log, 'a'), lasting(log, 'b')])) yield* next;
      })(),
    );
    yield* sleep(5);
    yield* cancel(owner);
    assert.is(yield* now(), 15);
  });
  assert.equal(log, ['a cleans up', 'b cleans up', 'a is clean', 'b is clean']);
});

test('a clean-up that fails after the loop was left is not lost: the owner fails', () => {
  const error = new Error('clean-up');
  assert.is(
    thrown(() =>
      virtually(function* () {
        for (const next of yield* asCompleted([after(1, 'a'), breaking(error)])) {
          yield* next;
          break;
        }
      }),
    ),
    error,
  );
});

test('a task, a future and a promise are only waited for', () => {
  virtually(function* () {
    const slow = yield* spawn(after(50, 'slow'));
    for (const next of yield* asCompleted<Effect<string> | typeof slow>([slow, after(10, 'quick')])) {
      assert.is(yield* next, 'quick');
      break;
    }
    yield* sleep(1);
    assert.is(slow.state, 'waiting');
    const future = new EventLoop().createFuture<string>();
    yield* spawn(
      (function* () {
        yield* sleep(5);
        future.setResult('future');
      })(),
    );
    const order: string[] = [];
    for (const next of yield* asCompleted<typeof slow | typeof future>([slow, future])) order.push(yield* next);
    assert.equal(order, ['future', 'slow']);
  });
});

test('one that is cancelled by somebody else is a CancelledError where its result would be', () => {
  virtually(function* () {
    const victim = yield* spawn(sleep(100));
    const errors: unknown[] = [];
    yield* spawn(
      (function* () {
        yield* sleep(5);
        victim.cancel('why not');
      })(),
    );
    for (const next of yield* asCompleted([victim])) errors.push(yield* caught(next));
    assert.instance(errors[0], CancelledError);
    assert.is((errors[0] as CancelledError).reason, 'why not');
  });
});

test('an effect that is given twice is run twice, a coroutine once', () => {
  let runs = 0;
  virtually(function* () {
    const work = coroutine('work', function* () {
      return ++runs;
    })();
    const results = [];
    for (const next of yield* asCompleted([work, work])) results.push(yield* next);
    assert.equal(results, [1, 2]);
    const once = (function* () {
      return ++runs;
    })();
    for (const next of yield* asCompleted([once, once])) results.push(yield* next);
    assert.equal(results, [1, 2, 3]);
  });
});

test('each effect stands for one place in the order, whoever yields it and how often', () => {
  virtually(function* () {
    const [first, second] = [...(yield* asCompleted([after(20, 'b'), after(10, 'a')]))];
    const other = yield* spawn(
      (function* () {
        return [yield* second!, yield* first!];
      })(),
    );
    assert.equal([yield* second!, yield* first!, yield* first!], ['b', 'a', 'a']);
    assert.equal(yield* other, ['b', 'a']);
  });
});

test('yielded twice, it runs the works twice', () => {
  let runs = 0;
  virtually(function* () {
    const effect = asCompleted([
      coroutine('work', function* () {
        return ++runs;
      })(),
    ]);
    for (const expected of [1, 2]) for (const next of yield* effect) assert.is(yield* next, expected);
  });
});

test('the result may be walked through again: it is the same', () => {
  virtually(function* () {
    const completions = yield* asCompleted([after(20, 'b'), after(10, 'a')]);
    for (let i = 0; i < 2; i++) {
      const order = [];
      for (const next of completions) order.push(yield* next);
      assert.equal(order, ['a', 'b']);
    }
  });
});

test('a time limit for one of them leaves the others running', () => {
  virtually(function* () {
    const log: unknown[] = [];
    for (const next of yield* asCompleted([after(30, 'b'), after(5, 'a')])) {
      try {
        log.push(yield* timeout(10, next));
      } catch (error) {
        assert.instance(error, TimeoutError);
        log.push('too slow');
      }
    }
    assert.equal(log, ['a', 'too slow']);
  });
});

test('of nothing is a loop without a turn', () => {
  virtually(function* () {
    for (const next of yield* asCompleted([])) assert.unreachable(String(next));
    assert.is(yield* now(), 0);
  });
});

test('shows what is waited for', () => {
  const error = thrown(() =>
    virtually(function* () {
      for (const next of yield* asCompleted([sleep(Infinity)])) yield* next;
    }),
  );
  assert.match(error.message, /main waiting on asCompleted\.next\(0\)/);
});

test('when one of them cannot be started, those that have started are cancelled', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const used = (function* () {
      yield* sleep(1);
    })();
    yield* call(used);
    const error = yield* caught(asCompleted([lasting(log, 'first'), used]));
    assert.match(error.message, /run before/);
    yield* sleep(20);
  });
  assert.equal(log, []); // it was cancelled before its first step
});

for (const [text, wrong] of Object.entries<unknown>({
  undefined,
  '5': 5,
  'a string': 'text',
  'a set': new Set([sleep(1)]),
  'an effect': sleep(1),
  '[5]': [5],
  'a function in an array': [sleep],
})) {
  test(`of ${text} is an error at the call`, () => refuses(() => asCompleted(wrong as never), /asCompleted/));
}

test.run();
