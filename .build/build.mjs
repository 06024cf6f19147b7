// Makes dist/ from lib/: the code by esbuild, the declarations by tsc. One output file for each
// source: that reads like the source, lets a bundler drop whole files that a program does not use
// (`sideEffects: false`), and gives every entry point the same copy of the kernel's classes.
import { build } from 'esbuild';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { files, root, tsc } from './tools.mjs';

/** A leading underscore marks what users never see: in dist/ it may as well be short (`_inbox` becomes `h`). */
const internal = /^_/;
const declaration = (path) => /\.d\.ts(\.map)?$/.test(path);
const sources = () => files('lib', (path) => path.endsWith('.ts'));

/** Removes what an earlier build left of sources that are gone. */
function sweep(kind, extensions) {
  const kept = new Set(
    sources().flatMap((path) => extensions.map((extension) => path.replace('lib/', 'dist/').replace(/\.ts$/, extension))),
  );
  for (const path of files('dist', kind)) if (!kept.has(path)) rmSync(join(root, path));
}

/**
 * The short names: chosen once, because files that are built apart must agree on them. The smallest program
 * chooses first, so that it gets the shortest, then all of lib/.
 */
async function shortNames() {
  let mangleCache = {};
  for (const wanted of [/(kernel\/(run|\w+-browser)|effects\/(spawn|sleep|join))\.ts$/, /\.ts$/]) {
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
const codesFile = 'lib/kernel/codes.ts';
const codes = () => Object.fromEntries(Array.from(readFileSync(join(root, codesFile), 'utf8').matchAll(/^export const (\w+) = (\d+);/gm), ([, name, value]) => [name, value]));
const writtenOut = {
  name: 'codes',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      // The lines are left, empty, so that the source maps stay true.
      return { loader: 'ts', contents: text.replace(/^import \{[^}]*\} from '[^']*codes\.ts';/m, (line) => line.replace(/[^\n]/g, '')) };
    });
  },
};

export async function buildCode() {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: sources(),
    outdir: 'dist',
    outbase: 'lib',
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
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
  for (const { path, text } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true });
    // Whole or not at all: a demo may be starting.
    const draft = `${path}.${process.pid}`;
    writeFileSync(draft, withJs(text));
    renameSync(draft, path);
  }
  sweep((path) => !declaration(path), ['.js', '.js.map']);
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
  return text.replace(/^ +(?!private)(?:(?:readonly|protected|abstract|static|get|set) )*_\w+[^;{}]*(?:\{[^{}]*\}[^;{}]*)*;$/gm, '');
}

export async function buildTypes() {
  for (const view of ['lib', 'workers']) {
    const { code, output } = await tsc('-p', `.build/tsconfig.${view}.json`);
    if (code !== 0) throw new Error(`treadle: no declarations, lib/ does not pass the type check\n${output}`);
  }
  sweep(declaration, ['.d.ts', '.d.ts.map']);
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
