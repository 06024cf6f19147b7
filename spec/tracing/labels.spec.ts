// What is kept of what tasks wait on: enough to be recognised, and nothing that is large.
import {
  all,
  cancel,
  EventLoop,
  fromPromise,
  Queue,
  run,
  runSync,
  sleep,
  spawn,
  suspend,
  timeout,
  wait,
  yieldNow,
} from 'treadle';
import type { Awaitable, Coroutine, Task } from 'treadle';
import { Recorder } from 'treadle/tracing';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FlightRecorder, toPerfetto } from '../../lib/tracing/index.ts';
import { Labels } from '../../lib/tracing/labels.ts';

const test = suite('labels of waits');

/** What a task waits on while it waits for this, as it is recorded. */
function waitOn(make: (other: Task<void>, loop: EventLoop) => Awaitable<unknown>): Promise<string | undefined> {
  const recorder = new Recorder();
  const loop = new EventLoop({ instruments: [recorder] });
  function* main(): Coroutine<void> {
    const other: Task<void> = yield* spawn(sleep(10), { name: 'other' });
    yield* spawn(make(other, loop), { name: 'waits', daemon: true });
    yield* yieldNow();
  }
  return loop.runUntilComplete(main()).then(() => {
    for (const event of recorder.recording().events)
      if (event.kind === 'step' && event.task === 3 && event.on !== undefined) return event.on;
    return undefined;
  });
}

test('a wait is written as it would be printed, with its first argument if that is short', async () => {
  const waits: [expected: string, make: (other: Task<void>, loop: EventLoop) => Awaitable<unknown>][] = [
    ['sleep(1.235)', () => sleep(1.23456)],
    ['#2 other', (other) => other],
    ['wait(..., ...)', (other) => wait([other])],
    ['cancel(#2 other, ...)', (other) => cancel(other, 'reason')],
    ['cancel(#2 other)', (other) => cancel(other)],
    ['jobs.get()', () => new Queue(1, { name: 'jobs' }).get()],
    ["full.put('a text')", () => full().put('a text')],
    ['full.put(7)', () => full().put(7)],
    ['full.put(...)', () => full().put({ large: true })],
    [`full.put('${'x'.repeat(86)}...`, () => full().put('x'.repeat(100_000))],
    ['a promise', () => new Promise(() => {})],
    ['a future', (_, loop) => loop.createFuture()],
    ['suspend(...)', () => suspend(() => {})],
    ['fromPromise(...)', () => fromPromise(new Promise(() => {}))],
    ['its children', () => all([sleep(1), sleep(2)])],
    ['sleep(5)', () => timeout(100, sleep(5))],
  ];
  for (const [expected, make] of waits) {
    const found = await waitOn(make);
    assert.is(
      expected === 'wait(..., ...)' ? found?.slice(0, 5) : found,
      expected === 'wait(..., ...)' ? 'wait(' : expected,
    );
  }
});

/** A queue without room. */
function full(): Queue<unknown> {
  const queue = new Queue<unknown>(1, { name: 'full' });
  queue.putNowait(0);
  return queue;
}

test('beyond 10,000 different texts, waits have their kinds, and other texts are dots', () => {
  const labels = new Labels();
  const nameOf = () => 'other';
  for (let i = 0; i < 20_000; i++) labels.plain(`text ${i}`);
  assert.is(labels.textOf(labels.plain('text 5'), NaN, nameOf), 'text 5');
  assert.is(labels.textOf(labels.plain('one more'), NaN, nameOf), '...');
  assert.is(labels.textOf(labels.of(sleep(5)), labels.detail, nameOf), '...');
  assert.is(labels.textOf(labels.ofFrame(sleep(5)), NaN, nameOf), '...');

  const later = new Labels();
  later.of(full().put({}));
  for (let i = 0; i < 20_000; i++) later.of(full().put(`text ${i}`));
  assert.is(later.textOf(later.of(full().put('another text')), NaN, nameOf), 'full.put(...)');
});

test('a million different sleeps are one text', () => {
  const labels = new Labels();
  const first = labels.of(sleep(1));
  for (let i = 0; i < 1_000_000; i++) assert.is(labels.of(sleep(i)), first);
  assert.is(labels.textOf(first, 999_999, String), 'sleep(999999)');
});

test('a ring knows of a task whose clean-up began before it that it cleans up, and of one that is done with that', () => {
  function* main(): Coroutine<void> {
    const cleaning = yield* spawn(
      (function* () {
        try {
          yield* sleep(1e6);
        } finally {
          yield* sleep(1e6);
        }
      })(),
      { name: 'cleaning', daemon: true },
    );
    yield* spawn(
      (function* () {
        try {
          yield* timeout(1, sleep(1e6));
        } catch {
          yield* sleep(1e6);
        }
      })(),
      { name: 'past a limit', daemon: true },
    );
    yield* sleep(5);
    cleaning.cancel();
    for (let i = 0; i < 2_000; i++) yield* sleep(1);
    alive = [...flight.recording().events].filter(({ kind }) => kind === 'alive');
  }
  let alive: unknown[] = [];
  const flight = new FlightRecorder({ events: 100, last: 20, onTrouble: () => {} });
  runSync(main(), { instruments: [flight] });
  assert.equal(
    alive
      .map((event) => event as { name: string; on?: string; closing?: true })
      .map(({ name, on, closing }) => [name, on, closing]),
    [
      ['main', 'sleep(1)', undefined],
      ['cleaning', 'sleep(1000000)', true],
      ['past a limit', 'sleep(1000000)', undefined],
    ],
  );
});

test('who asked for a cancellation is written: a task, a callback, or somebody outside', async () => {
  const recorder = new Recorder();
  const outside = run(sleep(1e6), { instruments: [recorder] });
  setTimeout(() => outside.cancel(), 5);
  await outside.then(undefined, () => {});

  const other = new Recorder();
  const loop = new EventLoop({ instruments: [other] });
  function* main(): Coroutine<void> {
    const task = yield* spawn(sleep(1e6), { name: 'child' });
    loop.callLater(1, () => task.cancel('late'));
    yield* wait([task]);
  }
  await loop.runUntilComplete(main());
  for (const [recording, by] of [
    [recorder.recording(), 'outside'],
    [other.recording(), 'a callback'],
  ] as const) {
    const { traceEvents } = JSON.parse(toPerfetto(recording)) as {
      traceEvents: { name: string; args: { by: string } }[];
    };
    assert.is(traceEvents.find(({ name }) => name === 'cancel')?.args.by, by);
  }
});

test('callbacks on a virtual clock take none of its time', async () => {
  const { VirtualClock } = await import('treadle/testing');
  const recorder = new Recorder();
  const loop = new EventLoop({ instruments: [recorder], clock: new VirtualClock() });
  function* main(): Coroutine<void> {
    loop.callLater(5, () => {});
    yield* sleep(10);
  }
  await loop.runUntilComplete(main());
  const found = [...recorder.recording().events].find(({ kind }) => kind === 'callback');
  assert.ok(found?.kind === 'callback' && found.time === 5 && found.until === 5 && found.took! >= 0);
});

test.run();
