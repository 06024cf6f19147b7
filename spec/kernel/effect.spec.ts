// Effects: descriptions that do nothing until they are yielded.
import nodeAssert from 'node:assert';
import { inspect } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  all,
  call,
  cancel,
  coroutine,
  currentTask,
  fetch,
  fromPromise,
  join,
  Lock,
  now,
  Queue,
  race,
  retry,
  run,
  runSync,
  shield,
  sleep,
  sleepUntil,
  spawn,
  suspend,
  timeout,
  yieldNow,
} from 'treadle';
import type { Coroutine } from 'treadle';
import { virtually } from '../support/virtual.ts';

const test = suite('effect');
const page = coroutine('page', function* (url: string): Coroutine<string> {
  yield* sleep(1);
  return `text of ${url}`;
});

test('does nothing until it is yielded', () => {
  const log: string[] = [];
  const work = coroutine('work', function* () {
    log.push('work');
  });
  suspend(() => {
    log.push('suspend');
  });
  fromPromise(() => {
    log.push('promise');
    return Promise.resolve();
  });
  virtually(function* () {
    spawn(work());
    call(work());
    all([work(), work()]);
    timeout(1, work());
    retry(() => {
      log.push('retry');
      return work();
    });
    cancel(yield* currentTask());
    yield* sleep(10);
  });
  assert.equal(log, []);
});

test('has a kind, the name of the function that made it, and a payload', () => {
  assert.is(sleep(100).kind, 'sleep');
  assert.is(sleep(100).payload, 100);
  assert.is(page('x').kind, 'page');
  assert.is(page('x').payload, 'x');
  assert.equal(page(['x'] as never).payload, [['x']], 'an array that is the only argument is in one');
  assert.is(yieldNow().kind, 'yieldNow');
  assert.is(now().kind, 'now');
  assert.is(all([]).kind, 'all');
});

test('compares with deep equality', () => {
  const pairs: [unknown, unknown][] = [
    [sleep(100), sleep(100)],
    [sleepUntil(5), sleepUntil(5)],
    [now(), now()],
    [yieldNow(), yieldNow()],
    [currentTask(), currentTask()],
    [page('a'), page('a')],
    [all([sleep(1), page('a')]), all([sleep(1), page('a')])],
    [all({ a: sleep(1) }), all({ a: sleep(1) })],
    [race([sleep(1)]), race([sleep(1)])],
    [timeout(5, page('a')), timeout(5, page('a'))],
    [spawn(page('a'), { name: 'n' }), spawn(page('a'), { name: 'n' })],
    [call(page('a')), call(page('a'))],
    [shield(page('a')), shield(page('a'))],
    [fetch('http://localhost/'), fetch('http://localhost/')],
  ];
  for (const [a, b] of pairs) {
    assert.equal(a, b);
    nodeAssert.deepStrictEqual(a, b);
  }
});

test('differs when kind or payload differ', () => {
  const pairs: [unknown, unknown][] = [
    [sleep(100), sleep(101)],
    [sleep(100), sleepUntil(100)],
    [page('a'), page('b')],
    [page('a'), coroutine('page', function* (_url: string) {})('a')],
    [all([sleep(1)]), all([sleep(2)])],
    [all([sleep(1)]), race([sleep(1)])],
    [now(), yieldNow()],
  ];
  for (const [a, b] of pairs) nodeAssert.notDeepStrictEqual(a, b);
});

test('prints as it was written', () => {
  const queue = new Queue<number>(Infinity, { name: 'jobs' });
  const printed: [unknown, string][] = [
    [sleep(100), 'sleep(100)'],
    [sleep(Infinity), 'sleep(Infinity)'],
    [sleepUntil(5), 'sleepUntil(5)'],
    [now(), 'now()'],
    [yieldNow(), 'yieldNow()'],
    [currentTask(), 'currentTask()'],
    [page('http://localhost/'), "page('http://localhost/')"],
    [call(page('a')), "call(page('a'))"],
    [spawn(page('a')), "spawn(page('a'))"],
    [spawn(sleep(1), { name: 'nap' }), "spawn(sleep(1), { name: 'nap' })"],
    [all([sleep(1), sleep(2)]), 'all([sleep(1), sleep(2)])'],
    [all({ a: sleep(1) }), 'all({ a: sleep(1) })'],
    [race([sleep(1)]), 'race([sleep(1)])'],
    [timeout(5000, page('a')), "timeout(5000, page('a'))"],
    [shield(sleep(1)), 'shield(sleep(1))'],
    [queue.get(), 'jobs.get()'],
    [queue.put(7), 'jobs.put(7)'],
    [new Lock({ name: 'door' }).acquire(), 'door.acquire()'],
    [new Lock().acquire(), 'lock.acquire()'],
  ];
  for (const [it, text] of printed) {
    assert.is(String(it), text);
    assert.is(inspect(it), text);
  }
  assert.is(inspect([sleep(1)]), '[ sleep(1) ]');
  assert.is(inspect({ wait: sleep(1) }), '{ wait: sleep(1) }');
});

