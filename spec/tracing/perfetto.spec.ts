// Traces in Chrome's format, and entries for its performance panel.
import { PerformanceObserver } from 'node:perf_hooks';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { EventLoop } from 'treadle';
import { measureTasks, Recorder, toPerfetto } from 'treadle/tracing';
import type { Recording } from 'treadle/tracing';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { installed } from '../../demos/support/install.ts';
import { root } from '../support/package.ts';
import { recorded, recordedReally, WILD_NAMES, wildly } from './world.ts';

const test = suite('toPerfetto and measureTasks');

interface Event {
  readonly name: string;
  readonly ph: string;
  readonly cat: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly id?: number;
  readonly bp?: string;
  readonly s?: string;
  readonly args?: Record<string, unknown>;
}

const eventsOf = (recording: Recording): Event[] =>
  (JSON.parse(toPerfetto(recording)) as { traceEvents: Event[] }).traceEvents;

/** What the description of the format demands of each kind of event, and of arrows and nested slices. */
function checkFormat(events: readonly Event[]): void {
  const isNumber = (value: unknown) => typeof value === 'number' && Number.isFinite(value) && value >= 0;
  for (const event of events) {
    assert.is(typeof event.name, 'string');
    assert.is(typeof event.cat, 'string');
    assert.ok([event.pid, event.tid, event.ts].every(isNumber), JSON.stringify(event));
    assert.ok(['M', 'X', 'i', 's', 'f'].includes(event.ph), event.ph);
    if (event.ph === 'X') assert.ok(isNumber(event.dur), JSON.stringify(event));
    if (event.ph === 'i') assert.is(event.s, 't');
    if (event.ph === 'f') assert.is(event.bp, 'e');
  }
  const slices = events.filter(({ ph }) => ph === 'X');
  const encloses = (slice: Event, ts: number) => slice.ts <= ts && ts <= slice.ts + slice.dur! + 0.002;
  // Slices of a track are nested, as brackets are.
  for (const tid of new Set(slices.map((slice) => slice.tid))) {
    const open: Event[] = [];
    for (const slice of slices.filter((one) => one.tid === tid).sort((a, b) => a.ts - b.ts || b.dur! - a.dur!)) {
      while (open.length > 0 && open.at(-1)!.ts + open.at(-1)!.dur! <= slice.ts + 0.002) open.pop();
      const outer = open.at(-1);
      if (outer) assert.ok(encloses(outer, slice.ts + slice.dur!), `${JSON.stringify(outer)} ${JSON.stringify(slice)}`);
      open.push(slice);
    }
  }
  // Each arrow has two ends, in slices, and does not go back in time.
  const starts = new Map(events.filter(({ ph }) => ph === 's').map((event) => [event.id, event]));
  const ends = events.filter(({ ph }) => ph === 'f');
  assert.is(starts.size, ends.length);
  for (const end of ends) {
    const start = starts.get(end.id)!;
    assert.ok(start.ts <= end.ts + 0.002);
    for (const { tid, ts } of [start, end])
      assert.ok(slices.some((slice) => slice.tid === tid && encloses(slice, ts)), `${tid} at ${ts}`); // prettier-ignore
  }
}

test('has a track for each task, its frames, what it did, and arrows from causes to effects', () => {
  const events = eventsOf(recorded());
  checkFormat(events);
  const tracks = events.filter(({ name }) => name === 'thread_name').map(({ args }) => args!['name']);
  assert.equal(tracks, ['#1 main', '#2 locked', '#3 failing', '#4 cleaning']);
  const track = (tid: number) =>
    events.filter((event) => event.tid === tid && event.ph === 'X' && event.dur! > 0).map(({ name }) => name);
  assert.equal(track(4), ['cleaning', 'cleaning', 'sleep(1000)', 'sleep(20) (cleaning up)']);
  assert.equal(track(3), ['failing', 'step', 'sleep(30)']);
  const arrows = events.filter(({ ph }) => ph === 's').map(({ tid, id }) => `${tid}>${events.find((one) => one.ph === 'f' && one.id === id)!.tid}`); // prettier-ignore
  assert.equal([...new Set(arrows)].sort(), ['1>2', '1>3', '1>4', '3>1', '4>1']);
});

test('times are microseconds, and on the system clock everything holds, too', async () => {
  const recording = await recordedReally();
  const events = eventsOf(recording);
  checkFormat(events);
  const main = events.find(({ name, ph }) => name === 'main' && ph === 'X')!;
  assert.ok(main.dur! >= 50_000 && main.dur! <= recording.until * 1_000 + 1);
});

