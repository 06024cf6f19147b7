// The soak: everything at once for a long time (soak/work.ts), and the heap must not grow. It runs ten minutes on a
// virtual clock, which really takes one or two, and then one minute on the system's clock.
//
// The verdict. The heap is sampled after a garbage collection. The first fifth is warm-up: code is new, caches fill. A
// straight line is fitted through the rest, heap over rounds of work, by least squares. There are two dozen kinds of
// rounds, with about ten operations each. If one kind keeps one object of 24 bytes each time, that is 1 byte per round.
// The heap leaks if the line rises by more than half of that AND by more than its noise. The noise is four times the
// standard error of the slope, because the heap also rises and falls by itself (cancelled timers are swept in bulk).
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { call, coroutine, main } from 'treadle';
import { lineChart } from './chart.ts';
import { installPeers } from './install.ts';
import { BadInput } from './options.ts';
import { measuring } from './process.ts';
import { compile } from './rounds.ts';
import type { Sample } from './soak/child.ts';
import { here } from './where.ts';

export const soakHelp = `
node demos bench soak: tasks, timers, races, timeouts, queues, locks, promises,
listeners and loops, all at once and over and over. The heap must stay flat.

  --minutes N   on a virtual clock (default 10; 0 for none; takes one or two)
  --seconds N   on the system's clock (default 60; 0 for none)
  --samples N   how often the heap is measured, on each clock (default 120)
  --leak        keep something in each round on purpose: it must be found
  --json FILE   write the samples
  --svg FILE    draw the heap over time

Exit code 1: the heap grows, or the work failed.
`;

const WARM_UP = 0.2;
/** Bytes per round. */
const LIMIT = 0.5;
/** Standard errors. */
const NOISE = 4;
/** With fewer rounds than this, the warm-up is not over. */
const ENOUGH = 20_000;

/** Least squares: the slope, and its standard error. */
export function fit(points: readonly (readonly [number, number])[]): {
  readonly slope: number;
  readonly error: number;
} {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const x = mean(points.map(([one]) => one));
  const y = mean(points.map(([, one]) => one));
  const spread = points.reduce((sum, [one]) => sum + (one - x) ** 2, 0);
  const slope = points.reduce((sum, [one, other]) => sum + (one - x) * (other - y), 0) / spread;
  const rest = points.reduce((sum, [one, other]) => sum + (other - y - slope * (one - x)) ** 2, 0);
  return { slope, error: Math.sqrt(rest / (points.length - 2) / spread) };
}

export interface Soaked {
  readonly clock: string;
  readonly samples: readonly Sample[];
  readonly error?: string | undefined;
  readonly slope: number;
  readonly noise: number;
  /** Too short to tell. */
  readonly short: boolean;
  readonly good: boolean;
}

export function judge(clock: string, samples: readonly Sample[], error: string | undefined): Soaked {
  const counted = samples.slice(Math.ceil(samples.length * WARM_UP));
  const { slope, error: noise } =
    counted.length > 5 ?
      fit(counted.map(({ rounds, heap }) => [rounds, heap]))
    : { slope: Number.NaN, error: Number.NaN };
  const short = error === undefined && (counted.at(-1)?.rounds ?? 0) < ENOUGH;
  return {
    clock,
    samples,
    error,
    slope,
    noise,
    short,
    good: error === undefined && samples.length > 0 && (short || !(slope > LIMIT && slope > NOISE * noise)),
  };
}

const kB = (bytes: number) => `${Math.round(bytes / 1_000).toLocaleString('en')} kB`;

function describe({ clock, samples, error, slope, noise, short, good }: Soaked): string {
  const [first, last] = [samples[Math.ceil(samples.length * WARM_UP)], samples.at(-1)];
  if (!first || !last) return `${clock} clock: ${error ?? 'no samples'}`;
  return [
    `${clock} clock: ${Math.round(last.time / 1_000)} s, ${last.rounds.toLocaleString('en')} rounds`,
    `  heap      ${kB(first.heap)} after the warm-up, ${kB(last.heap)} at the end; resident ${kB(first.rss)}, ${kB(last.rss)}`,
    `  slope     ${slope.toFixed(3)} bytes a round, standard error ${noise.toFixed(3)}; a leak is more than ${LIMIT}, and more than ${NOISE} standard errors`,
    `  verdict   ${
      error ??
      (short ? 'too short to tell'
      : good ? 'flat'
      : 'LEAKS')
    }`,
  ].join('\n');
}

