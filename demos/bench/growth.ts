// Growth: what an operation costs when there are n of something, for n from 1 to 1,000,000. Each operation is
// measured in a process of its own (growth/child.ts). This file has the command, the verdict, the table and the chart.
//
// The verdict. The contract says that no step is worse than O(log n). From 1,000 to 1,000,000 a logarithm doubles. But
// in that range the memory of n tasks also outgrows the processor's caches, and the garbage collector copies a million
// live objects. That adds some hundred nanoseconds even to an O(1) operation, in any engine. What the machine adds for
// one object is measured in the same run by the controls, which do not use treadle. A step touches about four such
// objects: the task, its generator, and its two neighbours in a queue. A level of a combinator makes about twelve
// (growth/kit.ts, `objects`). So the largest size may cost
//
//     log(largest) / log(1,000)  *  (the cost at 1,000  +  objects  *  what a control costs more than at 1,000)
//
// An operation that visits all n costs a hundred times more than that. The fastest sample of each size is taken,
// because other programs on the machine can only make a sample slower.
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { call, coroutine, main } from 'treadle';
import { lineChart } from './chart.ts';
import type { Listed, Measured } from './growth/child.ts';
import { installPeers } from './install.ts';
import { BadInput } from './options.ts';
import { measuring } from './process.ts';
import { compile } from './rounds.ts';
import { here } from './where.ts';

export const growthHelp = `
node demos bench growth: what one operation costs, in nanoseconds, when there
are n of something, from 1 to 1,000,000: live tasks, timers, levels of calls,
items in a queue, children, waiting tasks, done callbacks. Takes 15 minutes.

  --only WORDS    only operations whose names contain one of these
  --largest N     the largest n (default 1000000)
  --json FILE     write everything that was measured
  --svg FILE      draw, from each group, the operation nearest to its limit

Exit code 1: an operation grows faster than log n, or failed.
`;

/** The size that growth is counted from. Smaller ones fit into the nearest cache and cost hardly more than their loop. */
const FROM = 1_000;
/** Milliseconds for one operation at all sizes. */
const LIMIT = 180_000;

export interface Grown extends Listed {
  readonly sizes: readonly Measured[];
  readonly error?: string | undefined;
}

const best = ({ samples }: Measured): number => Math.min(...samples);
const at = ({ sizes }: Grown, n: number): Measured | undefined => sizes.find((size) => size.n === n);

/** What the machine adds to the cost of touching one of n objects, by the control that grows most. */
function machine(all: readonly Grown[], n: number): number {
  const added = all
    .filter(({ nature }) => nature === 'control')
    .map((control) => {
      const [from, to] = [at(control, FROM), at(control, n)];
      return from && to ? best(to) - best(from) : 0;
    });
  return Math.max(0, ...added);
}

export interface Verdict {
  /** The largest size that was measured, and how many times as much it costs there as at 1,000. */
  readonly largest: number;
  readonly times: number;
  /** The nanoseconds that it may cost there. */
  readonly limit: number;
  readonly good: boolean;
}

/** Undefined if there are not enough sizes to tell. */
export function verdict(grown: Grown, all: readonly Grown[]): Verdict | undefined {
  const from = at(grown, FROM);
  const last = grown.sizes.at(-1);
  if (!from || !last || last.n <= FROM) return undefined;
  const limit = (Math.log(last.n) / Math.log(FROM)) * (best(from) + grown.objects * machine(all, last.n));
  return { largest: last.n, times: best(last) / best(from), limit, good: best(last) <= limit };
}

const figure = (ns: number) =>
  ns >= 1e6 ? `${(ns / 1e6).toFixed(ns < 1e7 ? 1 : 0)} ms`
  : ns >= 1e4 ? `${(ns / 1e3).toFixed(ns < 1e5 ? 1 : 0)} us`
  : ns < 10 ? ns.toFixed(1)
  : ns.toFixed(0);

export function growthTable(all: readonly Grown[]): string {
  const sizes = [...new Set(all.flatMap((grown) => grown.sizes.map(({ n }) => n)))].sort((a, b) => a - b);
  const head = ['', ...sizes.map((n) => n.toLocaleString('en')), 'growth', 'at most', ''];
  let group = '';
  const rows: string[][] = [];
  for (const grown of all) {
    if (grown.group !== group) rows.push([(group = grown.group)]);
    const judged = verdict(grown, all);
    rows.push([
      `  ${grown.name}${grown.nature === 'listing' ? ', each' : ''}`,
      ...sizes.map((n) => {
        const size = at(grown, n);
        return size ? figure(best(size)) : '';
      }),
      judged ? judged.times.toFixed(1) : '',
      judged && grown.nature !== 'control' ? figure(judged.limit) : '',
      grown.error ?? (grown.nature === 'control' || !judged || judged.good ? '' : 'WORSE'),
    ]);
  }
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => (row.length > 1 ? (row[column] ?? '').length : 0))),
  );
  const line = (row: string[]) =>
    row
      .map((cell, column) =>
        column === 0 || column === row.length - 1 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
      )
      .join('  ')
      .trimEnd();
  return [head, ...rows].map(line).join('\n');
}

