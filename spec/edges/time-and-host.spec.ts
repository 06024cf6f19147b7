// The edges of time and of the host: programs that starved the host, kept its process alive, or were shown another
// request's context. The numbers are those of issue 8, part 2.
import { AsyncLocalStorage } from 'node:async_hooks';
import { deepEqual } from 'node:assert/strict';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  Channel,
  coroutine,
  Event,
  EventLoop,
  join,
  Lock,
  now,
  Queue,
  random,
  retry,
  run,
  runSync,
  sleep,
  spawn,
  yieldNow,
} from 'treadle';
import type { Coroutine } from 'treadle';
import { caught } from '../support/errors.ts';
import { processorTime } from '../support/host.ts';
import { node, program } from '../support/programs.ts';

const test = suite('edges of time and the host');

function busy(ms: number): void {
  for (const start = performance.now(); performance.now() - start < ms;);
}

// 20
test('the host has its turn after each slow step', async () => {
  let turns = 0;
  let over = false;
  const turn = () => {
    turns++;
    if (!over) setImmediate(turn);
  };
  setImmediate(turn);
  await run(
    (function* () {
      for (let step = 0; step < 40; step++) {
        busy(5);
        yield* yieldNow();
      }
    })(),
  );
  over = true;
  assert.ok(turns >= 30, `${turns} turns of the host in 40 steps of 5 ms`);
});

// 21
test('a timer of a loop that was never run does not keep the process alive', async () => {
  const { code, ms } = await program(
    `
    import { EventLoop } from 'treadle';
    new EventLoop().callLater(60_000, () => {});
    `,
  );
  assert.is(code, 0);
  assert.ok(ms < 60_000);
});

test('a loop that is stopped before it is run makes one pass', async () => {
  const loop = new EventLoop();
  const log: string[] = [];
  loop.callSoon(() => {
    log.push('first');
    loop.callSoon(() => log.push('second'));
  });
  loop.stop();
  loop.runForever();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(log, ['first']);
  loop.runForever();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(log, ['first', 'second']);
  loop.stop();
  await new Promise((resolve) => setTimeout(resolve, 20));
  loop.close();
});

// 22
test('a detached spawn takes as long below ten thousand owners as below ten', () => {
  const nothing = coroutine('nothing', function* () {});
  const spawnsBelow = (owners: number): number => {
    const time = processorTime();
    let start = 0;
    let end = 0;
    const below = coroutine('below', function* (level: number): Coroutine<void> {
      if (level > 0) {
        yield* spawn(below(level - 1));
        return;
      }
      start = time();
      for (let i = 0; i < 5_000; i++) yield* spawn(nothing(), { detached: true });
      end = time();
    });
    runSync(below(owners));
    return end - start;
  };
  spawnsBelow(10);
  const [few, many] = [spawnsBelow(10), spawnsBelow(10_000)];
  assert.ok(many < 10 * few + 30, `${few} ms below 10 owners, ${many} ms below 10,000`);
});

// 23
const store = new AsyncLocalStorage<string>();

test('a task sees the store in which it was created, and so do its children', async () => {
  const loop = new EventLoop();
  const seen: unknown[] = [];
  function* handle(): Coroutine<void> {
    seen.push(store.getStore());
    yield* sleep(1);
    seen.push(store.getStore());
    yield* join(
      yield* spawn(
        (function* () {
          seen.push(store.getStore());
        })(),
      ),
    );
  }
  const task = store.run('request', () => loop.createTask(handle()));
  await loop.runUntilComplete(task);
  assert.equal(seen, ['request', 'request', 'request']);
  loop.close();
});

test('requests that share a lock, a queue, an event and a join each see their own store', async () => {
  const lock = new Lock();
  const queue = new Queue<number>();
  const event = new Event();
  const channel = new Channel<number>();
  const seen: unknown[] = [];
  const shared = run(sleep(5));
  const handle = (id: string, leads: boolean) =>
    store.run(id, () =>
      run(
        (function* (): Coroutine<void> {
          const look = () => seen.push([id, store.getStore()]);
          yield* lock.with(sleep(2));
          look();
          if (leads) queue.putNowait(1);
          else yield* queue.get();
          look();
          if (leads) yield* sleep(3);
          if (leads) event.set();
          else yield* event.wait();
          look();
          if (leads) yield* channel.send(1);
          else yield* channel.receive();
          look();
          yield* join(shared);
          look();
        })(),
      ),
    );
  await Promise.all([handle('a', true), handle('b', false)].map((task) => task.then()));
  assert.is(seen.length, 10);
  for (const [id, found] of seen as [string, unknown][]) assert.is(found, id);
});

