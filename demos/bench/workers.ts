// `node demos bench workers`: what a call in a thread or a process costs, beside other pools. The rounds are those of
// the benchmark (rounds.ts), the workloads are in workloads/workers.ts. Each pool is compared with treadle within a
// round; the fastest one of each row has a column of its own.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { call, coroutine, main } from 'treadle';
import { about, machine, progress } from './about.ts';
import { buildClone, otherClone } from './before.ts';
import { installPeers, versions } from './install.ts';
import { BadInput } from './options.ts';
import { failureOf, failures, figureOf, figuresOf, json } from './report.ts';
import type { Measured } from './report.ts';
import { compile, measure } from './rounds.ts';
import { aligned, comparison, digits, noiseOf, percent } from './table.ts';
import { withBefore } from './variants.ts';
import type { Workload } from './workload.ts';
import { hasPython } from './workloads/worker-pools.ts';
import { workerWorkloads } from './workloads/workers.ts';

export const workersHelp = `
node demos bench workers: what a call of a function in a thread or in a process
costs, beside tinypool, piscina, workerpool, jest-worker and, where there is a
python3, the ProcessPoolExecutor of concurrent.futures. Two workers, which are
given one call at a time, or 16. Takes two minutes.

  --rounds N    how many rounds (default 3)
  --only WORDS  only groups whose names contain one of these: threads-1,
                threads-16, processes-1, processes-16
  --peers LIST  only these; treadle needs no installation
  --before DIR  compares treadle with another clone, as above
  --quick       one small, cold round of treadle, to see that it all runs
  --json FILE   write everything that was measured
`;

/** The columns of the table, in this order. */
export const pools = ['treadle', 'tinypool', 'piscina', 'workerpool', 'jest-worker', 'python'] as const;

/**
 * What python is not compared in: it forks a program that runs already, which takes no start and shares its memory.
 * Node cannot do that.
 */
const forked: readonly string[] = ['first', 'memory'];

/** A row for each figure of each group: every pool, the fastest peer, and treadle divided by it. */
export function workersTable(all: readonly Measured[]): string {
  const rows = [['', ...pools, 'least', 'ratio', 'rounds', 'noise', '']];
  for (const measured of all) {
    const { workload, rounds } = measured;
    rows.push([workload.title, ...Array.from({ length: rows[0]!.length - 1 }, () => '')]);
    for (const [figure, unit] of Object.entries(figuresOf(measured))) {
      const cells = pools.map((pool) => {
        if (!(pool in workload.variants)) return '';
        const error = failureOf(rounds, pool);
        if (error !== undefined) return error.startsWith('>') ? error : 'failed';
        const value = figureOf(rounds, figure, pool);
        return value ? digits(value.median) : '-';
      });
      const least = leastOf(measured, figure);
      const ratio = least && figureOf(rounds, figure, 'treadle', least);
      rows.push([
        `  ${figure} (${unit})`,
        ...cells,
        least ?? '',
        ratio ? digits(ratio.median) : '',
        ...(ratio && rounds.length > 1 ?
          [`${digits(ratio.min)}..${digits(ratio.max)}`, percent(noiseOf(ratio)), judged(ratio.median, noiseOf(ratio))]
        : ['', '', '']),
      ]);
    }
  }
  return aligned(rows, [0, pools.length + 1, pools.length + 5]);
}

/** The peer that needs least. */
function leastOf({ workload, rounds }: Measured, figure: string): string | undefined {
  const median = (pool: string) => figureOf(rounds, figure, pool)?.median ?? Infinity;
  const peers = Object.keys(workload.variants).filter(
    (pool) =>
      (pools as readonly string[]).includes(pool) &&
      pool !== 'treadle' &&
      !(pool === 'python' && forked.includes(figure)) &&
      median(pool) < Infinity,
  );
  return peers.sort((a, b) => median(a) - median(b))[0];
}

/** Whether treadle needs more or less than the best peer, by more than the noise. */
function judged(ratio: number, noise: number): string {
  if (Math.abs(ratio - 1) <= noise) return '';
  return ratio > 1 ? 'more' : 'less';
}

