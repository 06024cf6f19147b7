// The benchmark: treadle beside native async/await and its peers. `rounds.ts` has the method, `workloads/` what is
// measured, `report.ts` the arithmetic, `table.ts` the tables.
//
// This folder is a package of its own, for the peers. `node demos` sees to it that 'treadle' means the built package
// here, too, and that is what is measured.
import { writeFileSync } from 'node:fs';
import { call, coroutine, main } from 'treadle';
import { about, machine, progress } from './about.ts';
import { buildClone, otherClone } from './before.ts';
import { barChart } from './chart.ts';
import { growthHelp, runGrowth } from './growth.ts';
import { installPeers, versions } from './install.ts';
import { BadInput, peers, read } from './options.ts';
import type { Options } from './options.ts';
import { recorderHelp, runRecorder } from './recorder.ts';
import { failureOf, failures, json, ratioGroups } from './report.ts';
import { compile, measure } from './rounds.ts';
import { runSoak, soakHelp } from './soak.ts';
import { comparison, goalTable, table } from './table.ts';
import { withBefore } from './variants.ts';
import { runWorkers, workersHelp } from './workers.ts';
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
${workersHelp}${growthHelp}${soakHelp}${recorderHelp}`;

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
    const heading = about(facts, { ...options, peers: !before || options.needsPeers ? peers : [] });
    console.log(heading);
    if (before) console.log(`\n${comparison(results)}`);
    if (!before || options.needsPeers) console.log(`\n${table(results)}`);
    const goals = goalTable(results);
    if (goals && !options.quick) console.log(`\nGoals\n${goals}`);
    const failed = failures(results);
    if (failed.length > 0) console.log(`\nFailed\n${failed.join('\n')}`);
    if (options.json !== undefined)
      writeFileSync(
        options.json,
        json({ ...facts, rounds: options.rounds, quick: options.quick, versions: versions(peers) }, results),
      );
    if (options.svg !== undefined) {
      const unit = 'times as long (as much) as native async/await';
      writeFileSync(
        options.svg,
        yield* call(
          barChart({
            title: 'treadle and its peers',
            subtitle: heading,
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
  if (first === 'workers') return runWorkers(rest);
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
