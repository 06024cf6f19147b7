// Makes dist/ from lib/: the code by esbuild, the declarations by tsc. One output file for each
// source: that reads like the source, lets a bundler drop whole files that a program does not use
// (`sideEffects: false`), and gives every entry point the same copy of the kernel's classes. And in dist/node/ one
// file for each entry point and one for what these share, because Node imports 3 files faster than 50.
import { build } from 'esbuild';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { files, root, tsc } from './tools.mjs';

const declaration = (path) => /\.d\.ts(\.map)?$/.test(path);
const sources = () => files('lib', (path) => path.endsWith('.ts'));

/** Removes the declarations that an earlier build left of sources that are gone. */
function sweepTypes() {
  const kept = new Set(
    sources().flatMap((path) =>
      ['.d.ts', '.d.ts.map'].map((extension) => path.replace('lib/', 'dist/').replace(/\.ts$/, extension)),
    ),
  );
  for (const path of files('dist', declaration)) if (!kept.has(path)) rmSync(join(root, path));
}

// The numbers of modes.ts are written out where they are used: `mode === 2 /* CLOSE */`. To look one up in another
// module takes 12 % of a step, and esbuild writes out imported constants only in bundles. What it always writes out,
// with the name beside it, is an enumeration of the same file. So a file that imports the numbers is given one instead.
const numbersFile = 'lib/kernel/modes.ts';
const numbers = () =>
  Array.from(readFileSync(join(root, numbersFile), 'utf8').matchAll(/^export const (\w+) = ([^;]+);/gm)).map(
    ([, name, value]) => ({ name, value }),
  );

/** `addition` gives what a file is to have at its end. */
function writtenOut(addition = () => '') {
  const enumeration = `const enum modes { ${numbers().map(({ name, value }) => `${name} = ${value}`)} }`;
  return {
    name: 'numbers',
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const contents = readFileSync(path, 'utf8').replace(
          /^import \{[^}]*\} from '[^']*\/modes\.ts';/m,
          (lines) => enumeration + lines.replace(/[^\n]/g, ''), // as many lines as before: the source maps stay true
        );
        return { loader: 'ts', contents: contents + addition(path) };
      });
    },
  };
}

/** What both builds have in common. */
const common = () => ({
  absWorkingDir: root,
  outbase: 'lib',
  format: 'esm',
  target: 'es2022',
  plugins: [writtenOut()],
  // Without their import the names mean nothing in a file, and esbuild replaces those.
  define: Object.fromEntries(numbers().map(({ name }) => [name, `modes.${name}`])),
  treeShaking: true, // of the enumeration, which nobody uses any more
  sourcemap: true,
  // lib/ is in the package: the maps need not repeat it.
  sourcesContent: false,
  write: false,
  logLevel: 'error',
});

export async function buildCode() {
  const options = common();
  const perFile = await build({ ...options, entryPoints: sources(), outdir: 'dist', platform: 'neutral' });
  // For Node, which would spend 20 ms on finding and reading 50 small files: whole entries, and what they share.
  const entries = sources().filter((path) =>
    /^lib\/((command|debug|distributed|instruments|testing|tracing|workers)\/)?(index|coroutines|exports|record)\.ts$/.test(
      path,
    ),
  );
  // Each of them imports the main entry, and so does nothing that it would not do without: then all that the main entry
  // consists of is in one file, whichever parts of it the others use. Without this it is in ten, and takes 10 ms to
  // import instead of 7.
  const addition = (path) => {
    const entry = relative(root, path).replaceAll('\\', '/');
    if (!entries.includes(entry) || entry === 'lib/index.ts') return '';
    return `\nimport '${relative(dirname(path), join(root, 'lib/index.ts')).replaceAll('\\', '/')}';`;
  };
  const forNode = await build({
    ...options,
    plugins: [writtenOut(addition)],
    ignoreAnnotations: true, // or the imports would go, because importing does nothing
    entryPoints: entries,
    outdir: 'dist/node',
    platform: 'node',
    bundle: true,
    splitting: true,
    alias: { '#host': './lib/host/node.ts' },
    chunkNames: 'shared-[hash]',
  });
  // The program of a worker is one file, with copies of the few words and questions that it needs: to load the engine
  // would take 6 ms of the 40 that its first call takes. It does so when a call needs it. The file is CommonJS, which
  // saves another 3 ms: an ES module that imports node:fs or node:util reads all that is in there, and so loads parts of
  // Node that are loaded when they are first read.
  const forWorkers = await build({
    ...options,
    entryPoints: ['lib/workers/entry.ts'],
    outdir: 'dist/node',
    outExtension: { '.js': '.cjs' },
    platform: 'node',
    format: 'cjs',
    bundle: true,
    external: ['./coroutines.ts'],
  });
  const kept = new Set();
  for (const { path, text } of [perFile, forNode, forWorkers].flatMap(({ outputFiles }) => outputFiles)) {
    kept.add(path);
    mkdirSync(dirname(path), { recursive: true });
    // Whole or not at all: a demo may be starting.
    const draft = `${path}.${process.pid}`;
    writeFileSync(draft, withJs(text));
    renameSync(draft, path);
  }
  for (const path of files('dist', (path) => !declaration(path)).map((path) => join(root, path)))
    if (!kept.has(path)) rmSync(path);
}

/**
 * Neither esbuild, which makes each file by itself, nor tsc, in declarations, turns './x.ts' into './x.js'.
 * It is as long, so the maps stay true.
 */
function withJs(text) {
  return text.replace(/(\bfrom |\bimport\(|^import )(['"])(\.[^'"]*)\.ts\2/gm, '$1$2$3.js$2');
}

export async function buildTypes() {
  for (const view of ['lib', 'workers']) {
    const { code, output } = await tsc('-p', `.build/tsconfig.${view}.json`);
    if (code !== 0) throw new Error(`treadle: no declarations, lib/ does not pass the type check\n${output}`);
  }
  sweepTypes();
  for (const path of files('dist', (name) => name.endsWith('.d.ts')).map((name) => join(root, name))) {
    writeFileSync(path, withJs(readFileSync(path, 'utf8')));
  }
}

if (process.argv[1] === join(root, '.build', 'build.mjs')) {
  try {
    await buildCode();
    await buildTypes();
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
