// Timers: in order, never early, as many and as long as one likes.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cancel, EventLoop, now, race, run, sleep, sleepUntil, spawn, timeout, yieldNow } from 'treadle';
import type { Coroutine } from 'treadle';
import { ManualHost, delay, hostTurns } from '../support/host.ts';
import { program } from '../support/programs.ts';
import { seeded } from '../support/random.ts';
import { virtualLoop, virtually } from '../support/virtual.ts';

const test = suite('timers');

test('fire by their deadline, and at equal ones in the order in which they were set: 5,000 at random, half of them cancelled', async () => {
  for (const seed of [1, 2, 3]) {
    const draw = seeded(seed);
    const loop = virtualLoop();
    const fired: number[] = [];
    const alive: { at: number; id: number }[] = [];
    for (let id = 0; id < 5000; id++) {
      const at = draw(4) === 0 ? draw(50) : draw(20_000) / 4;
      const handle = loop.callAt(at, () => fired.push(id));
      if (draw(2)) handle.cancel();
      else alive.push({ at: Math.ceil(at), id });
    }
    const expected = alive.sort((a, b) => a.at - b.at || a.id - b.id).map(({ id }) => id);
    await loop.runUntilComplete(sleep(1e6));
    assert.equal(fired, expected, `seed ${seed}`);
  }
});

test('set while others fire find their place', () => {
  const log: string[] = [];
  virtually(function* () {
    const note = function* (name: string, ms: number, then?: Coroutine<void>): Coroutine<void> {
      yield* sleep(ms);
      log.push(`${name} at ${yield* now()}`);
      if (then) yield then;
    };
    yield* spawn(note('a', 10, note('a again', 5)));
    yield* spawn(note('b', 12));
    yield* spawn(note('c', 15));
    yield* spawn(note('d', 20));
  });
  assert.equal(log, ['a at 10', 'b at 12', 'c at 15', 'a again at 15', 'd at 20']);
});

test('that were cancelled do not move a virtual clock', () => {
  virtually(function* () {
    const long = yield* spawn(sleep(1e6));
    yield* timeout(1e6, sleep(10));
    yield* race([sleep(1e6), sleep(10)]);
    yield* cancel(long);
    yield* sleep(10);
    assert.is(yield* now(), 30);
  });
});

test('of 20,000 sleepers all fire, in order', () => {
  let last = 0;
  let count = 0;
  virtually(function* () {
    const draw = seeded(7);
    for (let i = 0; i < 20_000; i++) {
      const ms = draw(10_000);
      yield* spawn(
        (function* () {
          yield* sleep(ms);
          const at = yield* now();
          assert.ok(at >= last);
          assert.is(at, ms);
          last = at;
          count++;
        })(),
      );
    }
  });
  assert.is(count, 20_000);
});

test('that are set and cancelled by the hundred thousand leave the others alone', () => {
  let fired = 0;
  virtually(function* () {
    yield* spawn(
      (function* () {
        for (let i = 0; i < 10; i++) {
          yield* sleep(1000);
          fired++;
        }
      })(),
    );
    for (let i = 0; i < 100_000; i++) yield* timeout(10_000 + i, now());
    yield* sleep(20_000);
  });
  assert.is(fired, 10);
});

test('never fire early on the system clock', async () => {
  const early: number[] = [];
  await run(
    (function* () {
      for (let i = 0; i < 40; i++) {
        const ms = 1 + (i % 7) + 0.3;
        const start = performance.now();
        yield* sleep(ms);
        const took = performance.now() - start;
        if (took < ms) early.push(took - ms);
      }
    })(),
  );
  assert.equal(early, []);
});

