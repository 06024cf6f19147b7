// seeded: chance that repeats itself.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { seeded } from 'treadle/testing';
import { refuses } from '../support/errors.ts';

const test = suite('seeded');

const numbers = (seed: number, count: number) => {
  const random = seeded(seed);
  return Array.from({ length: count }, random);
};

test('the same seed gives the same numbers, another seed gives others', () => {
  assert.equal(numbers(42, 100), numbers(42, 100));
  assert.not.equal(numbers(42, 100), numbers(43, 100));
  assert.is(new Set([...numbers(1, 100), ...numbers(2, 100), ...numbers(3, 100)]).size, 300);
});

test('the numbers are those of mulberry32, in this version and the next ones', () => {
  assert.equal(numbers(1, 3), [0.6270739405881613, 0.002735721180215478, 0.5274470399599522]);
});

test('the numbers are from 0 to 1, without 1, and evenly spread', () => {
  const all = numbers(7, 100_000);
  assert.ok(all.every((n) => n >= 0 && n < 1));
  const tenths = Array.from({ length: 10 }, (_, i) => all.filter((n) => Math.floor(n * 10) === i).length);
  for (const count of tenths) assert.ok(count > 9_500 && count < 10_500, `${tenths}`);
});

test('two sources do not disturb each other', () => {
  const [a, b] = [seeded(5), seeded(5)];
  const mixed = [a(), b(), a(), b()];
  assert.equal(mixed, [mixed[0], mixed[0], mixed[2], mixed[2]]);
});

test('takes whole numbers, also negative and large ones', () => {
  for (const seed of [0, -1, 2 ** 31, 2 ** 40, Number.MAX_SAFE_INTEGER]) assert.is(numbers(seed, 5).length, 5);
  for (const wrong of [0.5, NaN, Infinity, '1', undefined, null]) refuses(() => seeded(wrong as never), /seeded/);
});

test.run();