test('a callback sees the store in which it was registered', async () => {
  const loop = new EventLoop();
  const seen: unknown[] = [];
  store.run('soon', () => loop.callSoon(() => seen.push(store.getStore())));
  store.run('later', () => loop.callLater(1, () => seen.push(store.getStore())));
  const task = loop.createTask(sleep(5));
  store.run('done', () => task.addDoneCallback(() => seen.push(store.getStore())));
  await loop.runUntilComplete(task);
  assert.equal(seen, ['soon', 'later', 'done']);
  loop.close();
});

// 24
test("retry's jitter on a virtual clock is the same each time", () => {
  const ends = [1, 2, 3].map(() =>
    runSync(
      (function* () {
        const attempt = function* (): Coroutine<void> {
          throw new Error('no');
        };
        yield* caught(retry(attempt, { attempts: 4, delay: 1000, jitter: 1 }));
        return yield* now();
      })(),
    ),
  );
  assert.is(new Set(ends).size, 1, `it ended at ${ends.join()}`);
});

test('random() gives a program on a virtual clock the same numbers each time', () => {
  const numbers = () =>
    runSync(
      (function* () {
        return [yield* random(), yield* random(), yield* random()];
      })(),
    );
  const [first, second] = [numbers(), numbers()];
  assert.equal(first, second);
  assert.is(new Set(first).size, 3);
});

// 25
/** As vitest and jest compare what can be iterated over: both iterators are open at the same time. */
function alike(one: Iterable<unknown>, other: Iterable<unknown>): boolean {
  const others = other[Symbol.iterator]();
  for (const value of one) {
    const next = others.next();
    if (next.done || value !== one || next.value !== other) return false;
  }
  return others.next().done === true;
}

test('two effects that were made alike are equal, for every kind of comparison', () => {
  const page = coroutine('page', function* (_url: string): Coroutine<void> {});
  const queue = new Queue<number>();
  const kinds: (() => Iterable<unknown>)[] = [
    () => sleep(100) as Iterable<unknown>,
    () => page('/') as Iterable<unknown>,
    () => queue.get() as Iterable<unknown>,
    () => queue.put(1) as Iterable<unknown>,
    () => now() as Iterable<unknown>,
  ];
  for (const make of kinds) {
    const [one, other] = [make(), make()];
    assert.ok(alike(one, other), `${one}`);
    assert.ok(alike(one, one), `${one} and itself`);
    assert.equal(one, other);
    deepEqual(one, other);
    assert.ok(alike(one, other), `${one}, compared before`);
  }
});

test('a comparison does not disturb an effect that a task yields', () => {
  const effect = sleep(5);
  const ms = runSync(
    (function* () {
      alike(effect as Iterable<unknown>, effect as Iterable<unknown>);
      yield* effect;
      return yield* now();
    })(),
  );
  assert.is(ms, 5);
});

// 27
test('debug mode names the line of the program, from the build that users have, and no line of the package', async () => {
  const { err } = await node(
    [
      '--input-type=module',
      '--eval',
      `import { run, sleep } from 'treadle';
       run((function* () {
         for (let i = 0; i < 1000; i++) { sleep(5); if (i % 100 === 0) yield* sleep(1); }
         globalThis.gc();
         yield* sleep(50);
         globalThis.gc();
         yield* sleep(50);
       })());`,
    ],
    { env: { TREADLE_DEBUG: '1', NODE_OPTIONS: '--expose-gc' }, limit: 200_000 },
  );
  assert.match(err, /sleep\(5\).*never yielded/);
  assert.match(err, /\[eval/);
  assert.not.match(err, /dist\//);
});

test('debug mode does not warn of a primitive that is made in a task', async () => {
  const { err, out } = await program(
    `
    import { Barrier, Channel, Condition, Event, Lock, Queue, run, Semaphore, sleep } from 'treadle';
    run((function* () {
      for (const make of [() => new Queue(), () => new Channel(), () => new Lock(), () => new Event(),
        () => new Semaphore(1), () => new Condition(), () => new Barrier(2)]) make();
      yield* sleep(1);
      globalThis.gc();
      yield* sleep(50);
      globalThis.gc();
      yield* sleep(50);
      console.log('over');
    })());
    `,
    { env: { TREADLE_DEBUG: '1', NODE_OPTIONS: '--expose-gc' }, limit: 200_000 },
  );
  assert.is(out.trim(), 'over');
  assert.not.match(err, /never yielded/);
});

test.run();
