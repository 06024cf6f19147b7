// `node demos bench recorder`: what a turn costs while a recorder is attached, and 200,000 tasks under one.
//
// Runs with and without a recorder are pairs in one process (recorder/child.ts), and take turns at being first. So
// whatever else the machine does affects both. What is judged is the best run of each kind, because everything that
// disturbs a run makes it longer. The ratios of the pairs, from quarter to quarter, show how much they were disturbed.
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { call, coroutine, main } from 'treadle';
import { BadInput } from './options.ts';
import { measuring } from './process.ts';
import type { Many, Pair } from './recorder/child.ts';
import { compile } from './rounds.ts';
import { here } from './where.ts';

export const recorderHelp = `
node demos bench recorder: a turn of a task with a recorder and without one,
in pairs within one process; and 200,000 tasks under a recorder.

  --pairs N     how many pairs of runs (default 30; each takes about 0.2 s)
  --turns N     how many turns a run takes at least (default 100000)
  --tasks N     how many tasks there are in the second part (default 200000)

Exit code 1: a turn costs more than 3 times as much under a recorder.
`;

/** Bytes of an event in a recorder. */
const ROW = 32;
/** How often as much a turn may cost. */
const LIMIT = 3;

export interface Judged {
  readonly tasks: number;
  /** The best run of each kind, in nanoseconds a turn, and their ratio. */
  readonly bare: number;
  readonly recorded: number;
  readonly ratio: number;
  /** The ratios of the pairs: a quarter, half and three quarters of them are lower. */
  readonly quarters: readonly number[];
}

export function judge(tasks: number, pairs: readonly Pair[]): Judged {
  const ratios = pairs.map(({ bare, recorded }) => recorded / bare).sort((a, b) => a - b);
  const bare = Math.min(...pairs.map((pair) => pair.bare));
  const recorded = Math.min(...pairs.map((pair) => pair.recorded));
  const quarters = [0.25, 0.5, 0.75].map((part) => ratios[Math.floor(part * ratios.length)] ?? NaN);
  return { tasks, bare, recorded, ratio: recorded / bare, quarters };
}

export function recorderTable(all: readonly Judged[]): string {
  const cells = all.map(({ tasks, bare, recorded, ratio, quarters }) => [
    `${tasks.toLocaleString('en')} ${tasks === 1 ? 'task' : 'tasks'}`,
    `${bare.toFixed(0)} ns`,
    `${recorded.toFixed(0)} ns`,
    ratio.toFixed(2),
    quarters.map((one) => one.toFixed(1)).join(' '),
    ratio <= LIMIT ? '' : `  more than ${LIMIT}`,
  ]);
  return [['a turn', 'bare', 'recorded', 'ratio', 'of pairs', ''], ...cells]
    .map(([name = '', ...rest]) => [name.padEnd(14), ...rest.map((cell) => cell.padStart(13))].join('').trimEnd())
    .join('\n');
}

const program = coroutine('recorder', function* ({ pairs, turns, tasks: many }: Options) {
  const { child, remove } = yield* call(compile(join(here, 'recorder', 'child.ts')));
  try {
    const { lines, error } = yield* measuring([child, ...[pairs, turns, many].map(String)], 120_000 + pairs * 20_000);
    if (error !== undefined) throw new Error(error);
    const found = lines as (Pair | Many)[];
    const measured = found.filter((line): line is Pair => 'bare' in line);
    const sizes = [...new Set(measured.map(({ tasks }) => tasks))];
    const all = sizes.map((size) => judge(size, measured.filter(({ tasks }) => tasks === size))); // prettier-ignore
    console.log(`${cpus()[0]?.model ?? ''}, ${cpus().length} cores, Node ${process.version}; ${pairs} pairs\n`);
    console.log(recorderTable(all));
    for (const line of found) {
      if (!('exportMs' in line)) continue;
      const { tasks, ms, events, dropped, exportMs } = line;
      console.log(
        `\n${tasks.toLocaleString('en')} tasks under a recorder: ${ms.toFixed(0)} ms, ` +
          `${events.toLocaleString('en')} events, ${dropped} dropped, ${((events * ROW) / 1e6).toFixed(0)} MB;\n` +
          `summary, SVG, text and trace of them: ${exportMs.toFixed(0)} ms`,
      );
    }
    if (all.some(({ ratio }) => ratio > LIMIT)) process.exitCode = 1;
  } finally {
    remove();
  }
});

interface Options {
  readonly pairs: number;
  readonly turns: number;
  readonly tasks: number;
}

function read(argv: readonly string[]): Options {
  const text = { type: 'string' } as const;
  const parse = () => {
    try {
      return parseArgs({ args: [...argv], options: { pairs: text, turns: text, tasks: text } }).values;
    } catch (error) {
      throw new BadInput((error as Error).message.split(/\. |\n/)[0]);
    }
  };
  const { pairs = '30', turns = '100000', tasks = '200000' } = parse();
  for (const [name, value] of Object.entries({ pairs, turns, tasks }))
    if (!/^[1-9]\d{0,6}$/.test(value)) throw new BadInput(`--${name} takes a number from 1 on, not "${value}"`);
  return { pairs: Number(pairs), turns: Number(turns), tasks: Number(tasks) };
}

export function runRecorder(argv: readonly string[]): void {
  if (argv.includes('--help') || argv.includes('-h')) return console.log(recorderHelp.trim());
  try {
    main(program(read(argv)));
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    console.error(`${error.message}\n(--help lists the options)`);
    process.exitCode = 2;
  }
}
