// The process that measures how the cost of one operation grows, and nothing else. It prints a line of JSON as soon as
// it has measured a size, so that no figure is lost if a larger size takes too long or fails.
//
//   node child.js --list                         what there is to measure
//   node child.js --check                        does every one of them work, at a size of 10?
//   node --expose-gc child.js INDEX LARGEST
//
// Relies on all and kit.
import { writeSync } from 'node:fs';
import { growths } from './all.ts';
import { sample } from './kit.ts';
import type { Growth, Nature } from './kit.ts';

/** What the parent must know about each operation that can be measured. */
export interface Listed {
  readonly group: string;
  readonly name: string;
  readonly nature: Nature;
  readonly objects: number;
}

/** What was measured at one size. */
export interface Measured {
  readonly n: number;
  /** Nanoseconds per operation: the median of the samples. */
  readonly ns: number;
  readonly samples: readonly number[];
}

/** Milliseconds. A size is skipped if one sample would take longer: the smaller sizes have shown enough by then. */
const LONGEST = 60_000;
/** A size that takes longer than this has enough samples (ms). */
const ENOUGH = 4_000;

async function measure(growth: Growth, largest: number): Promise<void> {
  const warm = performance.now();
  do await sample(growth, 100);
  while (performance.now() - warm < 300);
  await sample(growth, 1_000);
  let before = Infinity;
  let step = 1;
  for (let n = 1; n <= Math.min(largest, growth.max ?? Infinity); n *= 10) {
    const samples: number[] = [];
    const start = performance.now();
    let took = 0;
    while (
      samples.length <
        (n < 1e5 ? 7
        : n < 1e6 ? 5
        : 3) &&
      performance.now() - start < ENOUGH
    ) {
      globalThis.gc?.(); // this sample should not pay for the garbage of the one before
      const began = performance.now();
      samples.push(await sample(growth, n));
      took = Math.max(took, performance.now() - began);
    }
    const ns = [...samples].sort((a, b) => a - b)[samples.length >> 1]!;
    writeSync(1, `${JSON.stringify({ n, ns, samples } satisfies Measured)}\n`);
    // Where n outgrows a cache, the cost jumps once. An operation that visits all n costs ten times more at each size.
    const last = step;
    step = Math.max(1, ns / before);
    if (took * Math.min(last, step) * (n < 1e4 ? 1 : 10) > LONGEST) return;
    before = ns;
  }
}

async function check(): Promise<void> {
  for (const { group, name, once } of growths) {
    const { ms, operations } = await once(10);
    if (!(ms >= 0 && operations > 0)) throw new Error(`${group}: ${name} measures nothing`);
  }
}

const [what = '', largest] = process.argv.slice(2);
if (what === '--list')
  writeSync(
    1,
    `${JSON.stringify(growths.map(({ group, name, nature = 'step', objects = 4 }) => ({ group, name, nature, objects }) satisfies Listed))}\n`,
  );
else {
  (what === '--check' ? check() : measure(growths[Number(what)]!, Number(largest))).then(
    () => process.exit(), // no matter what the host still waits for
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
}
