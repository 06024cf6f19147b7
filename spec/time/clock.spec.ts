// Clocks: where a loop takes its time from, the system or the program itself.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { EventLoop, now, race, run, runSync, sleep, yieldNow } from 'treadle';
import type { Coroutine } from 'treadle';
import { VirtualClock } from 'treadle/testing';
import { delay, ManualHost } from '../support/host.ts';
import { virtually } from '../support/virtual.ts';

const test = suite('clocks');

test('a virtual clock starts at 0, stands still while somebody works, and never goes back', () => {
  assert.is(new VirtualClock().now(), 0);
  virtually(function* () {
    for (let i = 0; i < 10_000; i++) yield* yieldNow();
    assert.is(yield* now(), 0);
  });
});

test('a virtual hour takes no time, in run as in runSync', async () => {
  const start = performance.now();
  const body = function* (): Coroutine<number> {
    for (let i = 0; i < 60; i++) yield* sleep(60_000);
    return yield* now();
  };
  assert.is(runSync(body()), 3_600_000);
  assert.is(await run(body(), { clock: new VirtualClock() }), 3_600_000);
  assert.ok(performance.now() - start < 2000);
});

test('a virtual clock does not jump ahead of a promise that is being waited for', async () => {
  const winner = await run(
    race([
      (function* () {
        yield* sleep(3_600_000);
        return 'the timer';
      })(),
      (function* () {
        yield delay(20);
        return 'the promise';
      })(),
    ]),
    { clock: new VirtualClock() },
  );
  assert.is(winner, 'the promise');
});

test('the system clock is not the wall clock: changing that moves nothing', async () => {
  const { now: wall } = Date;
  try {
    const task = run(
      (function* () {
        yield* sleep(20);
        return yield* now();
      })(),
    );
    Date.now = () => wall() - 3_600_000;
    const start = performance.now();
    const took = await task;
    assert.ok(took >= 20 && took < 5_000);
    assert.ok(performance.now() - start < 5_000);
  } finally {
    Date.now = wall;
  }
});

test('each loop counts from its own start', async () => {
  const host = new ManualHost();
  await host.while(async () => {
    const loop = new EventLoop();
    host.time = 20;
    assert.is(await run(now()), 0);
    assert.is(loop.now(), 20);
  });
});

test.run();
