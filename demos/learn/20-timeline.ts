// What every task did when, as a picture, as text, and as a trace for Perfetto.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { all, coroutine, ensure, Lock, main, map, random, retry, sleep, spawn, timeout } from 'treadle';
import type { Coroutine } from 'treadle';
import { VirtualClock } from 'treadle/testing';
import { Recorder, summarize, toJsonLines, toPerfetto, toSvg, toText } from 'treadle/tracing';
import type { Recording } from 'treadle/tracing';
import { options } from '../support/options.ts';

export const summary = 'what every task did when, as a picture and as a trace';
export const help = `
A kitchen: cooks share one oven, one dish burns and is tried again, and an order
that takes too long is cancelled, and cleaned up. A recorder writes down what
the tasks do. Then the recording is shown as text, and written to three files:
timeline.svg for a browser, trace.json for Perfetto or Chrome, and run.jsonl,
which readRecording() reads.

  --folder PATH   where the files go                 (default the current one)
  --virtual       on a virtual clock: when every task waits, time jumps ahead
`;

const oven = new Lock({ name: 'oven' });

/** Computes for so many milliseconds: nothing else runs meanwhile, and the timeline shows it. */
function chop(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end;);
}

const bake = coroutine('bake', function* (dish: string, ms: number, attempt: number) {
  yield* sleep(ms);
  if (dish === 'pie' && attempt === 1) throw new Error('the pie is burnt');
});

const cook = coroutine('cook', function* (dish: string): Coroutine<string> {
  chop(8);
  yield* sleep(20 + 20 * (yield* random()));
  yield* retry((attempt) => oven.with(bake(dish, 40, attempt)), { attempts: 2, delay: 25 });
  return dish;
});

const wash = coroutine('wash', function* (table: string) {
  yield* sleep(45);
  console.log(`${table} is washed up`);
});

const serve = coroutine('serve', function* (table: string, dishes: readonly string[]) {
  yield* ensure(all(dishes.map((dish) => cook(dish))), wash(table));
});

function* program() {
  yield* spawn(serve('table 1', ['soup', 'pie', 'bread']), { name: 'table 1' });
  const late = yield* spawn(serve('table 2', ['roast', 'gratin']), { name: 'table 2' });
  yield* spawn(
    map(['plates', 'glasses', 'spoons'], (what) => timeout(100, polish(what)), { concurrency: 2 }),
    { name: 'polish' },
  );
  yield* sleep(120);
  late.cancel('the guests have left');
}

const polish = coroutine('polish', function* (_what: string) {
  chop(4);
  yield* sleep(35);
});

function write(folder: string, recording: Recording): void {
  const files: [string, string, string][] = [
    ['timeline.svg', toSvg(recording, { title: 'A kitchen' }), 'open it in a browser'],
    ['trace.json', toPerfetto(recording), 'drop it on https://ui.perfetto.dev, or open chrome://tracing'],
    ['run.jsonl', toJsonLines(recording), 'the recording itself, a line for each event'],
  ];
  mkdirSync(folder, { recursive: true });
  for (const [name, text, how] of files) {
    writeFileSync(join(folder, name), text);
    console.log(`${name.padEnd(12)}  ${how}`);
  }
}

export default function (argv: string[]): void {
  const { folder, virtual } = options(argv, { folder: '.', virtual: false });
  const recorder = new Recorder();
  const task = main(program(), { instruments: [recorder], ...(virtual ? { clock: new VirtualClock() } : {}) });
  task.addDoneCallback(() => {
    const recording = recorder.recording();
    console.log(`\n${toText(recording)}\n${summarize(recording)}\n`);
    try {
      write(folder, recording);
    } catch (error) {
      console.error(`the files cannot be written: ${(error as Error).message}`);
      process.exitCode = 1;
    }
  });
}
