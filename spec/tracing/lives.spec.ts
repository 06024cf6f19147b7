// What tasks did, as it is taken out of a recording; the summary of it.
import { runSync, sleep, spawn, yieldNow } from 'treadle';
import type { Coroutine } from 'treadle';
import { attach } from 'treadle/instruments';
import { Recorder, readRecording, summarize, toJsonLines } from 'treadle/tracing';
import type { RecordedEvent } from 'treadle/tracing';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { livesOf } from '../../lib/tracing/lives.ts';
import type { Life } from '../../lib/tracing/lives.ts';
import { chooseRows } from '../../lib/tracing/rows.ts';
import { duration, tickLabels, ticksOf } from '../../lib/tracing/scale.ts';
import { groupOf, kindOf } from '../../lib/tracing/waits.ts';
import { lineHere } from '../support/lines.ts';
import { everything, recorded, recordedReally } from './world.ts';

const test = suite('lives and summaries');

/** The spans of a life that took time. */
const spansOf = ({ spans }: Life): string[] =>
  spans
    .filter(({ from, until }) => until > from)
    .map(({ from, until, doing, on, closing }) => `${from}..${until} ${on ?? doing}${closing ? ' closing' : ''}`);

test('each task has what it did, from when to when, below its owner', () => {
  const lives = livesOf(recorded());
  assert.equal(
    lives.map((life) => [life.name, life.owner, life.end, ...spansOf(life)]),
    [
      ['main', undefined, 'succeeded', '0..20 sleep(20)', '20..30 #3 failing', '30..50 its children'],
      ['locked', 1, 'succeeded', '0..20 lock.acquire()', '20..30 sleep(10)'],
      ['failing', 1, 'failed', '0..30 sleep(30)'],
      ['cleaning', 1, 'cancelled', '0..30 sleep(1000)', '30..50 sleep(20) closing'],
    ],
  );
  assert.is(lives[2]!.error, 'Error: it is <broken> & more');
  assert.equal(lives[3]!.cancel, { time: 30, by: 1, reason: "'enough'" });
  assert.equal(
    lives[2]!.frames.map(({ name, from, until }) => `${name} ${from}..${until}`),
    ['step 0..30'],
  );
  assert.equal(lives[0]!.wakes, [
    { time: 0, by: undefined },
    { time: 20, by: undefined },
    { time: 30, by: 3 },
    { time: 50, by: 4 },
  ]);
});

test('a recording that was written and read has the same lives', () => {
  const recording = recorded();
  const plain = (lives: readonly Life[]) => JSON.stringify(lives, (key, value) => (key === 'took' ? 0 : value));
  assert.is(plain(livesOf(readRecording(toJsonLines(recording)))), plain(livesOf(recording)));
});

test('on the system clock the spans of a life follow each other without gaps', async () => {
  for (const { name, from, until, spans } of livesOf(await recordedReally())) {
    assert.ok(spans.length > 0, name);
    let time = from;
    for (const span of spans) {
      assert.is(span.from, time, name);
      assert.ok(span.until >= span.from);
      time = span.until;
    }
    assert.is(time, until, name);
  }
});

test('a task whose recording begins late, or ends early, has the part of its life that is known', () => {
  const recorder = new Recorder();
  function* main(): Coroutine<void> {
    const child = yield* spawn(sleep(100), { name: 'child' });
    yield* sleep(10);
    const detach = attach(child.loop, recorder);
    yield* sleep(10);
    detach();
    yield* sleep(10);
  }
  runSync(main());
  assert.equal(
    livesOf(recorder.recording()).map((life) => [life.name, life.isOlder, life.end, ...spansOf(life)]),
    [
      ['main', true, undefined, '10..20 sleep(10)'],
      ['child', true, undefined, '10..20 sleep(100)'],
    ],
  );
});

test('a recorder that was detached and comes back goes on with the lives that it knows', () => {
  const recorder = new Recorder();
  function* main(): Coroutine<void> {
    const child = yield* spawn(sleep(100), { name: 'child' });
    let detach = attach(child.loop, recorder);
    yield* sleep(10);
    detach();
    yield* sleep(10);
    detach = attach(child.loop, recorder);
    yield* sleep(10);
    detach();
  }
  runSync(main());
  const lives = livesOf(recorder.recording());
  assert.equal(
    lives.map(({ name, from, until }) => [name, from, until]),
    [
      ['main', 0, 30],
      ['child', 0, 30],
    ],
  );
  assert.equal(spansOf(lives[1]!), ['0..20 sleep(100)', '20..30 sleep(100)']);
});

test('a recording without its last events still ends each task where it was over', () => {
  const program = () =>
    (function* () {
      for (let i = 0; i < 5; i++) yield* spawn(yieldNow());
    })();
  for (let limit = 1; limit < 25; limit++) {
    const recording = recorded(program, new Recorder({ limit }));
    for (const { until, spans } of livesOf(recording)) assert.ok(spans.every((span) => span.until <= until));
  }
});

test('100,000 owners, each owned by the one before, are put into order', () => {
  const events = Array.from({ length: 100_000 }, (_, index) => ({
    kind: 'spawned' as const,
    time: index,
    task: index + 1,
    name: 'deep',
    ...(index > 0 && { owner: index }),
  }));
  const lives = livesOf({ version: 1, clock: 'virtual', startedAt: 0, until: 1e6, dropped: 0, events });
  assert.is(lives.at(-1)!.id, 100_000);
  assert.is(chooseRows(lives, 1e6).rows.at(-1)!.depth, 99_999);
});

