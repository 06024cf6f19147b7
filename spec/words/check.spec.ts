// Arguments that are wrong are refused at the call, and the error says who takes what, and what came.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  all,
  allSettled,
  any,
  asCompleted,
  call,
  EventLoop,
  join,
  race,
  run,
  runSync,
  sleep,
  spawn,
  wait,
  yieldNow,
} from 'treadle';
import type { Coroutine } from 'treadle';
import {
  checkCount,
  checkDuration,
  checkFunction,
  checkIteratorResult,
  checkLimit,
  checkNoHoles,
  checkNumber,
  checkOneOf,
  checkTime,
} from '../../lib/words/check.ts';
import { cannotBe, mustBe } from '../../lib/words/messages.ts';
import { caught, thrown } from '../support/errors.ts';

const test = suite('check');

function* work(): Coroutine<number> {
  return 1;
}

/** The error at the call: its class and its message. */
function refused(call: () => unknown): [string, string] {
  const error = thrown(call) as Error;
  return [error.constructor.name, error.message];
}

test('a duration is a number of 0 or more', () => {
  for (const ms of [0, 0.5, 100, Infinity]) assert.is(checkDuration('sleep', ms), ms);
  const says = (ms: unknown) => refused(() => checkDuration('sleep', ms as number));
  assert.equal(says(-1), ['RangeError', 'sleep takes 0 or more milliseconds, not -1']);
  assert.equal(says(NaN), ['TypeError', 'sleep takes 0 or more milliseconds, not NaN']);
  assert.equal(says('5'), ['TypeError', "sleep takes 0 or more milliseconds, not '5'"]);
  assert.equal(says(undefined), ['TypeError', 'sleep takes 0 or more milliseconds, not undefined']);
});

test('a time is any number', () => {
  for (const time of [-Infinity, -5, 0, 5, Infinity]) assert.is(checkTime('sleepUntil', time), time);
  assert.is(refused(() => checkTime('sleepUntil', NaN))[0], 'TypeError');
  assert.equal(
    refused(() => checkTime('sleepUntil', new Date(0) as never)),
    ['TypeError', "sleepUntil takes a time of the loop's clock in milliseconds, not a Date"],
  );
});

test('a count is a whole number from the least one on', () => {
  for (const count of [1, 2]) assert.is(checkCount('a Barrier', count, 'a number of parties', 1), count);
  const says = (count: unknown) => refused(() => checkCount('a Barrier', count as number, 'a number of parties', 1));
  assert.equal(says(0), ['RangeError', 'a Barrier takes a number of parties of 1 or more, not 0']);
  assert.equal(says(Infinity), ['RangeError', 'a Barrier takes a number of parties of 1 or more, not Infinity']);
});

test('a limit is a count, or Infinity', () => {
  for (const count of [1, 2, Infinity]) assert.is(checkLimit('map', count, 'a concurrency', 1), count);
  const says = (count: unknown) => refused(() => checkLimit('map', count as number, 'a concurrency', 1));
  assert.equal(says(0), ['RangeError', 'map takes a concurrency of 1 or more, not 0']);
  assert.equal(says(1.5), ['RangeError', 'map takes a concurrency of 1 or more, not 1.5']);
  assert.equal(says('2'), ['TypeError', "map takes a concurrency of 1 or more, not '2'"]);
});

test('a number may have any other limits', () => {
  const jitter = (n: unknown) =>
    checkNumber('retry', n as number, 'a jitter from 0 to 1', (value) => value >= 0 && value <= 1);
  assert.is(jitter(0.5), 0.5);
  assert.equal(
    refused(() => jitter(2)),
    ['RangeError', 'retry takes a jitter from 0 to 1, not 2'],
  );
  assert.equal(
    refused(() => jitter(null)),
    ['TypeError', 'retry takes a jitter from 0 to 1, not null'],
  );
});

test('a function, and one of a few words', () => {
  checkFunction('addDoneCallback', () => {});
  assert.equal(
    refused(() => checkFunction('suspend', 5, 'a function (resume, fail) => cleanUp')),
    ['TypeError', 'suspend takes a function (resume, fail) => cleanUp, not 5'],
  );
  checkOneOf('the option returnWhen of wait', 'all', ['all', 'first-completed']);
  assert.equal(
    refused(() => checkOneOf('the option returnWhen of wait', 'some', ['all', 'first-completed'])),
    ['RangeError', "the option returnWhen of wait takes one of all, first-completed, not 'some'"],
  );
});

