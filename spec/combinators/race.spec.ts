import { any, cancel, coroutine, now, Queue, race, sleep, spawn, yieldNow } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught, refuses, thrown } from '../support/errors.ts';
import { same } from '../support/lists.ts';
import { virtualLoop, virtually } from '../support/virtual.ts';
import { after, breaking, failing, lasting } from '../support/work.ts';

const test = suite('race and any');

test('race gives the result of the first one that is over; the others are cancelled and have cleaned up', () => {
  const log: unknown[] = [];
  virtually(function* () {
    assert.is(yield* race([lasting(log, 'a', 50), after(10, 'b'), lasting(log, 'c', 5)]), 'b');
    assert.is(yield* now(), 60);
  });
  assert.equal(log, ['a cleans up', 'c cleans up', 'c is clean', 'a is clean']);
});

test('race throws the error of the first one when that fails', () => {
  const error = new Error('no');
  virtually(function* () {
    assert.is(yield* caught(race([after(20, 'a'), failing(10, error)])), error);
    assert.is(yield* now(), 10);
  });
});

test('race of an object gives the value of the winner', () => {
  virtually(function* () {
    assert.is(yield* race({ slow: after(20, 'slow'), quick: after(10, 'quick') }), 'quick');
  });
});

test('of two that are over at the same time the first one in time wins, not in place', () => {
  virtually(function* () {
    assert.is(yield* race([after(10, 'a'), after(10, 'b')]), 'a');
    const [a, b] = [new Queue<string>(), new Queue<string>()];
    const racing = yield* spawn(race([a.get(), b.get()]));
    yield* sleep(1);
    b.putNowait('b');
    a.putNowait('a');
    assert.is(yield* racing, 'b');
    assert.is(
      yield* race([
        (function* () {
          return 'c';
        })(),
        (function* () {
          return 'd';
        })(),
      ]),
      'c',
    );
  });
});

test('a loser that fails in the turn in which the winner wins takes nothing away from it', () => {
  virtually(function* () {
    assert.is(yield* race([after(10, 'winner'), failing(10, new Error('loser'))]), 'winner');
    assert.is(
      yield* race([
        (function* () {
          return 'winner';
        })(),
        (function* () {
          throw new Error('loser');
        })(),
      ]),
      'winner',
    );
  });
});

test('the first of two that fail in one turn is the one that is thrown', () => {
  const error = new Error('first');
  virtually(function* () {
    assert.is(yield* caught(race([failing(10, error), failing(10, new Error('second'))])), error);
  });
});

test('a loser whose clean-up fails is not lost: its error is thrown instead of the result', () => {
  const error = new Error('clean-up');
  virtually(function* () {
    assert.is(yield* caught(race([after(10, 'winner'), breaking(error)])), error);
  });
});

test('race with a task that was there before: when it loses it goes on', () => {
  virtually(function* () {
    const task = yield* spawn(after(100, 'task'));
    assert.is(yield* race([task, after(10, 'winner')]), 'winner');
    assert.is(task.state, 'waiting');
    assert.is(yield* race([task, sleep(1000)]), 'task');
    assert.is(yield* now(), 100);
  });
});

test('race with what is over already gives that at once', async () => {
  const loop = virtualLoop();
  const future = loop.createFuture<string>();
  future.setResult('future');
  assert.is(await loop.runUntilComplete(race([sleep(10), future])), 'future');
});

test('a task that failed unseen after it lost the race is not lost', () => {
  const error = new Error('late');
  virtually(function* () {
    const owner = yield* spawn(
      (function* () {
        const task = yield* spawn(failing(20, error));
        yield* race([task, sleep(10)]);
      })(),
    );
    assert.is(yield* caught(owner), error);
  });
});

test('the same work twice is run once', () => {
  let runs = 0;
  virtually(function* () {
    const work = (function* () {
      runs++;
      yield* sleep(5);
      return 'x';
    })();
    assert.is(yield* race([work, work]), 'x');
  });
  assert.is(runs, 1);
});