test('prints arguments that are undefined where others follow', () => {
  const f = coroutine('f', function* (..._args: unknown[]) {});
  assert.is(String(f(undefined, 1)), 'f(undefined, 1)');
  assert.is(String(f(1, null, [2, 'x'])), "f(1, null, [2, 'x'])");
  assert.is(String(f([])), 'f([])');
  assert.is(String(f()), 'f()');
});

test('prints tasks among its arguments', () => {
  virtually(function* () {
    const task = yield* spawn(sleep(10), { name: 'nap' });
    yield* yieldNow();
    assert.match(String(join(task)), /^join\(.*#2 nap.*\)$/);
    assert.match(String(cancel(task, 'why')), /^cancel\(.*#2 nap.*, 'why'\)$/);
  });
});

test('may be yielded twice, by one task', () => {
  const nap = sleep(10);
  const text = page('a');
  virtually(function* () {
    yield* nap;
    yield* nap;
    yield nap;
    assert.is(yield* now(), 30);
    assert.is(yield* text, 'text of a');
    assert.is(yield* text, 'text of a');
  });
});

test('may be shared by tasks, even while both wait on it', () => {
  const nap = sleep(10);
  const text = page('a');
  const got: string[] = [];
  virtually(function* () {
    for (const name of ['a', 'b', 'c']) {
      yield* spawn(
        (function* () {
          yield* nap;
          got.push(`${name}: ${yield* text}`);
          yield* nap;
        })(),
      );
    }
    yield* nap;
    yield* nap;
    yield* sleep(10);
    assert.is(yield* now(), 30);
  });
  assert.equal(got, ['a: text of a', 'b: text of a', 'c: text of a']);
});

test('may be shared by loops, and by hand-stepped coroutines', async () => {
  const nap = sleep(1);
  const body = function* () {
    yield* nap;
    return 1;
  };
  const a = body();
  const b = body();
  assert.is(a.next().value, nap);
  assert.is(runSync(body()), 1);
  assert.is(b.next().value, nap);
  assert.equal(a.next(), { done: true, value: 1 });
  assert.is(await run(body()), 1);
  assert.equal(b.next(), { done: true, value: 1 });
});

test('gives its answer to yield* and to a bare yield alike', () => {
  virtually(function* (): Coroutine<void> {
    const typed: number = yield* now();
    const untyped: unknown = yield now();
    assert.is(typed, 0);
    assert.is(untyped, 0);
  });
});

test('keeps its answers apart when a coroutine is stepped between its own iterator and its first step', () => {
  // Nothing but a destructuring of an effect does that; it must not confuse those who wait.
  const nap = sleep(1);
  const waiting = (function* () {
    return yield* nap;
  })();
  waiting.next();
  (nap as unknown as Iterable<unknown>)[Symbol.iterator]();
  assert.equal(waiting.next('answer' as never), { done: true, value: 'answer' });
});

test('refuses durations that are no number, NaN or negative, at the call and not at the yield', () => {
  for (const make of [(ms: never) => sleep(ms), (ms: never) => timeout(ms, now())]) {
    for (const wrong of [NaN, '10', undefined, null, {}, 10n, true, [5], Symbol('s'), new Date()]) {
      let error: unknown;
      try {
        make(wrong as never);
      } catch (e) {
        error = e;
      }
      assert.instance(error, TypeError, `${typeof wrong}`);
    }
    for (const wrong of [-1, -Infinity, -0.001])
      assert.throws(
        () => make(wrong as never),
        (e: unknown) => e instanceof RangeError && e.message.includes(`${wrong}`),
      );
    make(0 as never);
    make(-0 as never);
    make(Infinity as never);
  }
  for (const wrong of [NaN, '10', undefined, null, {}, 10n])
    assert.throws(
      () => sleepUntil(wrong as never),
      (e: unknown) => e instanceof TypeError,
    );
});

test.run();
