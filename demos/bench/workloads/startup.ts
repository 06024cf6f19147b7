// What an import costs a starting program: the time of a node process that imports and ends, less that of one that only
// ends. The two are started in turns, and the median of the differences is taken.
//
// From each peer only what the smallest program needs is imported (the list of size.ts), from its package as npm
// installs it. Nothing is bundled. Relies on where.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Sample, Workload } from '../workload.ts';
import { here, root } from '../where.ts';

const WARM = 3;

const middle = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] as number;

/** Milliseconds from the start of a process to its end. */
function once(code: string): number {
  const begin = performance.now();
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', code], {
    cwd: here,
    encoding: 'utf8',
    timeout: 10_000,
  });
  if (status !== 0) throw new Error(`${code}\n${stderr}`);
  return performance.now() - begin;
}

const importing = (code: string) => (): Promise<Sample> =>
  Promise.resolve((pairs) => {
    const differences: number[] = [];
    const warm = Math.min(WARM, pairs);
    for (let i = 0; i < pairs + warm; i++) {
      const [first, second] = i % 2 ? [code, ''] : ['', code];
      const a = once(first);
      const b = once(second);
      if (i < warm) continue; // fills the disk's cache
      differences.push(i % 2 ? a - b : b - a);
    }
    return { import: middle(differences) };
  });

export default {
  id: 'startup',
  title: 'importing',
  n: 25,
  quick: 1, // four processes
  warmUp: 0,
  samples: 1,
  figures: { import: 'ms' },
  variants: {
    // The built package, by the file that its manifest names, because the clone itself is not installed anywhere.
    // What the package's exports give to Node.
    treadle: importing(`import ${JSON.stringify(pathToFileURL(join(root, 'dist', 'node', 'index.js')).href)};`),
    // Two of its modules. The package's main entry imports all of them, which takes three times as long.
    effect: importing("import 'effect/Effect'; import 'effect/Fiber';"),
    effection: importing("import 'effection';"),
    'redux-saga': importing("import 'redux-saga'; import 'redux-saga/effects';"),
    co: importing("import 'co';"),
    bluebird: importing("import 'bluebird';"),
    // Nothing: the difference of two equal processes is the noise.
    floor: importing(' '),
  },
  goals: [{ variant: 'treadle', figure: 'import', limit: 8 }],
} satisfies Workload;
