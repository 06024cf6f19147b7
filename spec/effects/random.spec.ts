// random: the loop's own source of chance.
import { deepEqual } from 'node:assert/strict';
import { EventLoop, random, run, runSync } from 'treadle';
import type { Coroutine } from 'treadle';
import { seeded, VirtualClock } from 'treadle/testing';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { refuses } from '../support/errors.ts';

const test = suite('random');

function* draw(count: number): Coroutine<number[]> {
  const numbers = [];
  for (let i = 0; i < count; i++) numbers.push(yield* random());
  return numbers;
}

test('on a virtual clock a program is given the same numbers each time, in runSync as in run', async () => {
  const numbers = runSync(draw(20));
  assert.is(new Set(numbers).size, 20);
  assert.ok(numbers.every((n) => n >= 0 && n < 1));
  assert.equal(runSync(draw(20)), numbers);
  assert.equal(await run(draw(20), { clock: new VirtualClock() }), numbers);
});

test('on the system clock it is Math.random', async () => {
  const { random: before } = Math;
  Math.random = () => 0.25;
  try {
    assert.equal(await run(draw(2)), [0.25, 0.25]);
  } finally {
    Math.random = before;
  }
  assert.not.equal(await run(draw(5)), await run(draw(5)));
});

test('the option random replaces the source, on both clocks', async () => {
  const halves = () => 0.5;
  assert.equal(runSync(draw(2), { random: halves }), [0.5, 0.5]);
  assert.equal(await run(draw(2), { random: halves }), [0.5, 0.5]);
  assert.equal(runSync(draw(5), { random: seeded(3) }), runSync(draw(5), { random: seeded(3) }));
  assert.not.equal(runSync(draw(5), { random: seeded(3) }), runSync(draw(5), { random: seeded(4) }));
});

test('is there for callbacks, too: loop.random()', () => {
  const loop = new EventLoop({ clock: new VirtualClock() });
  const numbers = [loop.random(), loop.random()];
  assert.equal(numbers, runSync(draw(2)));
});

test('an option random that is no function is refused at the call', () => {
  for (const wrong of [1, 'seed', null, {}])
    refuses(() => run(draw(1), { random: wrong as never }), /the option random takes a function/);
});

test('is answered inline, and is an effect like others', () => {
  assert.is(`${random()}`, 'random()');
  deepEqual(draw(1).next().value, random());
});

test.run();
