import { all, call, coroutine, InvalidStateError, Lock, retry, sleep, timeout } from 'treadle';
import type { Coroutine } from 'treadle';
import { step } from 'treadle/testing';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { refuses, thrown } from '../support/errors.ts';

const test = suite('step');

const reserve = coroutine('reserve', function* (_item: string): Coroutine<number> {
  throw new Error('nothing is performed');
});
const charge = coroutine('charge', function* (_id: number): Coroutine<string> {
  throw new Error('nothing is performed');
});
const release = coroutine('release', function* (_id: number): Coroutine<void> {
  throw new Error('nothing is performed');
});

const order = coroutine('order', function* (item: string) {
  const id = yield* reserve(item);
  try {
    return `order ${id}: ${yield* charge(id)}`;
  } catch (error) {
    yield* release(id);
    throw error;
  }
});

test('walks a coroutine: what it yields is looked at, and answered', () => {
  const walk = step(order('book'));
  assert.equal(walk.yielded, reserve('book'));
  walk.answer(7);
  assert.equal(walk.yielded, charge(7));
  assert.not(walk.done);
  walk.answer('paid');
  assert.ok(walk.done);
  assert.is(walk.result, 'order 7: paid');
});

test('an error is thrown at the yield, and the error of the coroutine out of its result', () => {
  const error = new Error('card refused');
  const walk = step(order('book')).answer(7).fail(error);
  assert.equal(walk.yielded, release(7));
  walk.answer();
  assert.ok(walk.done);
  assert.is(
    thrown(() => walk.result),
    error,
  );
});

test('a cancellation runs the finally blocks and nothing else', () => {
  const log: string[] = [];
  const walk = step(
    (function* () {
      try {
        yield* sleep(100);
        log.push('behind');
      } catch {
        log.push('caught');
      } finally {
        log.push('clean-up');
        yield* sleep(5);
        log.push('clean');
      }
    })(),
  );
  assert.equal(walk.yielded, sleep(100));
  walk.cancel();
  assert.equal(walk.yielded, sleep(5));
  walk.answer();
  assert.ok(walk.done);
  assert.equal(log, ['clean-up', 'clean']);
});

test('takes a plain generator, and what yields nothing is over at once', () => {
  const walk = step(
    (function* (): Coroutine<string> {
      return 'done';
    })(),
  );
  assert.is(walk.result, 'done');
  const throwing = step(
    (function* (): Coroutine<string> {
      throw new RangeError('no');
    })(),
  );
  assert.instance(
    thrown(() => throwing.result),
    RangeError,
  );
});

test('combinators are effects like others: they are compared, and answered as a whole', () => {
  const lock = new Lock();
  const walk = step(
    (function* () {
      const [a] = yield* all([reserve('a'), timeout(50, charge(1))]);
      return yield* lock.with(charge(a));
    })(),
  );
  assert.equal(walk.yielded, all([reserve('a'), timeout(50, charge(1))]));
  walk.answer([3, 'x']);
  assert.is(`${walk.yielded}`, `${lock.with(charge(3))}`);
  walk.answer('paid');
  assert.is(walk.result, 'paid');
});

test('says what is wrong when it is asked at the wrong moment', () => {
  const walk = step(order('book'));
  assert.instance(
    thrown(() => walk.result),
    InvalidStateError,
  );
  assert.match(thrown(() => walk.result).message, "it waits for reserve('book')");
  walk.answer(1).answer('paid');
  for (const wrong of [() => walk.yielded, () => walk.answer(), () => walk.fail(1), () => walk.cancel()])
    assert.instance(thrown(wrong), InvalidStateError);
});

test('refuses what has no steps of its own', () => {
  for (const wrong of [sleep(5), timeout(5, sleep(1)), Promise.resolve(1), 5, order])
    refuses(() => step(wrong as never), /step takes a coroutine|cannot be walked/);
  assert.ok(step(retry(() => order('book'))) && step(order('x')));
  refuses(() => step(call(sleep(1))), /step takes a coroutine, or a call of one, not call\(sleep\(1\)\)/);
});

test.run();