/** From each group, and from the controls, the operation that comes nearest to its limit or exceeds it most. */
function series(all: readonly Grown[]) {
  const groups = [...new Set(all.map(({ group }) => group))];
  const share = (grown: Grown) => {
    const judged = verdict(grown, all);
    return judged ? best(grown.sizes.at(-1)!) / judged.limit : 0;
  };
  return groups.flatMap((group) => {
    const most = all
      .filter((grown) => grown.group === group && share(grown) > 0)
      .sort((a, b) => share(b) - share(a))[0];
    return most ?
        [
          {
            name: group === 'control' ? 'control' : `${group}: ${most.name}`,
            points: most.sizes.map((size) => [size.n, best(size)] as const),
          },
        ]
      : [];
  });
}

interface Options {
  readonly only: readonly string[];
  readonly largest: number;
  readonly json: string | undefined;
  readonly svg: string | undefined;
}

function read(argv: readonly string[]): Options {
  const text = { type: 'string' } as const;
  try {
    const {
      only,
      largest = '1000000',
      json,
      svg,
    } = parseArgs({ args: [...argv], options: { only: text, largest: text, json: text, svg: text } }).values;
    if (!/^10+$/.test(largest) || Number(largest) < FROM)
      throw new Error(`--largest takes 1000, 10000 and so on, not "${largest}"`);
    return {
      only:
        only
          ?.split(',')
          .map((word) => word.trim())
          .filter(Boolean) ?? [],
      largest: Number(largest),
      json,
      svg,
    };
  } catch (error) {
    throw new BadInput((error as Error).message.split(/\. |\n/)[0]);
  }
}

const program = coroutine('growth', function* ({ only, largest, json, svg }: Options) {
  if (svg !== undefined) installPeers(); // echarts is one of them
  const { child, remove } = yield* call(compile(join(here, 'growth', 'child.ts')));
  const all: Grown[] = [];
  try {
    const listed = (yield* measuring([child, '--list'], LIMIT)).lines[0] as Listed[];
    const wanted = (one: Listed) =>
      one.nature === 'control' || only.length === 0 || only.some((word) => `${one.group}: ${one.name}`.includes(word));
    for (const [index, one] of listed.entries()) {
      if (!wanted(one)) continue;
      process.stderr.write(`growth: ${index + 1}/${listed.length}  ${one.group}: ${one.name}\n`);
      // Room for a million tasks. Otherwise the collector would work harder as the heap comes near its limit.
      const { lines, error } = yield* measuring(
        ['--expose-gc', '--max-old-space-size=8192', child, String(index), String(largest)],
        LIMIT,
      );
      all.push({ ...one, sizes: lines as Measured[], error });
    }
  } finally {
    remove();
    yield* report(all, json, svg); // after Ctrl-C, too
  }
});

const report = coroutine(
  'report',
  function* (all: readonly Grown[], json: string | undefined, svg: string | undefined) {
    const about = `${cpus()[0]?.model ?? ''}, ${cpus().length} cores, Node ${process.version}`;
    console.log(
      `${about}\nns an operation; growth: times as much at the largest n as at ${FROM.toLocaleString('en')}\n\n${growthTable(all)}`,
    );
    const bad = all.filter(
      (grown) => grown.nature !== 'control' && (grown.error !== undefined || verdict(grown, all)?.good === false),
    );
    console.log(
      bad.length === 0 ?
        '\nNothing grows faster than log n.'
      : `\nWorse than log n, or failed:\n${bad.map(({ group, name, nature }) => `  ${group}: ${name}${nature === 'listing' ? ' (a listing)' : ''}`).join('\n')}`,
    );
    if (json !== undefined)
      writeFileSync(
        json,
        `${JSON.stringify({ about, date: new Date().toISOString(), growth: all.map((grown) => ({ ...grown, verdict: verdict(grown, all) })) }, null, 1)}\n`,
      );
    if (svg !== undefined) {
      const subtitle = `from each group, the operation that comes nearest to its limit; control: what the machine itself does with n objects\n${about}`;
      writeFileSync(
        svg,
        yield* call(
          lineChart({
            title: 'What an operation costs beside n of something',
            subtitle,
            x: { name: 'n', log: true },
            y: { name: 'ns an operation', log: true },
            series: series(all),
          }),
        ),
      );
    }
    if (bad.length > 0) process.exitCode = 1;
  },
);

export function runGrowth(argv: string[]): void {
  if (argv.includes('--help') || argv.includes('-h')) return console.log(growthHelp.trim());
  try {
    main(program(read(argv)));
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    console.error(`${error.message}\n(--help lists the options)`);
    process.exitCode = 2;
  }
}
