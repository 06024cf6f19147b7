import { all, fromPromise, now, run, sleep, sleepUntil, spawn, suspend, timeout, TimeoutError } from 'treadle';
import type { Coroutine } from 'treadle';
import { VirtualClock } from 'treadle/testing';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { program } from '../support/programs.ts';

const test = suite('the virtual clock by hand');

const unreachable = (value: unknown): never => assert.unreachable(String(value)) as never;

/** Notes the time at each of these. */
function* ticking(log: unknown[], times: readonly number[]): Coroutine<void> {
  for (const time of times) {
    yield* sleepUntil(time);
    log.push(yield* now());
  }
}

test('stands still until it is told to move, and then wakes each one at its own time', async () => {
  const clock = new VirtualClock({ manual: true });
  const log: unknown[] = [];
  const task = run(ticking(log, [10, 20, 35, 50]), { clock });
  assert.is(await clock.advance(0), 0);
  assert.is(`${task}`, '<Task #1 main waiting on sleepUntil(10)>');
  assert.is(await clock.advance(9.5), 10, 'rounded up, as every deadline is');
  assert.equal(log, [10]);
  assert.is(await clock.advance(25), 35);
  assert.equal(log, [10, 20, 35]);
  assert.is(await clock.advance(100), 135);
  assert.equal(log, [10, 20, 35, 50]);
  assert.is(task.state, 'succeeded');
});

test('by default moves by itself, until the first call takes it over', async () => {
  const clock = new VirtualClock();
  const log: unknown[] = [];
  const task = run(ticking(log, [10, 1_000]), { clock });
  assert.is(await clock.advance(10), 10);
  assert.equal([log, task.state], [[10], 'waiting']);
  const alone = run(ticking(log, [5_000]), { clock: new VirtualClock() });
  await alone;
  assert.equal(log, [10, 5_000]);
  await clock.runUntilIdle();
  await task;
});

test('advanceToNext goes to the next deadline, and nowhere without one', async () => {
  const clock = new VirtualClock({ manual: true });
  const log: unknown[] = [];
  const task = run(all([ticking(log, [7, 7, 30]), ticking(log, [7])]), { clock });
  assert.is(await clock.advanceToNext(), 7);
  assert.equal(log, [7, 7, 7]);
  assert.is(await clock.advanceToNext(), 30);
  assert.is(await clock.advanceToNext(), 30);
  await task;
});

test('runUntilIdle passes all timers, and says when they never end', async () => {
  const clock = new VirtualClock({ manual: true });
  const log: unknown[] = [];
  function* chain(): Coroutine<void> {
    for (let i = 0; i < 50; i++) yield* sleep(1_000);
    log.push(yield* now());
    yield* suspend(() => {}); // the world outside
  }
  const task = run(chain(), { clock });
  assert.is(await clock.runUntilIdle(), 50_000);
  assert.equal([log, task.state], [[50_000], 'waiting']);
  task.cancel();
  await task.then(unreachable, () => {});

  const endless = new VirtualClock({ manual: true });
  function* forever(): Coroutine<void> {
    for (;;) yield* sleep(1);
  }
  const spinning = run(forever(), { clock: endless });
  const error = await endless.runUntilIdle({ limit: 20 }).then(unreachable, (caught: unknown) => caught);
  assert.match(String(error), /after 20 deadlines there are still timers, at 20 ms/);
  assert.is(await endless.advance(1), 21, 'and it can still be used');
  spinning.cancel();
  await spinning.then(unreachable, () => {});
});

test('promises that are settled on the way are heard before the time moves on', async () => {
  const clock = new VirtualClock({ manual: true });
  const log: unknown[] = [];
  const hops = async (count: number) => {
    for (let i = 0; i < count; i++) await undefined;
  };
  function* main(): Coroutine<void> {
    for (let i = 0; i < 3; i++) {
      yield* sleep(10);
      yield* fromPromise(hops(50));
      log.push(yield* now());
    }
  }
  const task = run(main(), { clock });
  await clock.advance(30);
  assert.equal(log, [10, 20, 30]);
  await task;
});

test('moves on past tasks that wait for the world outside, which it does not by itself', async () => {
  const clock = new VirtualClock({ manual: true });
  const outside = run(
    timeout(
      100,
      suspend(() => {}),
    ),
    { clock },
  );
  await clock.advance(99);
  assert.is(outside.state, 'waiting');
  await clock.advance(1);
  const error: unknown = await outside.then(unreachable, (caught: unknown) => caught);
  assert.ok(error instanceof TimeoutError);
});

test('several calls at once are carried out in their order', async () => {
  const clock = new VirtualClock({ manual: true });
  const log: unknown[] = [];
  const task = run(ticking(log, [10, 20, 30]), { clock });
  const times = await Promise.all([clock.advance(10), clock.advanceToNext(), clock.advance(5), clock.runUntilIdle()]);
  assert.equal(times, [10, 20, 25, 30]);
  await task;
});

test('what is spawned while it moves keeps its time', async () => {
  const clock = new VirtualClock({ manual: true });
  const log: unknown[] = [];
  function* main(): Coroutine<void> {
    yield* sleep(10);
    yield* spawn(ticking(log, [15, 25]));
    yield* sleep(10);
    log.push(yield* now());
  }
  const task = run(main(), { clock });
  await clock.advance(25);
  assert.equal(log, [15, 20, 25]);
  await task;
});

test('without a loop it only moves', async () => {
  const clock = new VirtualClock();
  assert.is(await clock.advance(5), 5);
  assert.is(await clock.advanceToNext(), 5);
  assert.is(await clock.runUntilIdle(), 5);
});

test('what is no duration is refused at the call', () => {
  const clock = new VirtualClock();
  assert.throws(() => clock.advance('1' as never), /^advance takes 0 or more milliseconds, not '1'/);
  assert.throws(() => clock.advance(-1), /0 or more/);
  assert.throws(() => clock.advance(NaN), /not NaN/);
  assert.throws(() => clock.advance(Infinity), /finite/);
  assert.throws(() => clock.runUntilIdle({ limit: 0 }), /a limit of 1 or more, not 0/);
});

test('a program that nobody moves on is a deadlock when the process would end, and not a silent exit', async () => {
  const { code, out, err } = await program(`
    import { run, sleep } from 'treadle';
    import { VirtualClock } from 'treadle/testing';
    run(sleep(5), { clock: new VirtualClock({ manual: true }) }).then(console.log, (error) => console.log(error.message));
  `);
  assert.is(code, 0, err);
  assert.match(out, 'every task waits and nothing can wake them:\n  <Task #1 main waiting on sleep(5)>');
});

test.run();
