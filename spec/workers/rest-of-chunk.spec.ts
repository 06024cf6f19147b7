// What is left of a chunk: which items go in the next message, and what becomes of the others.
import { readSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { arrivalsInProcess, arrivalsInThread, Items, noteArrivals } from '../../lib/workers/arrivals.ts';
import { Callee, Chunk } from '../../lib/workers/protocol.ts';
import { RestOfChunk } from '../../lib/workers/rest-of-chunk.ts';

const test = suite('the rest of a chunk');

const callee = new Callee('map', 'file:///jobs.js', 'f');
const rest = (items: readonly unknown[], retries: number, each: Chunk['each'] = 'whatever becomes of them') =>
  new RestOfChunk(new Chunk(callee, items, each), retries);
const died = () => 'died';
const fulfilled = (...values: unknown[]) => values.map((value) => ({ status: 'fulfilled' as const, value }));
const lost = { status: 'rejected', reason: 'died' };

test('is what had not begun, and nothing when all had', () => {
  const some = rest(['a', 'b', 'c', 'd'], 0);
  assert.ok(some.goesOnWithout(2, died));
  assert.equal(some.message.args, ['c', 'd']);
  assert.not(some.goesOnAfter(fulfilled('C', 'D')));
  assert.equal(some.outcomes, [lost, lost, ...fulfilled('C', 'D')]);
  const all = rest(['a', 'b'], 0);
  assert.not(all.goesOnWithout(2, died));
  assert.equal(all.outcomes, [lost, lost]);
});

test('begins with the item that has probably killed the worker, and sends those that have more tries left later', () => {
  const one = rest(['a', 'killer', 'b', 'killer too', 'c'], 1);
  const messages: (readonly unknown[])[] = [];
  const run = (begun: number) => {
    assert.ok(one.goesOnWithout(begun, died));
    messages.push(one.message.args);
  };
  run(2);
  run(1);
  assert.ok(one.goesOnAfter(fulfilled('A')));
  messages.push(one.message.args);
  run(2);
  run(1);
  assert.ok(one.goesOnAfter(fulfilled('B')));
  messages.push(one.message.args);
  assert.not(one.goesOnAfter(fulfilled('C')));
  assert.equal(messages, [['killer', 'a'], ['a'], ['b', 'killer too', 'c'], ['killer too', 'b'], ['b'], ['c']]);
  assert.equal(one.outcomes, [...fulfilled('A'), lost, ...fulfilled('B'), lost, ...fulfilled('C')]);
});

test('of a map ends with the first item that fails or is lost for good', () => {
  const isLost = rest(['a', 'b', 'c'], 0, 'until one fails');
  assert.not(isLost.goesOnWithout(1, died));
  assert.equal(isLost.fail('died'), [lost, lost, lost]);
  const fails = rest(['a', 'b', 'c'], 1, 'until one fails');
  assert.ok(fails.goesOnWithout(1, died));
  assert.equal(fails.message.args, ['a']);
  assert.not(fails.goesOnAfter([{ status: 'rejected', reason: 'its error' }]));
  assert.equal(fails.outcomes, [{ status: 'rejected', reason: 'its error' }]);
});

test('that cannot be sent any more fails, and what is known stays so', () => {
  const one = rest(['a', 'b', 'c'], 1);
  assert.ok(one.goesOnWithout(1, died));
  assert.ok(one.goesOnAfter(fulfilled('A')));
  assert.equal(one.fail('died'), [...fulfilled('A'), lost, lost]);
});

test.run();

const counts = suite('the items of a chunk that have begun');

counts('are never more than were noted, and as many when none is being called', () => {
  const arrivals = arrivalsInProcess(0);
  const count = (place: number): number => {
    const bytes = new Int32Array(1);
    readSync(arrivals.file as number, bytes, 0, 4, place * 4);
    return bytes[0] as number;
  };
  noteArrivals(arrivals.file);
  const places = [arrivals.takePlace(), arrivals.takePlace()];
  assert.equal(places, [1, 2]);
  const items = places.map((place) => new Items(place, 100));
  for (let n = 1; n <= 100; n++) {
    for (const [i, one] of items.entries()) {
      one.begin();
      assert.ok(count(places[i] as number) >= n);
      if (n % 30 > 0) continue;
      one.pause();
      assert.is(count(places[i] as number), n);
    }
  }
  assert.equal(places.map(count), [100, 100], 'there are no more of them');
  arrivals.freePlace(2);
  assert.equal([arrivals.takePlace(), count(2)], [2, 0]);
  const read = arrivals.read();
  assert.equal([read(0), read(1), read(2)], [0, 100, 0]);
});

counts('are known of as many chunks at once as there are places', () => {
  const arrivals = arrivalsInThread();
  noteArrivals(arrivals.note);
  let place = 0;
  while (place < 1_024) place = arrivals.takePlace();
  for (const one of [1, 1_023, 1_024]) new Items(one, 10).begin();
  const read = arrivals.read();
  assert.equal([read(1), read(2), read(1_023), read(1_024)], [1, 0, 1, Infinity]);
});

counts.run();
