// The process that measures how one operation grows, and nothing else. Prints a line of JSON for each size as
// soon as it has it, so that no figure is lost when a larger size takes too long or does not work.
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

/** Of everything that can be measured: what the parent must know. */
export interface Listed {
  readonly group: string;
  readonly name: string;
  readonly nature: Nature;
  readonly objects: number;
}

/** What is known of one size. */
export interface Measured {
  readonly n: number;
  /** Nanoseconds an operation: the median of the samples. */
  readonly ns: number;
  readonly samples: readonly number[];
}

/** A size is not begun when one sample of it would take longer (ms): an operation that visits all n is measured far enough before. */
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
      globalThis.gc?.(); // the garbage of the sample before is not this one's
      const began = performance.now();
      samples.push(await sample(growth, n));
      took = Math.max(took, performance.now() - began);
    }
    const ns = [...samples].sort((a, b) => a - b)[samples.length >> 1]!;
    writeSync(1, `${JSON.stringify({ n, ns, samples } satisfies Measured)}\n`);
    // Where the caches end an operation is suddenly dearer, once. One that visits all n is ten times dearer each time.
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
    () => process.exit(), // whatever the host still waits for
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
}