test('are checked again when the host fires early', async () => {
  const host = new ManualHost();
  await host.while(async () => {
    const task = run(
      (function* () {
        yield* sleep(100);
        return yield* now();
      })(),
    );
    await hostTurns();
    assert.is(host.timers.length, 1);
    const ms = host.timers[0]?.ms as number;
    assert.ok(ms >= 100 && ms <= 101, `the host was asked for ${ms}`);
    host.time = 99.4;
    await host.fire(true);
    assert.is(task.state, 'waiting', 'it must not fire 0.6 ms early');
    assert.is(host.timers.length, 1, 'the host is asked again');
    assert.ok((host.timers[0]?.ms as number) <= 2);
    host.time = 100;
    await host.fire(true);
    assert.is(await task, 100);
  });
});

test('longer than 2^31 ms are split into what the host can do', async () => {
  const host = new ManualHost();
  const long = 2 ** 33 + 5;
  let asked = 0;
  await host.while(async () => {
    const task = run(
      (function* () {
        yield* sleep(long);
        return 'at last';
      })(),
    );
    await hostTurns();
    for (let i = 0; i < 10 && task.state === 'waiting'; i++) {
      asked++;
      const ms = host.timers[0]?.ms as number;
      assert.ok(ms >= 1 && ms < 2 ** 31, `the host was asked for ${ms}`);
      host.time += ms;
      await host.fire();
      assert.is(task.state, host.time >= long ? 'succeeded' : 'waiting', `at ${host.time}`);
    }
    assert.is(await task, 'at last');
  });
  assert.ok(asked >= 5);
});

test('that are cancelled are taken back from the host', async () => {
  const host = new ManualHost();
  await host.while(async () => {
    const task = run(
      (function* () {
        const long = yield* spawn(sleep(60_000));
        yield* timeout(30_000, yieldNow());
        yield* cancel(long);
      })(),
    );
    await hostTurns();
    assert.is(task.state, 'succeeded');
    assert.equal(host.timers, []);
  });
});

test('wake by their deadlines after the host was blocked', async () => {
  const woken: number[] = [];
  const sleeper = function* (ms: number): Coroutine<void> {
    const due = (yield* now()) + ms;
    yield* sleep(ms);
    woken.push(Math.ceil(due));
  };
  await run(
    (function* () {
      for (const ms of [60, 40, 80, 20, 50]) yield* spawn(sleeper(ms));
      yield* sleep(5);
      for (const ms of [25, 65, 5]) yield* spawn(sleeper(ms));
      yield* yieldNow();
      yield* yieldNow();
      const end = performance.now() + 120;
      while (performance.now() < end);
    })(),
  );
  assert.equal(
    woken,
    [...woken].sort((a, b) => a - b),
  );
  assert.is(woken.length, 8);
});

test('longer than 2^31 ms do not fire at once on the real host', async () => {
  const log: string[] = [];
  await run(
    (function* () {
      for (const ms of [2 ** 31, 2 ** 31 + 1, 2 ** 32, 2 ** 40, Number.MAX_SAFE_INTEGER, 1e300, Infinity]) {
        yield* spawn(
          (function* () {
            yield* sleep(ms);
            log.push(`${ms} FIRED`);
          })(),
          { daemon: true },
        );
      }
      yield* sleep(30);
    })(),
  );
  assert.equal(log, []);
});

test('of a virtual clock may be longer than 2^31 ms, too', () => {
  assert.is(
    virtually(function* () {
      yield* sleep(2 ** 40);
      return yield* now();
    }),
    2 ** 40,
  );
});

test('set for a sooner deadline than the one the host was asked for fire in time', async () => {
  const log: string[] = [];
  const start = performance.now();
  await run(
    (function* () {
      yield* spawn(
        (function* () {
          yield* sleep(10_000);
          log.push('LATE');
        })(),
        { daemon: true },
      );
      yield* sleep(5);
      yield* sleep(5);
      log.push('soon');
    })(),
  );
  assert.equal(log, ['soon']);
  assert.ok(performance.now() - start < 2000);
});

