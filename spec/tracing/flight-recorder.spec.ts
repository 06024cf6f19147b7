// The ring that keeps the last events and hands them over when something goes wrong.
import { Lock, run, runSync, sleep, spawn, yieldNow } from 'treadle';
import type { Coroutine } from 'treadle';
import { FlightRecorder } from 'treadle/tracing';
import type { FlightRecorderOptions, RecordedEvent, Recording, Trouble } from 'treadle/tracing';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('flight recorder');

interface Told {
  readonly trouble: Trouble;
  readonly events: readonly RecordedEvent[];
  readonly recording: Recording;
}

/** A flight recorder that keeps what it tells. */
function flight(options: Omit<FlightRecorderOptions, 'onTrouble'> = {}): { told: Told[]; recorder: FlightRecorder } {
  const told: Told[] = [];
  const recorder = new FlightRecorder({
    quiet: 0,
    slowStep: Infinity, // a busy neighbour makes any step slow
    ...options,
    onTrouble: (recording, trouble) => told.push({ trouble, recording, events: [...recording.events] }),
  });
  return { told, recorder };
}

function* failing(): Coroutine<void> {
  yield* sleep(1);
  throw new Error('broken');
}

test('a failure is told once, where it came from, with the step in which it came', () => {
  const { told, recorder } = flight();
  function* main(): Coroutine<void> {
    yield* spawn(failing(), { name: 'child' });
  }
  assert.throws(() => runSync(main(), { instruments: [recorder] }), /broken/);
  assert.is(told.length, 1);
  const [{ trouble, events }] = told as [Told];
  assert.is(trouble.kind, 'failure');
  assert.is(trouble.name, 'child');
  assert.is((trouble.error as Error).message, 'broken');
  assert.equal(
    events.slice(-2).map(({ kind }) => kind),
    ['over', 'step'],
  );
});

test('a deadlock is told before the clean-ups', () => {
  const { told, recorder } = flight();
  const lock = new Lock({ name: 'lock' });
  function* main(): Coroutine<void> {
    yield* lock.acquire();
    try {
      yield* lock.acquire();
    } finally {
      yield* sleep(1_000);
    }
  }
  assert.throws(() => runSync(main(), { instruments: [recorder] }), /every task waits/);
  assert.equal(
    told.map(({ trouble }) => `${trouble.kind} in ${trouble.name}`),
    ['deadlock in main'],
  );
  assert.is(told[0]!.recording.until, 0);
  assert.ok(told[0]!.events.some((event) => event.kind === 'step' && event.on === 'lock.acquire()'));
});

test('a slow step is told when it is over, with what it took', async () => {
  const { told, recorder } = flight({ slowStep: 30 });
  await run(
    (function* busy() {
      yield* sleep(1);
      for (const end = performance.now() + 40; performance.now() < end;);
      yield* sleep(1);
    })(),
    { instruments: [recorder] },
  );
  const slow = told.filter(({ trouble }) => trouble.kind === 'slow step');
  assert.ok(slow.some(({ trouble }) => trouble.name === 'main' && trouble.took! >= 40));
});

test('after a slow step a failure is told all the same', () => {
  const { told, recorder } = flight({ quiet: 60_000, slowStep: 0 }); // every step is slow
  assert.throws(() => runSync(failing(), { instruments: [recorder] }), /broken/);
  assert.equal(
    told.map(({ trouble }) => trouble.kind),
    ['slow step', 'failure'],
  );
});

test('after a call it is quiet for a while', () => {
  const { told, recorder } = flight({ quiet: 60_000 });
  function* main(): Coroutine<void> {
    for (let i = 0; i < 3; i++) {
      try {
        yield* yield* spawn(failing());
      } catch {
        // The next one.
      }
    }
  }
  runSync(main(), { instruments: [recorder] });
  assert.is(told.length, 1);
});

