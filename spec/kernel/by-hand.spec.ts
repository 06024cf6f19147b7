// By hand: outside a loop a coroutine is a plain generator, and can be tested step by step.
import nodeAssert from 'node:assert';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { all, call, coroutine, fetch, now, runSync, sleep, spawn, timeout, yieldNow } from 'treadle';
import type { Coroutine, FetchResponse } from 'treadle';
import { thrown } from '../support/errors.ts';

const test = suite('by hand');

test('next() gives the effect that is yielded, by yield* as by a bare yield', () => {
  const gen = (function* (): Coroutine<void> {
    yield* sleep(100);
    yield sleep(200);
  })();
  assert.equal(gen.next().value, sleep(100));
  nodeAssert.deepStrictEqual(gen.next().value, sleep(200));
  assert.equal(gen.next(), { done: true, value: undefined });
});

test('next(answer) gives the answer to the coroutine', () => {
  const gen = (function* () {
    const start = yield* now();
    yield* sleep(50);
    return (yield* now()) - start;
  })();
  assert.equal(gen.next().value, now());
  assert.equal(gen.next(1000).value, sleep(50));
  assert.equal(gen.next().value, now());
  assert.equal(gen.next(1050), { done: true, value: 50 });
});

test('a program is tested without a network', () => {
  const title = function* (url: string): Coroutine<string> {
    const response = yield* fetch(url);
    if (!response.ok) throw new Error(`${response.status}`);
    return (yield* response.text()).toUpperCase();
  };
  const gen = title('http://localhost/');
  nodeAssert.deepStrictEqual(gen.next().value, fetch('http://localhost/'));
  assert.throws(() => gen.next({ ok: false, status: 404 } as FetchResponse), '404');
});

test('throw(error) throws at the yield, in the coroutine', () => {
  const body = function* (): Coroutine<string> {
    try {
      yield* sleep(1);
      return 'went on';
    } catch (error) {
      yield* sleep(2);
      return `caught ${(error as Error).message}`;
    }
  };
  const gen = body();
  gen.next();
  assert.equal(gen.throw(new Error('x')).value, sleep(2));
  assert.equal(gen.next(), { done: true, value: 'caught x' });
  const other = (function* () {
    yield* sleep(1);
  })();
  other.next();
  const wrong = new Error('not caught');
  assert.is(
    thrown(() => other.throw(wrong)),
    wrong,
  );
  assert.equal(other.next(), { done: true, value: undefined });
});

test('return() runs the finally blocks, and their effects come out', () => {
  const log: string[] = [];
  const gen = (function* (): Coroutine<string> {
    try {
      yield* sleep(1);
      log.push('WENT ON');
    } catch {
      log.push('CAUGHT');
    } finally {
      yield* sleep(2);
      log.push('finally');
    }
    return 'end';
  })();
  gen.next();
  assert.equal(gen.return('closed').value, sleep(2));
  assert.equal(gen.next(), { done: true, value: 'closed' });
  assert.equal(log, ['finally']);
});

test('throwing into a finished coroutine throws, and returning from one returns', () => {
  const gen = (function* () {
    yield* sleep(1);
  })();
  gen.next();
  gen.next();
  const wrong = new Error('x');
  assert.is(
    thrown(() => gen.throw(wrong)),
    wrong,
  );
  assert.equal(gen.return(undefined), { done: true, value: undefined });
});

test('native yield* shows the effects of the inner coroutine; a call shows the call', () => {
  const inner = function* (): Coroutine<number> {
    yield* sleep(1);
    return 5;
  };
  const page = coroutine('page', function* (url: string): Coroutine<string> {
    yield* sleep(1);
    return url;
  });
  const gen = (function* () {
    const n = yield* inner();
    const text = yield* page('x');
    return `${n}${text}`;
  })();
  assert.equal(gen.next().value, sleep(1));
  assert.equal(gen.next().value, page('x'));
  assert.equal(gen.next('text'), { done: true, value: '5text' });
});

test('effects that hold effects are compared, too', () => {
  const page = coroutine('page', function* (url: string): Coroutine<string> {
    yield* sleep(1);
    return url;
  });
  const gen = (function* () {
    yield* spawn(page('a'), { name: 'a' });
    yield* all([page('a'), page('b')]);
    yield* timeout(100, page('a'));
    yield* call(page('a'));
    yield* yieldNow();
  })();
  const expected = [
    spawn(page('a'), { name: 'a' }),
    all([page('a'), page('b')]),
    timeout(100, page('a')),
    call(page('a')),
    yieldNow(),
  ];
  for (const effect of expected) nodeAssert.deepStrictEqual(gen.next([]).value, effect);
});

test('a coroutine that was stepped by hand can be finished by a loop', () => {
  const gen = (function* () {
    const a = yield* now();
    yield* sleep(10);
    return [a, yield* now()];
  })();
  gen.next();
  assert.equal(gen.next(77).value, sleep(10));
  assert.equal(runSync(gen), [77, 0]);
});

test('two coroutines are stepped in turns without touching each other', () => {
  const body = function* (name: string) {
    const a = yield* now();
    const b = yield* now();
    return `${name}${a}${b}`;
  };
  const x = body('x');
  const y = body('y');
  x.next();
  y.next();
  y.next(1);
  x.next(2);
  assert.is(x.next(3).value, 'x23');
  assert.is(y.next(4).value, 'y14');
});

test.run();
