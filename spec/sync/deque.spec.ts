// The ring in which queues keep their items.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Deque } from '../../lib/sync/deque.ts';
import { processorTime } from '../support/host.ts';

/** Takes all that is in it. */
function drained<T>(deque: Deque<T>): T[] {
  const items: T[] = [];
  while (deque.size > 0) items.push(deque.shift());
  return items;
}

const test = suite('deque');

test('gives items in the order in which they came, and counts them', () => {
  const deque = new Deque<number>();
  for (const item of [1, 2, 3]) deque.push(item);
  assert.is(deque.size, 3);
  assert.equal(drained(deque), [1, 2, 3]);
  assert.is(deque.size, 0);
});

test('takes an item back to the front', () => {
  const deque = new Deque<number>();
  deque.push(2);
  deque.unshift(1);
  deque.push(3);
  assert.equal(drained(deque), [1, 2, 3]);
});

test('keeps their order as it grows, wherever its first item lies in the ring', () => {
  for (let offset = 0; offset < 8; offset++) {
    for (const atFront of [false, true]) {
      const deque = new Deque<number>();
      for (let i = 0; i < offset; i++) deque.push(-1);
      for (let i = 0; i < offset; i++) deque.shift();
      for (let i = 0; i < 100; i++) {
        if (atFront) deque.unshift(i);
        else deque.push(i);
      }
      const expected = Array.from({ length: 100 }, (_, i) => i);
      assert.equal(drained(deque), atFront ? expected.reverse() : expected, `from ${offset}`);
    }
  }
});

test('has room for undefined, null and NaN as for other items', () => {
  const deque = new Deque<unknown>();
  for (const item of [undefined, null, NaN]) deque.push(item);
  assert.is(deque.size, 3);
  assert.equal(drained(deque), [undefined, null, NaN]);
});

test('100,000 items pass through in no time', () => {
  const deque = new Deque<number>();
  const took = processorTime();
  for (let i = 0; i < 100_000; i++) deque.push(i);
  for (let i = 0; i < 100_000; i++) assert.is(deque.shift(), i);
  assert.ok(took() < 2_000, `${took()} ms`);
});

test.run();
