// Makes dist/ from lib/: the code by esbuild, the declarations by tsc. One output file for each
// source: that reads like the source, lets a bundler drop whole files that a program does not use
// (`sideEffects: false`), and gives every entry point the same copy of the kernel's classes. And in dist/node/ one
// file for each entry point and one for what these share, because Node imports 3 files faster than 50.
import { build } from 'esbuild';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { files, root, tsc } from './tools.mjs';

/** A leading underscore marks what users never see: in dist/ it may as well be short (`_inbox` becomes `h`). */
const internal = /^_/;
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

/**
 * The short names: chosen once, because files that are built apart must agree on them. The smallest program
 * chooses first, so that it gets the shortest, then all of lib/.
 */
async function shortNames() {
  let mangleCache = {};
  for (const wanted of [
    /((loop\/run|host\/browser|words\/messages-browser)|effects\/(spawn|sleep|join))\.ts$/,
    /\.ts$/,
  ]) {
    ({ mangleCache } = await build({
      absWorkingDir: root,
      entryPoints: files('lib', (path) => wanted.test(path)),
      outdir: 'dist',
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'neutral',
      external: ['node:*'],
      mangleProps: internal,
      mangleCache,
      write: false,
      logLevel: 'error',
    }));
  }
  return mangleCache;
}

// A number that is imported is looked up in the other module each time: 12 % of a step. So the codes are written out.
const codesFile = 'lib/kernel/modes.ts';
const codes = () =>
  Object.fromEntries(
    Array.from(
      readFileSync(join(root, codesFile), 'utf8').matchAll(/^export const (\w+) = (\d+);/gm),
      ([, name, value]) => [name, value],
    ),
  );
const writtenOut = {
  name: 'codes',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      // The lines are left, empty, so that the source maps stay true.
      return {
        loader: 'ts',
        contents: text.replace(/^import \{[^}]*\} from '[^']*modes\.ts';/m, (line) => line.replace(/[^\n]/g, '')),
      };
    });
  },
};

/** What both builds have in common. */
const common = async () => ({
  absWorkingDir: root,
  outbase: 'lib',
  format: 'esm',
  target: 'es2022',
  mangleProps: internal,
  mangleCache: await shortNames(),
  define: codes(),
  plugins: [writtenOut],
  sourcemap: true,
  // lib/ is in the package: the maps need not repeat it.
  sourcesContent: false,
  write: false,
  logLevel: 'error',
});

export async function buildCode() {
  const options = await common();
  const perFile = await build({ ...options, entryPoints: sources(), outdir: 'dist', platform: 'neutral' });
  // For Node, which would spend 20 ms on finding and reading 50 small files: whole entries, and what they share.
  const entries = sources().filter((path) => /^lib\/((testing|workers|tracing)\/)?(index|entry)\.ts$/.test(path));
  const forNode = await build({
    ...options,
    entryPoints: entries,
    outdir: 'dist/node',
    platform: 'node',
    bundle: true,
    splitting: true,
    chunkNames: 'shared-[hash]',
  });
  const kept = new Set();
  for (const { path, text } of [...perFile.outputFiles, ...forNode.outputFiles]) {
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

/**
 * Members whose names start with an underscore are no one's business, and in dist/ they have other names.
 * The lines are left, empty, so that the declaration maps stay true. A private one is kept: it is what makes
 * TypeScript tell the class from another of the same shape.
 */
function withoutInternals(text) {
  return text.replace(
    /^ +(?!private)(?:(?:readonly|protected|abstract|static|get|set) )*_\w+[^;{}]*(?:\{[^{}]*\}[^;{}]*)*;$/gm,
    '',
  );
}

export async function buildTypes() {
  for (const view of ['lib', 'workers']) {
    const { code, output } = await tsc('-p', `.build/tsconfig.${view}.json`);
    if (code !== 0) throw new Error(`treadle: no declarations, lib/ does not pass the type check\n${output}`);
  }
  sweepTypes();
  for (const path of files('dist', (name) => name.endsWith('.d.ts')).map((name) => join(root, name))) {
    const text = withoutInternals(readFileSync(path, 'utf8'));
    writeFileSync(path, withJs(text));
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