interface Options {
  readonly minutes: number;
  readonly seconds: number;
  readonly samples: number;
  readonly leak: boolean;
  readonly json: string | undefined;
  readonly svg: string | undefined;
}

/** How many samples are taken: enough for a line, but not so many that the process does nothing but collect garbage. */
const SAMPLES = '120';

function read(argv: readonly string[]): Options {
  const text = { type: 'string' } as const;
  const number = (name: string, value: string) => {
    if (!/^\d+(\.\d+)?$/.test(value)) throw new Error(`--${name} takes a number, not "${value}"`);
    return Number(value);
  };
  try {
    const {
      minutes = '10',
      seconds = '60',
      samples = SAMPLES,
      leak = false,
      json,
      svg,
    } = parseArgs({
      args: [...argv],
      options: { minutes: text, seconds: text, samples: text, leak: { type: 'boolean' }, json: text, svg: text },
    }).values;
    if (!/^[1-9]\d{0,4}$/.test(samples)) throw new Error(`--samples takes a number from 1 to 99999, not "${samples}"`);
    return {
      minutes: number('minutes', minutes),
      seconds: number('seconds', seconds),
      samples: Number(samples),
      leak,
      json,
      svg,
    };
  } catch (error) {
    throw new BadInput((error as Error).message.split(/\. |\n/)[0]);
  }
}

const program = coroutine('soak', function* ({ minutes, seconds, samples, leak, json, svg }: Options) {
  if (svg !== undefined) installPeers(); // echarts is one of them
  const { child, remove } = yield* call(compile(join(here, 'soak', 'child.ts')));
  try {
    const soaked: Soaked[] = [];
    for (const [clock, ms] of [
      ['virtual', minutes * 60_000],
      ['system', seconds * 1_000],
    ] as const) {
      if (ms === 0) continue;
      process.stderr.write(`soak: ${ms / 1_000} s on the ${clock} clock\n`);
      const flags = ['--expose-gc', '--no-opt', '--no-flush-bytecode'];
      const { lines, error } = yield* measuring(
        [...flags, child, clock, String(ms / samples), String(samples), ...(leak ? ['leak'] : [])],
        60_000 + 2 * ms,
      );
      soaked.push(judge(clock, lines as Sample[], error));
    }
    const about = `${cpus()[0]?.model ?? ''}, ${cpus().length} cores, Node ${process.version}`;
    console.log([about, ...soaked.map(describe)].join('\n\n'));
    if (json !== undefined)
      writeFileSync(json, `${JSON.stringify({ about, date: new Date().toISOString(), soaked }, null, 1)}\n`);
    if (svg !== undefined) {
      const series = soaked.map(({ clock, samples }) => ({
        name: `${clock} clock, ${Math.round((samples.at(-1)?.time ?? 0) / 1_000)} s`,
        points: samples.map(({ time, heap }) => [(time / samples.at(-1)!.time) * 100, heap / 1e6] as const),
      }));
      writeFileSync(
        svg,
        yield* call(
          lineChart({
            title: 'The heap while everything is done again and again',
            subtitle: `after a collection, without compiled code\n${about}`,
            x: { name: 'per cent of the run' },
            y: { name: 'MB' },
            series,
          }),
        ),
      );
    }
    if (soaked.some(({ good }) => !good)) process.exitCode = 1;
  } finally {
    remove();
  }
});

export function runSoak(argv: string[]): void {
  if (argv.includes('--help') || argv.includes('-h')) return console.log(soakHelp.trim());
  try {
    main(program(read(argv)));
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    console.error(`${error.message}\n(--help lists the options)`);
    process.exitCode = 2;
  }
}