test('set from outside while the loop is idle are noticed', async () => {
  const loop = new EventLoop();
  const sleeper = loop.createTask(sleep(60_000));
  loop.runUntilComplete(sleeper).then(null, () => {});
  await delay(20);
  const start = performance.now();
  await new Promise<void>((resolve) => void loop.callLater(10, resolve));
  const took = performance.now() - start;
  sleeper.cancel();
  assert.ok(took >= 9.9 && took < 10_000, `${took}`);
});

test('of a program that is over do not keep the process', async () => {
  const { code, out } = await program(`import { run, spawn, sleep, timeout, cancel } from 'treadle';
    run((function* () {
      yield* spawn(sleep(600_000), { daemon: true });
      yield* timeout(600_000, sleep(5));
      const long = yield* spawn(sleep(600_000));
      yield* sleep(5);
      yield* cancel(long);
    })()).then(() => console.log('over'));`);
  assert.is(out, 'over\n');
  assert.is(code, 0);
});

test('do not drift when periodic work sleeps until the next period', () => {
  const ticks: number[] = [];
  virtually(function* () {
    let next = yield* now();
    for (let i = 0; i < 1000; i++) {
      yield* sleepUntil((next += 100));
      ticks.push(yield* now());
      yield* sleep(i % 70);
    }
  });
  assert.equal(
    ticks,
    Array.from({ length: 1000 }, (_, i) => (i + 1) * 100),
  );
});

test('do not drift on the system clock, either', async () => {
  const host = new ManualHost();
  const ticks: number[] = [];
  await host.while(async () => {
    const task = run(
      (function* () {
        let next = yield* now();
        for (let i = 0; i < 20; i++) {
          yield* sleepUntil((next += 10));
          ticks.push(yield* now());
          host.time += 3; // the work of the period
        }
      })(),
    );
    await hostTurns();
    while (!task.done) {
      host.time = host.timers[0]!.due + 2; // the host is late
      await host.fire();
    }
    await task;
  });
  assert.equal(
    ticks,
    Array.from({ length: 20 }, (_, i) => (i + 1) * 10 + 2),
  );
});

test('that are missed come at once, one after the other, and catch up', async () => {
  const host = new ManualHost();
  const ticks: number[] = [];
  await host.while(async () => {
    const task = run(
      (function* () {
        let next = 0;
        yield* sleepUntil((next += 100));
        host.time = 350;
        for (let i = 0; i < 3; i++) {
          ticks.push(next);
          yield* sleepUntil((next += 100));
        }
      })(),
    );
    await hostTurns();
    host.time = 100;
    await host.fire();
    assert.equal(ticks, [100, 200, 300]);
    assert.is(task.state, 'waiting');
    host.time = 400;
    await host.fire();
    assert.is(task.state, 'succeeded');
  });
});

test('in the past are one turn of the ready queue', () => {
  const log: string[] = [];
  virtually(function* () {
    yield* sleep(100);
    yield* spawn(
      (function* () {
        log.push('other');
      })(),
    );
    yield* sleepUntil(50);
    log.push(`at ${yield* now()}`);
    yield* sleepUntil(-Infinity);
  });
  assert.equal(log, ['other', 'at 100']);
});

test('for Infinity wait until they are cancelled', () => {
  virtually(function* () {
    const a = yield* spawn(sleep(Infinity));
    const b = yield* spawn(sleepUntil(Infinity));
    yield* sleep(1e12);
    assert.equal([a.state, b.state], ['waiting', 'waiting']);
    yield* cancel(a);
    yield* cancel(b);
    assert.equal([a.state, b.state], ['cancelled', 'cancelled']);
  });
});

test('smaller than the resolution of the clock still take time', () => {
  virtually(function* () {
    yield* sleep(0.1);
    assert.is(yield* now(), 1);
    yield* sleep(Number.MIN_VALUE);
    assert.ok((yield* now()) >= 1);
    yield* yieldNow();
  });
});

test.run();
