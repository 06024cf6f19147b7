// The process that measures one variant of one workload, and nothing else, so that no garbage, compiled code or type
// feedback of another one gets in its way. The last line that it prints is its figures, as JSON.
//
//   node child.js WORKLOAD VARIANT [{"n":1000,"warmUp":0,"samples":1}]
//
// Relies on report, workloads.
import { writeSync } from 'node:fs';
import { TIME } from './report.ts';
import type { Figures, Sample, Workload } from './workload.ts';
import { workloads } from './workloads/index.ts';
import { workerWorkloads } from './workloads/workers.ts';

/** Milliseconds of warm-up, for a workload that does not say how many samples to warm up with. */
const WARM_UP = 300;
/** A peer that is a thousand times slower gets fewer samples than the others: its ratio needs no third digit. */
const LONG = 2_000;
/** A first sample that takes this long is warm for nearly all of its time, so it counts. */
const VERY_LONG = 10_000;

export interface Sizes {
  readonly n?: number;
  readonly warmUp?: number;
  readonly samples?: number;
}

async function once({ figures }: Workload, sample: Sample, n: number): Promise<Figures> {
  const start = performance.now();
  const result = await sample(n);
  const ms = performance.now() - start;
  return figures ? (result as Figures) : { [TIME]: (ms * 1e6) / n };
}

async function measure(workload: Workload, variant: string, sizes: Sizes): Promise<Figures[]> {
  const sample = await workload.variants[variant]!();
  const { n, warmUp, samples = 5 } = { ...workload, ...sizes };
  let start = performance.now();
  const passed = () => performance.now() - start;
  for (let i = 0; warmUp === undefined ? passed() < WARM_UP || (i < 2 && passed() < LONG) : i < warmUp; i++) {
    const figures = await once(workload, sample, n);
    if (warmUp === undefined && passed() > VERY_LONG) return [figures];
  }
  start = performance.now();
  const taken: Figures[] = [];
  while (taken.length < samples && (taken.length === 0 || passed() < LONG)) taken.push(await once(workload, sample, n));
  return taken;
}

let result: unknown = { error: 'it lost a wake-up: nothing was left to do, and the sample was not over' };
process.on('exit', () => writeSync(1, `\n${JSON.stringify(result)}\n`));

const [id, variant = '', sizes = '{}'] = process.argv.slice(2);
try {
  const workload = [...workloads, ...workerWorkloads].find((one) => one.id === id);
  if (!workload?.variants[variant]) throw new Error(`no workload "${id}" with a variant "${variant}"`);
  result = { samples: await measure(workload, variant, JSON.parse(sizes) as Sizes) };
} catch (error) {
  result = { error: String(error) };
}
process.exit(); // no matter what the peer has left behind