test('what next() gives is an object', () => {
  for (const result of [{}, [], () => {}]) checkIteratorResult(result);
  for (const result of [undefined, null, 5, 'text', true, 5n, Symbol('s')])
    assert.match(refused(() => checkIteratorResult(result))[1], /next\(\) of an iterator must give an object/);
});

test('an array has no holes; items that are undefined are none', () => {
  checkNoHoles('all', []);
  checkNoHoles('all', [undefined, 1]);
  assert.equal(
    refused(() => checkNoHoles('all', [1, , 2])),
    ['TypeError', 'all takes an array without holes, and item 1 of 3 is missing'],
  );
  assert.match(refused(() => checkNoHoles('all', new Array(3)))[1], /item 0 of 3 is missing/);
});

test('messages say what came, whatever it was', () => {
  const { proxy, revoke } = Proxy.revocable([], {});
  revoke();
  assert.is(mustBe('sleep', 'a number', proxy), 'sleep takes a number, not an object');
  assert.match(cannotBe('yielded', proxy), /^an object cannot be yielded; did you mean fromPromise\(\.\.\.\)\?/);
  assert.match(cannotBe('yielded', [sleep(1)]), /^\[sleep\(1\)\] cannot be yielded; did you mean all\(\.\.\.\)\?/);
});

// ---- where a coroutine function is given that was not called

for (const [where, give] of Object.entries<(fn: never) => unknown>({
  run,
  runSync,
  spawn,
  call,
  createTask: (fn) => new EventLoop().createTask(fn),
})) {
  test(`${where} of a function that was not called is refused at the call, which says how to call it`, () => {
    const [kind, message] = refused(() => give(work as never));
    assert.is(kind, 'TypeError');
    assert.match(message, `did you mean to call it: ${where}(work())?`);
    assert.match(refused(() => give((() => function* () {})() as never))[1], 'did you mean to call it?');
    assert.is(refused(() => give(5 as never))[0], 'TypeError');
  });
}

for (const [where, combine] of Object.entries<(works: never) => unknown>({
  all,
  allSettled,
  any,
  race,
  asCompleted,
})) {
  test(`${where} of a function that was not called, and of an array with a hole, are refused at the call`, () => {
    const [kind, message] = refused(() => combine([sleep(1), work] as never));
    assert.is(kind, 'TypeError');
    assert.match(message, `work cannot be item 1 of ${where}; did you mean to call it: work()?`);
    assert.equal(
      refused(() => combine([sleep(1), , sleep(2)] as never)),
      ['TypeError', `${where} takes an array without holes, and item 1 of 3 is missing`],
    );
    assert.is(refused(() => combine([sleep(1), undefined] as never))[0], 'TypeError');
  });
}

test('wait of an array with a hole is refused at the call', () => {
  runSync(
    (function* () {
      const task = yield* spawn(sleep(1));
      assert.match(refused(() => wait([task, , task] as never))[1], /item 1 of 3 is missing/);
    })(),
  );
});

test('a function that is yielded is refused at the yield, which says how to call it', () => {
  runSync(
    (function* () {
      assert.match((yield* caught(work)).message, 'work cannot be yielded; did you mean to call it: work()?');
    })(),
  );
});

// ---- callbacks

test('a done callback is a function', () => {
  const future = new EventLoop().createFuture();
  for (const wrong of [undefined, null, 5, {}]) {
    assert.match(refused(() => future.addDoneCallback(wrong as never))[1], /^addDoneCallback takes a function, not/);
  }
});

test('removeDoneCallback(undefined) does not take back those who join', () => {
  runSync(
    (function* () {
      const slow = yield* spawn(sleep(5));
      const joiner = yield* spawn(join(slow));
      yield* yieldNow();
      assert.is(slow.removeDoneCallback(undefined as never), 0);
      yield* joiner;
    })(),
  );
});

test.run();