test('rows that do not fit are left out: failures stay, and what lived longest, with their owners', () => {
  function* main(): Coroutine<void> {
    yield* spawn(sleep(5), { name: 'short' });
    yield* spawn(
      (function* () {
        yield* spawn(sleep(100), { name: 'long' });
      })(),
      { name: 'owner' },
    );
    const failing = yield* spawn(
      (function* () {
        throw new Error('at once');
      })(),
      { name: 'failing' },
    );
    try {
      yield* failing;
    } catch {
      // It is in the recording.
    }
  }
  const { rows, leftOut } = chooseRows(livesOf(recorded(main)), 4);
  assert.equal(
    rows.map(({ life, depth }) => `${depth} ${life.name}`),
    ['0 main', '1 owner', '2 long', '1 failing'],
  );
  assert.is(leftOut, 1);
});

test('a summary adds up what tasks did, and says what took longest', () => {
  const summary = summarize(recorded());
  assert.is(summary.tasks, 4);
  assert.equal(summary.ended, { succeeded: 2, failed: 1, cancelled: 1 });
  assert.is(summary.lasted, 50);
  assert.is(summary.waited['sleep'], 20 + 10 + 30 + 30 + 20);
  assert.is(summary.waited['join'], 10);
  assert.is(Object.keys(summary.waited)[0], 'sleep');
  assert.is(summary.ready, 0);
  assert.ok(summary.cleanedUp >= 20);
  assert.ok(summary.longestStep!.took > 0);
  assert.is(summary.steps > 8, true);
});

test('on the system clock the longest step is named with its task and its line, and so is who was ready for longest', async () => {
  const busy = (ms: number) => {
    for (const end = performance.now() + ms; performance.now() < end;);
  };
  let line = 0;
  const once = async () =>
    summarize(
      await recordedReally(function* program() {
        yield* spawn(sleep(1), { name: 'patient' });
        busy(60);
        line = lineHere() + 1;
        yield* sleep(10);
      }),
    );
  let summary = await once();
  // A busy neighbour may have held up another step.
  for (let i = 0; i < 5 && summary.longestStep!.name !== 'main'; i++) summary = await once();
  const { longestStep } = summary;
  assert.ok(longestStep!.took >= 60);
  assert.is(longestStep!.name, 'main');
  assert.match(longestStep!.line ?? '', new RegExp(`^at program \\(file:.*lives\\.spec\\.ts:${line}:\\d+\\)$`));
  assert.match(
    String(summary),
    new RegExp(`^ {2}came as far as +at program \\(.*lives\\.spec\\.ts:${line}:\\d+\\)$`, 'm'),
  );
  assert.is(summary.longestReady!.took <= summary.lasted, true);
  assert.ok(summary.ran >= 60);
});

test('only steps longer than 50 ms have lines, each longer than the ones before; a file keeps them', async () => {
  const busy = (ms: number) => {
    for (const end = performance.now() + ms; performance.now() < end;);
  };
  const recording = await recordedReally(function* program() {
    const began = performance.now();
    for (const ms of [5, 60, 55, 90]) {
      busy(ms);
      yield* yieldNow();
    }
    // This step ends the task: no frame is left. It is the longest, also on a busy machine.
    busy(performance.now() - began);
  });
  const withLines = (events: Iterable<RecordedEvent>) =>
    Array.from(events).flatMap((event) => (event.kind === 'step' && event.line ? [event] : []));
  const steps = withLines(recording.events);
  // A busy machine makes others longer, too: each of the four that have a frame may be the longest so far.
  assert.ok(steps.length >= 1 && steps.length <= 4, `${steps.length} steps`);
  for (const [i, { time, until }] of steps.entries()) {
    assert.ok(until - time >= 50);
    const before = steps[i - 1];
    if (before) assert.ok(until - time > before.until - before.time);
  }
  assert.equal(
    withLines(readRecording(toJsonLines(recording)).events).map(({ line }) => line),
    steps.map(({ line }) => line),
  );
  assert.is(summarize(recording).longestStep!.line, undefined);
});

test('a printed summary has lines of at most 80 columns, and an empty one, too', () => {
  for (const recording of [recorded(), recorded(everything, new Recorder({ limit: 20 })), new Recorder().recording()]) {
    const text = String(summarize(recording));
    assert.ok(text.split('\n').every((line) => line.length <= 80));
    assert.match(text, /^tasks {19}\d/);
    if (recording.dropped > 0) assert.match(text, /^missing +\d+ events$/m);
  }
  assert.match(String(summarize(recorded())), /^ {2}lock.* 20 ms$/m);
  assert.not.ok(Object.keys(summarize(recorded())).includes('toString'));
});

test('ticks are round, durations have a unit that fits', () => {
  assert.equal(ticksOf(0, 100, 5), [0, 20, 40, 60, 80, 100]);
  assert.equal(ticksOf(0.13, 0.31, 4), [0.15, 0.2, 0.25, 0.3]);
  assert.equal(ticksOf(5, 5, 4), [5]);
  assert.equal(tickLabels([0, 500, 1_000]), ['0 s', '0.5 s', '1 s']);
  assert.equal([0, 0.0004, 0.25, 1, 999.9, 1_500, 90_000, 7_200_000].map(duration), [
    '0 ms',
    '0.4 µs',
    '250 µs',
    '1 ms',
    '1 s',
    '1.5 s',
    '1.5 min',
    '2 h',
  ]);
});

test('waits are told apart by what they are for', () => {
  assert.equal(
    ['sleep(1)', "fetch('http://x')", 'response.text()', '#2 child', 'its children', 'jobs.get()', 'a promise'].map(
      groupOf,
    ),
    ['time', 'outside', 'outside', 'tasks', 'tasks', 'shared', 'outside'],
  );
  assert.equal(['#2 x', 'jobs.get()', 'a promise'].map(kindOf), ['join', 'jobs.get', 'a promise']);
});

test.run();
