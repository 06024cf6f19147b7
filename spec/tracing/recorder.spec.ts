// What a recorder writes down, and that nothing else changes by it.
import { all, call, coroutine, EventLoop, join, run, runSync, sleep, spawn, timeout, yieldNow } from 'treadle';
import type { Coroutine, Task } from 'treadle';
import { attach } from 'treadle/instruments';
import { Recorder } from 'treadle/tracing';
import type { RecordedEvent, Recording } from 'treadle/tracing';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { collect } from '../support/collector.ts';

const test = suite('recorder');

/** An event on a virtual clock as a line, without what differs from run to run: a busy machine makes steps long. */
function lineOf(event: RecordedEvent): string {
  const { kind, time, ...rest } = event;
  const fields = Object.entries(rest).filter(([name]) => !['took', 'until', 'line'].includes(name));
  return [time, kind, ...fields.map(([name, value]) => (name === 'task' ? `#${value}` : `${name}=${value}`))].join(' ');
}

const linesOf = ({ events }: Recording): string[] => Array.from(events, lineOf);

function recordSync(main: () => Coroutine<unknown>, recorder = new Recorder()): Recording {
  try {
    runSync(main(), { instruments: [recorder] });
  } catch {
    // The recording says it.
  }
  return recorder.recording();
}

test('writes down spawns, waits, wakes with their cause, cancellations, clean-ups and ends', () => {
  function* child(): Coroutine<void> {
    try {
      yield* sleep(100);
    } finally {
      yield* sleep(1);
    }
  }
  function* main(): Coroutine<void> {
    const task = yield* spawn(child(), { name: 'child' });
    yield* sleep(5);
    task.cancel('enough');
  }
  const recording = recordSync(main);
  assert.equal(linesOf(recording), [
    '0 spawned #1 name=main',
    '0 spawned #2 name=child owner=1 by=1',
    '0 step #1 on=sleep(5)',
    '0 step #2 on=sleep(100)',
    '5 woken #1',
    "5 cancel #2 by=1 reason='enough'",
    '5 closing #2 depth=1',
    '5 woken #2 by=1',
    '5 returned #1 depth=0',
    '5 step #1 on=its children',
    '5 step #2 on=sleep(1)',
    '6 woken #2',
    '6 returned #2 depth=0',
    '6 woken #1 by=2',
    '6 over #2 state=cancelled',
    '6 step #2',
    '6 over #1 state=succeeded',
    '6 step #1',
  ]);
  assert.is(recording.clock, 'virtual');
  assert.is(recording.until, 6);
  assert.is(recording.dropped, 0);
});

test('writes down the frames of calls by their names', () => {
  const page = coroutine('page', function* () {
    yield* sleep(1);
  });
  function* plain(): Coroutine<void> {
    yield* sleep(1);
  }
  const recording = recordSync(function* () {
    yield* page();
    yield* call(page());
    yield* call(plain());
    yield* timeout(10, page());
  });
  assert.equal(
    linesOf(recording).filter((line) => line.includes('called')),
    [
      '0 called #1 depth=2 name=page',
      '1 called #1 depth=2 name=page',
      '2 called #1 depth=2 name=call',
      '3 called #1 depth=2 name=timeout',
      '3 called #1 depth=3 name=page',
    ],
  );
});

test('what tasks wait on is written as they would print it, with the names of tasks', () => {
  const waits = linesOf(
    recordSync(function* () {
      const slow = yield* spawn(sleep(10), { name: 'slow' });
      yield* spawn(join(slow), { name: 'a' });
      yield* spawn(
        (function* () {
          yield slow;
        })(),
        { name: 'b' },
      );
    }),
  ).flatMap((line) => / on=(.*)/.exec(line)?.[1] ?? []);
  assert.equal(waits, ['its children', 'sleep(10)', 'join(#2 slow)', '#2 slow']);
});

