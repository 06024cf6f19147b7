// The heap: whatever went in, and in whichever order, the least comes out first.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Heap } from '../../lib/kernel/heap.ts';

const test = suite('heap');

const isLess = (a: number, b: number) => a < b;

test('is empty at first, and again when all were taken out', () => {
  const heap = new Heap(isLess);
  assert.equal([heap.size, heap.first], [0, undefined]);
  heap.push(1);
  assert.equal([heap.size, heap.first, heap.shift(), heap.size, heap.first], [1, 1, 1, 0, undefined]);
});

test('gives out in order what went in in any other, also while more goes in', () => {
  const heap = new Heap(isLess);
  const kept: number[] = [];
  let state = 1;
  for (let step = 0; step < 5_000; step++) {
    state = (state * 48_271) % 2_147_483_647;
    if (state % 3 > 0 || kept.length === 0) {
      heap.push(state % 1_000);
      kept.push(state % 1_000);
    } else {
      kept.sort((a, b) => a - b);
      assert.is(heap.shift(), kept.shift());
    }
    assert.is(heap.size, kept.length);
  }
  kept.sort((a, b) => a - b);
  for (const least of kept) assert.equal([heap.first, heap.shift()], [least, least]);
});

test.run();
