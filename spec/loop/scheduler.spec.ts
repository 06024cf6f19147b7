// The scheduler: the ready queue and its slices, with waiters made by hand.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Loop } from '../../lib/loop/loop.ts';
import { Marker, scheduleFirst } from '../../lib/kernel/wake-first.ts';
import { hostTurns, withoutTime } from '../support/host.ts';

const test = suite('scheduler');

/** A loop that runs, and waiters that note their names when their turn comes. */
function scene(log: string[]) {
  const loop = new Loop();
  const waiter = (name: string, work: () => void = () => {}) =>
    new Marker(() => {
      log.push(name);
      work();
    });
  return { loop, waiter };
}

test('runs waiters in the order in which they were scheduled, and in a slice of its own', async () => {
  const log: string[] = [];
  const { loop, waiter } = scene(log);
  for (const name of ['a', 'b', 'c']) loop._schedule(waiter(name));
  await hostTurns();
  assert.equal(log, [], 'it was not started');
  loop._start();
  assert.equal(log, []);
  await hostTurns();
  assert.equal(log, ['a', 'b', 'c']);
  loop._unwatch();
});

test('runs first what is put to the front: the newest before the others', async () => {
  const log: string[] = [];
  const { loop, waiter } = scene(log);
  const decide = () => {
    scheduleFirst(loop, waiter('urgent'));
    scheduleFirst(loop, waiter('more urgent'));
  };
  for (const name of ['a', 'b', 'c']) loop._schedule(waiter(name, name === 'b' ? decide : undefined));
  loop._start();
  await hostTurns();
  assert.equal(log, ['a', 'b', 'more urgent', 'urgent', 'c']);
  loop._unwatch();
});

test('does not let the host have its turn before what was put to the front has run, however long that takes', async () => {
  const { now } = performance;
  let time = 0;
  performance.now = () => time;
  try {
    const log: string[] = [];
    const { loop, waiter } = scene(log);
    const slow = () => void (time += 10);
    const decide = () => {
      slow();
      scheduleFirst(loop, waiter('urgent', slow));
      scheduleFirst(loop, waiter('more urgent', slow));
      setImmediate(() => log.push('host'));
    };
    loop._schedule(waiter('a', slow)); // the first look only tells the time
    loop._schedule(waiter('b', decide));
    loop._schedule(waiter('c'));
    loop._start();
    await hostTurns();
    assert.equal(log, ['a', 'b', 'more urgent', 'urgent', 'host', 'c']);
    loop._unwatch();
  } finally {
    performance.now = now;
  }
});

test('takes up in the next slice what was put back, before all others', async () => {
  const log: string[] = [];
  const { loop, waiter } = scene(log);
  const twice = waiter('twice', () => {
    if (log.length === 1) loop._putBack(twice);
  });
  loop._schedule(twice);
  loop._schedule(waiter('b'));
  loop._start();
  await hostTurns();
  assert.equal(log, ['twice', 'twice', 'b']);
  loop._unwatch();
});

test('is woken by a microtask: what was ready before the wake-up runs before the next turn of the host', async () => {
  await withoutTime(async () => {
    const log: string[] = [];
    const { loop, waiter } = scene(log);
    loop._start();
    await hostTurns();
    setImmediate(() => log.push('host'));
    loop._schedule(waiter('a'));
    queueMicrotask(() => log.push('later microtask'));
    log.push('now');
    await hostTurns();
    assert.equal(log, ['now', 'a', 'later microtask', 'host']);
    loop._unwatch();
  });
});

test('a marker knows whether it stands in the queue', async () => {
  const loop = new Loop();
  let reached = 0;
  const marker = new Marker(() => reached++);
  marker._queued = true;
  loop._schedule(marker);
  loop._start();
  await hostTurns();
  assert.equal([reached, marker._queued], [1, false]);
  loop._unwatch();
});

test.run();
