// A million tasks that sleep at the same time: how late the last one wakes, and how much CPU time and memory it takes.
// The programs are in sleeping.ts.
//
// Sleeper i sleeps 1 to 1,000 ms. Each length is used for a thousandth of them, in no order. Time is taken from before
// the first one is made, so making them counts, too. In a perfect world the last one wakes 1,000 ms later; `overrun` is
// the time beyond that. One cold sample is taken, because the question is what a process needs from its start, and its
// peak of memory can be read only once.
import type { Sample, Workload } from '../workload.ts';
import { count, variantsOf } from './sleeping.ts';
import type { Program } from './sleeping.ts';

const LAST = 1_000;

/** 7,919 is a prime, so each length comes up equally often, and neighbours are far apart. */
const length = (i: number) => 1 + ((i * 7_919) % LAST);

const measure =
  (program: Program): Sample =>
  (n) => {
    count.woken = 0;
    const before = process.cpuUsage();
    const begin = performance.now();
    return program(n, length).then(() => {
      const overrun = performance.now() - begin - LAST;
      const { user, system } = process.cpuUsage(before);
      if (count.woken !== n) throw new Error(`${count.woken} of ${n} sleepers woke`);
      return { overrun, cpu: (user + system) / 1_000, rss: process.resourceUsage().maxRSS / 1_024 };
    });
  };

export default {
  id: 'sleepers',
  title: '1,000,000 sleepers',
  n: 1_000_000,
  warmUp: 0,
  samples: 1,
  timeoutMs: 60_000,
  figures: { overrun: 'ms', cpu: 'ms', rss: 'MB' },
  variants: variantsOf(measure),
  goals: [
    { variant: 'treadle', to: 'native', figure: 'overrun', limit: 0.42 },
    { variant: 'treadle', to: 'native', figure: 'cpu', limit: 0.45 },
    { variant: 'treadle', to: 'native', figure: 'rss', limit: 0.6 },
  ],
} satisfies Workload;