test('the loser of a race for items takes none, in whatever order the turn goes', () => {
  for (const early of [true, false]) {
    virtually(function* () {
      const queue = new Queue<string>();
      const produce = function* () {
        yield* sleep(10);
        queue.putNowait('item');
      };
      if (early) {
        yield* spawn(produce());
        yield* yieldNow();
      }
      const racing = yield* spawn(race([queue.get(), after(10, 'tick')]));
      yield* yieldNow();
      yield* yieldNow();
      if (!early) yield* spawn(produce());
      const won = yield* racing;
      const left = queue.size;
      assert.is(
        left + (won === 'item' ? 1 : 0),
        1,
        `${early ? 'producer first' : 'timer first'}: the race was won by ${won} and the queue has ${left}`,
      );
    });
  }
});

test('any gives the first success, whatever failed before', () => {
  const log: unknown[] = [];
  virtually(function* () {
    assert.is(yield* any([failing(1, 'no'), failing(2, 'nor'), after(10, 'yes'), lasting(log, 'slow', 20)]), 'yes');
    assert.is(yield* now(), 30);
  });
  assert.equal(log, ['slow cleans up', 'slow is clean']);
});

test('any: of two that succeed in one turn the first in time wins, not in place', () => {
  virtually(function* () {
    assert.is(
      yield* any([
        (function* () {
          yield* yieldNow();
          return 'a';
        })(),
        (function* () {
          return 'b';
        })(),
      ]),
      'b',
    );
    const [a, b] = [new Queue<string>(), new Queue<string>()];
    const racing = yield* spawn(any([a.get(), b.get()]));
    yield* sleep(1);
    b.putNowait('b');
    a.putNowait('a');
    assert.is(yield* racing, 'b');
  });
});

test('any throws an AggregateError of all errors, in the order of the work, when none succeeds', () => {
  const errors = [new Error('a'), new Error('b'), new Error('c')];
  virtually(function* () {
    const error = yield* caught(any([failing(30, errors[0]), failing(10, errors[1]), failing(20, errors[2])]));
    assert.instance(error, AggregateError);
    same(error.errors, errors);
    assert.match(error.message, /a[^]*b[^]*c/);
    assert.is(yield* now(), 30);
  });
});

test('any of one that fails throws an AggregateError, too', () => {
  virtually(function* () {
    const error = yield* caught(any([failing(1, 'no')]));
    assert.instance(error, AggregateError);
    same(error.errors, ['no']);
  });
});

test('any with the same failing work twice names its error', () => {
  virtually(function* () {
    const work = failing(1, 'no');
    const error = yield* caught(any([work, work]));
    assert.ok(error.errors.length >= 1 && error.errors.every((one: unknown) => one === 'no'));
  });
});

test('any: a clean-up of a loser that fails is not lost', () => {
  const error = new Error('clean-up');
  virtually(function* () {
    assert.is(yield* caught(any([failing(1, 'dealt with'), after(10, 'winner'), breaking(error)])), error);
  });
});

test('any: cancelled while it closes the losers, the clean-up is whole', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const task = yield* spawn(
      coroutine(function* () {
        yield* any([after(10, 'winner'), lasting(log, 'loser', 50)]);
        yield* yieldNow();
        log.push('goes on');
      })(),
    );
    yield* sleep(20);
    yield* cancel(task);
    assert.is(yield* now(), 60);
    assert.is(task.state, 'cancelled');
  });
  assert.equal(log, ['loser cleans up', 'loser is clean']);
});

test('any of an object gives the value of the winner', () => {
  virtually(function* () {
    assert.is(yield* any({ bad: failing(1, 'no'), good: after(5, 'yes') }), 'yes');
  });
});

for (const [name, combine] of [
  ['race', race],
  ['any', any],
] as const) {
  test(`${name} of nothing is a TypeError at the call: it would wait for ever`, () => {
    assert.instance(
      thrown(() => combine([])),
      TypeError,
    );
    refuses(() => combine([]), new RegExp(name));
    refuses(() => combine({}), new RegExp(name));
  });
  for (const [what, wrong] of [
    ['undefined', undefined],
    ['null', null],
    ['a Set', new Set([sleep(1)])],
    ['an effect', sleep(1)],
    ['a promise', Promise.resolve()],
    ["'ab'", 'ab'],
    ['a generator', (function* () {})()],
  ] as const) {
    test(`${name}(${what}) is a TypeError at the call that says what it takes`, () =>
      refuses(() => combine(wrong as never), new RegExp(name), /array or an object/));
  }
  test(`${name} with a number among the work is a TypeError at the call that names its place`, () =>
    refuses(() => combine([sleep(1), 5 as never]), new RegExp(name), /1/));
}

test.run();