test('how a task failed is written, and looking changes nothing: the failure still counts as unseen', () => {
  function* main(): Coroutine<void> {
    yield* spawn(
      (function* () {
        yield* sleep(1);
        throw new RangeError('too small');
      })(),
      { name: 'child' },
    );
  }
  const recorder = new Recorder();
  assert.throws(() => runSync(main(), { instruments: [recorder] }), /too small/);
  const ends = linesOf(recorder.recording()).filter((line) => line.includes('over'));
  assert.equal(ends, [
    '1 over #2 state=failed error=RangeError: too small',
    '1 over #1 state=failed error=RangeError: too small',
  ]);
});

test('on the system clock a step has its beginning and its end, and what happens within it lies in between', async () => {
  function busy(ms: number): void {
    for (const end = performance.now() + ms; performance.now() < end;);
  }
  const recorder = new Recorder();
  const task = run(
    (function* () {
      busy(20);
      yield* spawn(yieldNow(), { name: 'child' });
      busy(20);
      yield* sleep(200);
    })(),
    { instruments: [recorder] },
  );
  await task;
  const events = [...recorder.recording().events];
  const step = events.find((event) => event.kind === 'step' && event.until - event.time >= 40);
  const spawned = events.find((event) => event.kind === 'spawned' && event.name === 'child');
  assert.ok(step?.kind === 'step' && spawned);
  assert.ok(step.until - step.time >= 40);
  assert.ok(spawned.time >= step.time + 20 && spawned.time <= step.until - 20);
  // The sleep is no part of a step: the loop was asleep. (How many steps there are depends on the host's turns. And a
  // busy machine may stop the program between its look at the clock and the end of that step.)
  const steps = events.flatMap((event) => (event.kind === 'step' && event.task === 1 ? [event] : []));
  const falls = steps.find(({ on }) => on === 'sleep(200)')!;
  const next = steps[steps.indexOf(falls) + 1]!;
  assert.ok(next.time - falls.until >= 4, `${next.time} ${falls.until}`);
});

test('one that is attached in the middle of a run knows what is alive, and what becomes of it', () => {
  const recorder = new Recorder();
  let detach = (): void => {};
  function* main(): Coroutine<void> {
    yield* spawn(sleep(1), { name: 'over by then' });
    const waiting: Task<void> = yield* spawn(sleep(10), { name: 'waiting' });
    yield* sleep(5);
    detach = attach(waiting as Task, recorder);
    yield* waiting;
    yield* sleep(1);
    detach();
    yield* sleep(100);
  }
  runSync(main());
  assert.equal(linesOf(recorder.recording()), [
    '5 alive #1 name=main',
    '5 alive #3 name=waiting owner=1 on=sleep(10)',
    '5 step #1 on=#3 waiting', // how the step ended in which it was attached
    '10 woken #3',
    '10 woken #1 by=3',
    '10 over #3 state=succeeded',
    '10 step #3',
    '10 step #1 on=sleep(1)',
    '11 woken #1',
  ]);
  assert.is(recorder.recording().until, 11);
});

test('records one loop: attached to another one it is refused there, and goes on', () => {
  const recorder = new Recorder();
  const { warn } = console;
  const told: string[] = [];
  console.warn = (...args: unknown[]) => void told.push(args.join(' '));
  try {
    runSync(
      (function* () {
        yield* sleep(1);
        runSync(sleep(1_000), { instruments: [recorder], name: 'other' });
        yield* sleep(1);
      })(),
      { instruments: [recorder] },
    );
  } finally {
    console.warn = warn;
  }
  assert.is(told.length, 1);
  assert.match(told[0]!, /the instrument recorder was detached.*a recorder records one loop/);
  assert.equal(
    linesOf(recorder.recording()).filter((line) => /other|1000/.test(line)),
    [],
  );
  assert.is(recorder.recording().until, 2);
});

test('an event loop that runs twice is one recording', () => {
  const recorder = new Recorder();
  const loop = new EventLoop({ instruments: [recorder] });
  function* quick(): Coroutine<void> {
    yield* yieldNow();
  }
  return loop
    .runUntilComplete(quick())
    .then(() => loop.runUntilComplete(quick()))
    .then(() => {
      const ends = [...recorder.recording().events].filter(({ kind }) => kind === 'over');
      assert.is(ends.length, 2);
    });
});

