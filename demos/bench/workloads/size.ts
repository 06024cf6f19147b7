// What a page has to load: bytes of brotli after esbuild has bundled and minified for a browser, as
// spec/house/package.spec.ts does it for treadle. `core` is the least that it takes to start a task from outside, start
// another one from there, sleep and take a result. `entry` is everything in the package's main entry.
//
// What is bundled is a list of exports, not a program, so that only the library is weighed. Relies on where.
import { brotliCompressSync } from 'node:zlib';
import type { Workload } from '../workload.ts';
import { here, root } from '../where.ts';

/** `from`: treadle is resolved from the top of the clone, the peers from the benchmark's folder. */
const weigh = (contents: string, from = here): Promise<number> =>
  import('esbuild')
    .then(({ build }) =>
      build({
        stdin: { contents, resolveDir: from },
        bundle: true,
        format: 'esm',
        platform: 'browser',
        target: 'es2022',
        minify: true,
        write: false,
        logLevel: 'silent',
        // Not the clone's own, in which 'treadle' means the sources instead of what is published.
        tsconfigRaw: {},
        // effection asks for node:process at run time, in Node only.
        external: ['node:*'],
        // Bundlers for pages replace this. Some peers have a branch for development.
        define: { 'process.env.NODE_ENV': '"production"' },
      }),
    )
    .then(({ outputFiles }) => brotliCompressSync(outputFiles[0]!.contents).length);

const both = (core: string, entry: string, from?: string) => () =>
  Promise.resolve(() =>
    Promise.all([weigh(core, from), weigh(entry, from)]).then(([coreBytes, entryBytes]) => ({
      core: coreBytes,
      entry: entryBytes,
    })),
  );

export default {
  id: 'size',
  title: 'size of the bundle',
  n: 1,
  warmUp: 0,
  samples: 1,
  figures: { core: 'B', entry: 'B' },
  variants: {
    treadle: both("export { run, spawn, sleep, join } from 'treadle';", "export * from 'treadle';", root),

    // From its modules instead of the main entry, so that the size does not depend on how well the rest is shaken off.
    // `gen` is needed because without it, or combinators, two steps cannot be put together.
    effect: both(
      "export { runPromise, forkChild, sleep, gen } from 'effect/Effect'; export { join } from 'effect/Fiber';",
      "export * from 'effect';",
    ),

    // A task is joined with the language's `yield*`.
    effection: both("export { run, spawn, sleep } from 'effection';", "export * from 'effection';"),

    'redux-saga': both(
      "export { runSaga } from 'redux-saga'; export { fork, delay, join } from 'redux-saga/effects';",
      "export * from 'redux-saga'; export { default } from 'redux-saga'; export * as effects from 'redux-saga/effects';",
    ),

    // `co` starts, `yield` joins, and a sleep must be written by hand. It has no cancellation.
    co: both("export { default } from 'co';", "export { default } from 'co';"),

    // A single file, of which nothing can be left out.
    bluebird: both("export { default } from 'bluebird';", "export { default } from 'bluebird';"),
  },
  goals: [
    { variant: 'treadle', figure: 'core', limit: 4_000 },
    { variant: 'treadle', figure: 'entry', limit: 14_000 },
  ],
} satisfies Workload;