test('keeps the last events only, and says of the tasks that it has forgotten what they wait on', () => {
  const { recorder } = flight({ events: 100 });
  function* main(): Coroutine<void> {
    yield* spawn(sleep(1e9), { name: 'old', daemon: true });
    for (let i = 0; i < 1_000; i++) yield* spawn(yieldNow(), { name: `short ${i}` });
    yield* sleep(10);
    for (let i = 0; i < 1_000; i++) yield* yieldNow();
  }
  runSync(main(), { instruments: [recorder] });
  const recording = recorder.recording();
  const events = [...recording.events];
  assert.ok(events.length >= 100 && events.length <= 200, `${events.length}`);
  assert.ok(recording.dropped > 1_000);
  const alive = events.filter(({ kind }) => kind === 'alive');
  assert.equal(
    alive.map((event) => event.kind === 'alive' && `${event.name} ${event.on}`),
    ['main undefined', 'old sleep(1000000000)'],
  );
});

test('with `last` only so many milliseconds are handed over', () => {
  const { recorder } = flight({ last: 25 });
  function* main(): Coroutine<void> {
    for (let i = 0; i < 10; i++) yield* sleep(10);
  }
  runSync(main(), { instruments: [recorder] });
  const times = Array.from(recorder.recording().events, (event) => `${event.time} ${event.kind}`);
  assert.is(times[0], '70 alive');
  assert.is(times[1], '80 woken');
  assert.is(times.at(-1), '100 step');
});

test('what onTrouble throws is reported once, and changes nothing', () => {
  const { warn } = console;
  const told: string[] = [];
  console.warn = (...args: unknown[]) => void told.push(args.join(' '));
  let calls = 0;
  const recorder = new FlightRecorder({
    quiet: 0,
    slowStep: Infinity,
    onTrouble: () => {
      calls++;
      throw new Error('the disk is full');
    },
  });
  try {
    assert.throws(() => {
      runSync(
        (function* () {
          for (let i = 0; i < 2; i++) yield* spawn(failing());
        })(),
        { instruments: [recorder] },
      );
    }, /broken/);
  } finally {
    console.warn = warn;
  }
  assert.is(calls, 2);
  assert.equal(told, ['treadle: onTrouble of a flight recorder threw, and records on: Error: the disk is full']);
  assert.ok([...recorder.recording().events].length > 5);
});

test('an error that cannot be looked at is trouble like any other', () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const strange = Object.assign(new AggregateError([], 'strange'), { errors: 5 });
  const thrown = [proxy, strange, Object.freeze(new Error('frozen')), undefined];
  for (const error of thrown) {
    const { told, recorder } = flight();
    runSync(
      (function* () {
        const task = yield* spawn(
          (function* () {
            throw error;
          })(),
        );
        try {
          yield* task;
        } catch {
          // It was told.
        }
      })(),
      { instruments: [recorder] },
    );
    assert.is(told.length, 1);
    assert.is(told[0]!.trouble.error, error);
  }
});

test('options that are none are refused at the call', () => {
  const onTrouble = () => {};
  assert.throws(() => new FlightRecorder(undefined as never), /the option onTrouble takes a function/);
  assert.throws(() => new FlightRecorder({} as never), /the option onTrouble takes a function/);
  assert.throws(() => new FlightRecorder({ onTrouble, events: 0 }), /the option events takes a number of events/);
  assert.throws(() => new FlightRecorder({ onTrouble, last: -1 }), /the option last/);
  assert.throws(() => new FlightRecorder({ onTrouble, slowStep: '5' as never }), /the option slowStep/);
  assert.throws(() => new FlightRecorder({ onTrouble, quiet: NaN }), /the option quiet/);
});

test('what onTrouble takes is not blamed on the next step', async () => {
  const busy = (ms: number) => {
    for (const end = performance.now() + ms; performance.now() < end;);
  };
  let back = 0;
  let now = () => 0;
  const flight = new FlightRecorder({
    slowStep: 20,
    onTrouble: () => {
      busy(10);
      back = now();
    },
    quiet: Infinity,
  });
  const task = run(
    (function* () {
      const next = yield* spawn(yieldNow(), { name: 'next' }); // ready, and in the same pass
      busy(20);
      yield* next;
    })(),
    { instruments: [flight] },
  );
  now = () => task.loop.now();
  await task;
  const step = Array.from(flight.recording().events).find((event) => event.kind === 'step' && event.task === 2);
  assert.ok(back > 0);
  assert.ok(step!.time >= back, `${step!.time} >= ${back}`);
});

test.run();
