// The process that measures the recorder, and prints a line of JSON for each pair of runs: node child.js PAIRS TURNS TASKS
import { writeSync } from 'node:fs';
import { coroutine, Event, run, runSync, spawn, yieldNow } from 'treadle';
import type { Coroutine } from 'treadle';
import { Recorder, summarize, toPerfetto, toSvg, toText } from 'treadle/tracing';

/** A run with a recorder and one without, in nanoseconds a turn. */
export interface Pair {
  readonly tasks: number;
  readonly bare: number;
  readonly recorded: number;
}

/** Many tasks under a recorder. */
export interface Many {
  readonly tasks: number;
  readonly ms: number;
  readonly events: number;
  readonly dropped: number;
  /** What it takes to make everything of it that can be made. */
  readonly exportMs: number;
}

const [pairsWanted = 0, turnsWanted = 0, tasksWanted = 0] = process.argv.slice(2).map(Number);

/** Turns of a run. With 100,000 or more, the wake-up of all tasks at its beginning does not count. */
const turnsOf = (tasks: number): number => Math.max(1, tasks / 5_000) * turnsWanted;

function* worker(turns: number, gate?: Event): Coroutine<void> {
  if (gate) yield* gate.wait();
  for (let i = 0; i < turns; i++) yield* yieldNow();
}

/** Nanoseconds a turn, of tasks that take turns until each has had its share. */
const turns = coroutine('turns', function* (tasks: number, recorder?: Recorder) {
  let start = 0;
  const count = turnsOf(tasks);
  const gate = new Event();
  function* program(): Coroutine<void> {
    for (let i = 0; i < tasks; i++) yield* spawn(worker(count / tasks, gate));
    yield* yieldNow(); // so that all of them wait at the gate
    start = performance.now();
    gate.set();
  }
  yield* run(program(), recorder ? { instruments: [recorder] } : {});
  return ((performance.now() - start) * 1e6) / count;
});

const print = (line: Pair | Many): void => void writeSync(1, `${JSON.stringify(line)}\n`);

function many(tasks: number): Many {
  const recorder = new Recorder({ limit: 2_000_000 });
  const start = performance.now();
  function* program(): Coroutine<void> {
    for (let i = 0; i < tasks; i++) yield* spawn(worker(2));
  }
  runSync(program(), { instruments: [recorder] });
  const ms = performance.now() - start;
  const recording = recorder.recording();
  let events = 0;
  for (const _ of recording.events) events++;
  const startExport = performance.now();
  for (const make of [summarize, toSvg, toText, toPerfetto]) String(make(recording));
  return { tasks, ms, events, dropped: recording.dropped, exportMs: performance.now() - startExport };
}

function* program(pairs: number, manyTasks: number): Coroutine<void> {
  for (const tasks of [1, 100, 10_000]) {
    for (let pair = -1; pair < pairs; pair++) {
      const first = pair % 2 === 0 ? new Recorder() : undefined;
      const one = yield* turns(tasks, first);
      const other = yield* turns(tasks, first ? undefined : new Recorder());
      if (pair >= 0) print({ tasks, bare: first ? other : one, recorded: first ? one : other }); // else it warms up
    }
  }
  print(many(manyTasks));
}

run(program(pairsWanted, tasksWanted)).then(undefined, (error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