test('names are texts in it, whatever they are', () => {
  const events = eventsOf(recorded(wildly));
  checkFormat(events);
  const names = events.flatMap(({ name, args }) => (name === 'thread_name' ? [String(args!['name'])] : []));
  assert.is(names.length, WILD_NAMES.length + 2);
  assert.ok(names.includes('#6 </svg><script>alert(1)</script>'));
});

test('callbacks have a track of their own', async () => {
  const recorder = new Recorder();
  const loop = new EventLoop({ instruments: [recorder] });
  await loop.runUntilComplete(
    (function* () {
      const future = loop.createFuture<void>();
      loop.callSoon(() => future.setResult());
      yield* future;
    })(),
  );
  const events = eventsOf(recorder.recording());
  checkFormat(events);
  assert.ok(events.some(({ name, tid }) => name === 'a callback' && tid === 0));
  assert.ok(events.some(({ ph, tid }) => ph === 's' && tid === 0));
});

test('zero tasks are a trace, too', () => {
  checkFormat(eventsOf(new Recorder().recording()));
});

// Large, and so not among the packages that everybody installs: `npm ci` in spec/tracing/chrome.
const chrome = join(root, 'spec/tracing/chrome');
const withChrome = installed(chrome) ? test : test.skip;

withChrome("the reader of traces of Chrome's developer tools finds tracks, names and slices in it", async () => {
  // prettier-ignore
  (globalThis as Record<string, unknown>)['DOMRect'] ??= class {};
  const path = join(chrome, 'node_modules/@paulirish/trace_engine/models/trace/trace.js');
  const { TraceModel } = (await import(pathToFileURL(path).href)) as any;
  const model = TraceModel.Model.createWithAllHandlers();
  const events = eventsOf(await recordedReally());
  await model.parse(events);
  const [process] = model.parsedTrace().data.Renderer.processes.values();
  for (const tid of [1, 2, 3, 4]) {
    const name = events.find((event) => event.name === 'thread_name' && event.tid === tid)!.args!['name'];
    const thread = process.threads.get(tid);
    assert.is(thread.name, name);
    const slices = events.filter((event) => event.tid === tid && event.ph === 'X' && event.dur! > 0);
    assert.ok(thread.entries.length >= slices.length, `${name}: ${thread.entries.length} of ${slices.length}`);
  }
});

test("Chrome's reader is pinned, and its lock file holds no address", () => {
  // prettier-ignore
  const { dependencies } = JSON.parse(readFileSync(join(chrome, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  assert.ok(Object.values(dependencies).every((version) => /^\d+\.\d+\.\d+$/.test(version)));
  assert.not.match(readFileSync(join(chrome, 'package-lock.json'), 'utf8'), /"resolved"/);
});

test('tasks become entries of performance.measure, each on a track of its own', async () => {
  const recording = await recordedReally();
  const entries = new Promise<readonly PerformanceEntry[]>((resolve) => {
    const observer = new PerformanceObserver((list) => {
      observer.disconnect();
      resolve(list.getEntries());
    });
    observer.observe({ entryTypes: ['measure'] });
  });
  const { made, leftOut } = measureTasks(recording, { group: 'a test' });
  const found = (await entries) as (PerformanceEntry & { detail: { devtools: Record<string, string> } })[];
  assert.is(found.length, made);
  assert.is(leftOut, 0);
  const tracks = new Set(found.map(({ detail }) => detail.devtools['track']));
  assert.equal([...tracks].sort(), ['#1 main', '#2 locked', '#3 failing', '#4 cleaning']);
  assert.ok(found.every(({ detail }) => detail.devtools['trackGroup'] === 'a test'));
  const sleep = found.find(({ name }) => name === 'sleep(30)')!;
  assert.ok(sleep.duration >= 29.9);
  assert.ok(Math.abs(sleep.startTime + sleep.duration - performance.now()) < 60_000);
  performance.clearMeasures();
});

test('of too many entries the longest are made, and the others counted', () => {
  const { made, leftOut } = measureTasks(recorded(), { limit: 3 });
  assert.is(made, 3);
  assert.ok(leftOut > 10);
  assert.throws(() => measureTasks(recorded(), { limit: 0 }), /the option limit takes a number of entries/);
  performance.clearMeasures();
});

test.run();
