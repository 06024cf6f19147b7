// The benchmark: treadle beside native async/await and its peers. `rounds.ts` has the method, `workloads/` what is
// measured, `report.ts` the arithmetic, `table.ts` the tables.
//
// It imports treadle from lib/ and not by name: this folder is a package of its own, for the peers, where the name
// means nothing. What is measured is the built package.
import { writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { call, coroutine, main } from '../../lib/index.ts';
import { buildClone, otherClone, revisionOf } from './before.ts';
import { barChart } from './chart.ts';
import { growthHelp, runGrowth } from './growth.ts';
import { installPeers, versions } from './install.ts';
import { BadInput, read } from './options.ts';
import type { Options } from './options.ts';
import { recorderHelp, runRecorder } from './recorder.ts';
import { failureOf, failures, json, ratioGroups } from './report.ts';
import { compile, measure } from './rounds.ts';
import { runSoak, soakHelp } from './soak.ts';
import { comparison, goalTable, table } from './table.ts';
import { withBefore } from './variants.ts';
import { root } from './where.ts';
import type { Workload } from './workload.ts';
import { workloads } from './workloads/index.ts';

export const summary = 'time and memory, beside async/await and other libraries';
export const help = `
Runs the same work with treadle, native async/await, effect, effection,
redux-saga, co and bluebird, each in its own best idiom. Prints how long each
takes compared with native: 0.5 means twice as fast. "bare" is treadle with
yield instead of yield*, "idiom" is the fastest way to write it with treadle,
and "floor" is a loop that only calls next().

Each variant of each workload runs in a process of its own, with a warm-up. A
round runs all of them once, each time in a different order. Ratios are taken
within a round, and the table shows their medians.

  --rounds N      how many rounds (default 5; each takes about ten minutes)
  --only WORDS    only workloads whose names contain one of these: ping,fan
  --peers LIST    only these; treadle,native,floor needs no installation
  --variants LIST only these columns: treadle,bare,co
  --quick         one small, cold round without peers, to see that it all runs
  --json FILE     write everything that was measured
  --svg FILE      draw the ratios

node demos bench --before DIR: compares this clone with another one, for example
the state before a change, in one run and with the same options. DIR is built
with its own scripts and runs the same workloads. The two processes of a pair
run one right after the other, and take turns at being first. The table shows
before, treadle, native, the ratio treadle / before, its lowest and highest
round, and the noise, which is half the distance between those two. "worse" and
"better" mark differences that are larger than the noise. Peers run only if
--peers or --variants name them.

  git worktree add --detach ../before main
  node demos bench --before ../before --only spawn,ping --variants treadle

The peers are installed into demos/bench when they are first needed.
Exit code 1: treadle or native failed. A missed goal is only marked.
${growthHelp}${soakHelp}${recorderHelp}`;

function machine(): Readonly<Record<string, unknown>> {
  const [cpu] = cpus();
  return {
    date: new Date().toISOString(),
    cpu: cpu?.model ?? 'unknown',
    cores: cpus().length,
    memory: `${Math.round(totalmem() / 2 ** 30)} GB`,
    system: `${process.platform} ${release()} ${process.arch}`,
    node: process.version,
    v8: process.versions.v8,
  };
}

function about(facts: Readonly<Record<string, unknown>>, options: Options): string {
  const { rounds, quick, before, workloads: chosen } = options;
  const flags = chosen.filter((one) => one.flags?.length).map((one) => `, ${one.id} with ${one.flags!.join(' ')}`);
  return [
    `${facts.cpu}, ${facts.cores} cores, ${facts.memory}, ${facts.system}; Node ${facts.node}`,
    `${rounds === 1 ? '1 round' : `${rounds} rounds`}, a process for each variant, NODE_ENV=production${flags.join('')}`,
    ...(before === undefined ? [] : [`treadle is ${revisionOf(root)}, before is ${revisionOf(before)}`]),
    ...(before === undefined || options.needsPeers ?
      [
        Object.entries(versions())
          .map(([name, version]) => `${name} ${version}`)
          .join(', '),
      ]
    : []),
    ...(quick ? ['--quick: these figures mean nothing, they only show that everything runs'] : []),
  ].join('\n');
}

/** On a terminal one line, which is overwritten; elsewhere one line for each round. */
function progress(started: number) {
  let last = -1;
  return (done: number, of: number, round: number, { id }: Workload, variant: string): void => {
    const { stderr } = process;
    if (stderr.isTTY) stderr.write(`\r\x1b[2K${done + 1}/${of}  round ${round + 1}  ${id}: ${variant}`);
    else if (round !== last)
      stderr.write(`bench: round ${(last = round) + 1}, after ${Math.round((performance.now() - started) / 1000)} s\n`);
    if (stderr.isTTY && done + 1 === of) stderr.write('\r\x1b[2K');
  };
}

const program = coroutine('bench', function* (options: Options) {
  if (options.needsPeers || options.svg !== undefined) installPeers();
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
    console.log(about(facts, options));
    if (before) console.log(`\n${comparison(results)}`);
    if (!before || options.needsPeers) console.log(`\n${table(results)}`);
    const goals = goalTable(results);
    if (goals && !options.quick) console.log(`\nGoals\n${goals}`);
    const failed = failures(results);
    if (failed.length > 0) console.log(`\nFailed\n${failed.join('\n')}`);
    if (options.json !== undefined)
      writeFileSync(
        options.json,
        json({ ...facts, rounds: options.rounds, quick: options.quick, versions: versions() }, results),
      );
    if (options.svg !== undefined) {
      const unit = 'times as long (as much) as native async/await';
      writeFileSync(
        options.svg,
        yield* call(
          barChart({
            title: 'treadle and its peers',
            subtitle: about(facts, options),
            unit,
            groups: ratioGroups(results),
            log: true,
          }),
        ),
      );
    }
    const ours = results.some(({ workload, rounds }) =>
      Object.keys(workload.variants).some(
        (variant) => /^(treadle|native)/.test(variant) && failureOf(rounds, variant) !== undefined,
      ),
    );
    if (ours) process.exitCode = 1;
  } finally {
    remove();
    before?.remove();
  }
});

export default function (argv: string[]): void {
  const [first, ...rest] = argv;
  if (first === 'recorder') return runRecorder(rest);
  if (first === 'growth' || first === 'soak') {
    if (argv.includes('--svg')) installPeers(); // the charts' package is among them
    return (first === 'growth' ? runGrowth : runSoak)(rest);
  }
  try {
    const options = read(argv, workloads);
    const before = options.before === undefined ? undefined : otherClone(options.before);
    if (before !== undefined) buildClone(before);
    main(program({ ...options, before }));
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    console.error(`${error.message}\n(--help lists the options)`);
    process.exitCode = 2;
  }
}