test('a callback of the loop is written, and is a cause', async () => {
  const recorder = new Recorder();
  const loop = new EventLoop({ instruments: [recorder] });
  function* main(): Coroutine<string> {
    const future = loop.createFuture<string>();
    loop.callSoon(() => future.setResult('here'));
    return yield* future;
  }
  assert.is(await loop.runUntilComplete(main()), 'here');
  const events = [...recorder.recording().events];
  assert.ok(events.some(({ kind }) => kind === 'callback'));
  assert.ok(events.some((event) => event.kind === 'woken' && event.by === 'callback'));
});

test('a recording does not grow when more is recorded', () => {
  const recorder = new Recorder();
  let middle: Recording | undefined;
  runSync(
    (function* () {
      yield* sleep(1);
      middle = recorder.recording();
      yield* sleep(1);
    })(),
    { instruments: [recorder] },
  );
  assert.equal(linesOf(middle!), ['0 spawned #1 name=main', '0 step #1 on=sleep(1)', '1 woken #1']);
  assert.ok([...recorder.recording().events].length > 3);
});

test('when its limit is reached it counts what is missing', () => {
  const program = () =>
    (function* () {
      for (let i = 0; i < 100; i++) yield* yieldNow();
    })();
  const whole = [...recordSync(program).events].length;
  const recording = recordSync(program, new Recorder({ limit: 30 }));
  assert.is([...recording.events].length, 30);
  assert.is(recording.dropped, whole - 30);
});

test('nothing was recorded: no events', () => {
  const recording = new Recorder().recording();
  assert.equal([...recording.events], []);
  assert.is(recording.until, 0);
});

test('as many events of 20,000 tasks are recorded as there is room for', () => {
  function* child(): Coroutine<void> {
    yield* yieldNow();
    yield* yieldNow();
  }
  const recorder = new Recorder({ limit: 100_000 });
  runSync(
    (function* () {
      yield* all(Array.from({ length: 20_000 }, child));
    })(),
    { instruments: [recorder] },
  );
  const recording = recorder.recording();
  let count = 0;
  let over = 0;
  for (const { kind } of recording.events) {
    count++;
    if (kind === 'over') over++;
  }
  assert.is(count, 100_000);
  assert.ok(recording.dropped > 0 && over > 0, `${recording.dropped} dropped, ${over} over`);
});

test('there is room for a million events by default', () => {
  const recorder = new Recorder();
  runSync(
    (function* () {
      for (let turn = 0; turn < 1_000_100; turn++) yield* yieldNow();
    })(),
    { instruments: [recorder] },
  );
  // Besides its turns, main is spawned, takes one step more, and is over.
  assert.is(recorder.recording().dropped, 104);
});

test('keeps neither tasks nor results nor what effects carry', async () => {
  const recorder = new Recorder();
  const kept: WeakRef<object>[] = [];
  function* child(big: object): Coroutine<object> {
    yield* sleep(1);
    return big;
  }
  function* main(): Coroutine<void> {
    for (let i = 0; i < 3; i++) {
      const big = { values: new Array(1_000).fill(i) };
      const task = yield* spawn(child(big));
      kept.push(new WeakRef(big), new WeakRef(task));
      yield* task;
    }
  }
  runSync(main(), { instruments: [recorder] });
  await new Promise((resolve) => setTimeout(resolve, 1)); // a WeakRef holds on until the host has had its turn
  collect();
  assert.equal(
    kept.map((one) => one.deref()),
    kept.map(() => undefined),
  );
  assert.ok([...recorder.recording().events].length > 10);
});

test('a limit that is none is refused at the call', () => {
  assert.throws(() => new Recorder({ limit: 0 }), /the option limit takes a number of events of 1 or more, not 0/);
  assert.throws(() => new Recorder({ limit: 1.5 }), RangeError);
  assert.throws(() => new Recorder({ limit: 'many' as never }), TypeError);
  assert.throws(() => new Recorder({ limit: Infinity }), /not Infinity/);
});

test.run();