interface Options {
  readonly rounds: number;
  readonly quick: boolean;
  readonly before: string | undefined;
  readonly json: string | undefined;
  readonly workloads: readonly Workload[];
  /** The peers among the variants, without Python, which is not installed by npm. */
  readonly peers: readonly string[];
}

const words = (text: string | undefined) => text?.split(/[\s,]+/).filter(Boolean);

/** Reads the command line. Throws `BadInput` for what makes no sense. */
export function readWorkers(argv: readonly string[], all: readonly Workload[], python: () => boolean): Options {
  const text = { type: 'string' } as const;
  const parse = () => {
    try {
      return parseArgs({
        args: [...argv],
        options: { rounds: text, only: text, peers: text, before: text, quick: { type: 'boolean' }, json: text },
      }).values;
    } catch (error) {
      throw new BadInput((error as Error).message.split(/\. |\n/)[0]);
    }
  };
  const { rounds = '3', only, peers, before, quick = false, json } = parse();
  if (!/^[1-9]\d?$/.test(rounds)) throw new BadInput(`--rounds takes a number from 1 to 99, not "${rounds}"`);
  const chosen = words(peers) ?? (quick || before !== undefined ? ['treadle'] : [...pools]);
  const strange = chosen.find((name) => !(pools as readonly string[]).includes(name));
  if (strange !== undefined) throw new BadInput(`there is no peer "${strange}"; there are ${pools.join(', ')}`);
  const named = words(only);
  const unknown = named?.find((word) => !all.some(({ id }) => id.includes(word)));
  if (unknown !== undefined)
    throw new BadInput(`no group's name has "${unknown}"; there are ${all.map(({ id }) => id).join(', ')}`);
  // Treadle is always measured, because it is compared with each of the others.
  const has = (pool: string) => pool === 'treadle' || (chosen.includes(pool) && (pool !== 'python' || python()));
  const workloads = all
    .filter(({ id }) => !named || named.some((word) => id.includes(word)))
    .map((workload) => ({
      ...workload,
      variants: Object.fromEntries(Object.entries(workload.variants).filter(([pool]) => has(pool))),
    }));
  const used = workloads.flatMap(({ variants }) => Object.keys(variants));
  return {
    rounds: quick ? 1 : Number(rounds),
    quick,
    before,
    json,
    workloads,
    peers: pools.filter((pool) => pool !== 'treadle' && pool !== 'python' && used.includes(pool)),
  };
}

const program = coroutine('workers', function* (options: Options) {
  if (options.peers.length > 0) installPeers();
  const { child, remove } = yield* call(compile());
  const before = options.before === undefined ? undefined : yield* call(compile(undefined, options.before));
  try {
    const facts = machine();
    const results = yield* measure(child, {
      ...options,
      workloads: before ? options.workloads.map(withBefore) : options.workloads,
      childBefore: before?.child,
      progress: progress(performance.now()),
    });
    console.log(`${about(facts, options)}\n`);
    if (before) console.log(`${comparison(results)}\n`);
    if (!before || options.peers.length > 0) console.log(workersTable(results));
    const failed = failures(results);
    if (failed.length > 0) console.log(`\nFailed\n${failed.join('\n')}`);
    if (options.json !== undefined)
      writeFileSync(
        options.json,
        json({ ...facts, rounds: options.rounds, quick: options.quick, versions: versions(options.peers) }, results),
      );
    if (results.some(({ rounds }) => failureOf(rounds, 'treadle') !== undefined)) process.exitCode = 1;
  } finally {
    remove();
    before?.remove();
  }
});

export function runWorkers(argv: readonly string[]): void {
  if (argv.includes('--help') || argv.includes('-h')) return console.log(workersHelp.trim());
  try {
    const options = readWorkers(argv, workerWorkloads, hasPython);
    const before = options.before === undefined ? undefined : otherClone(options.before);
    if (before !== undefined) buildClone(before);
    main(program({ ...options, before }));
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    console.error(`${error.message}\n(--help lists the options)`);
    process.exitCode = 2;
  }
}
