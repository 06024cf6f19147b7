// Lets Node run TypeScript: esbuild takes the types out as a module is loaded. Node 20 cannot do it
// itself, and later ones leave no source map. The source map is inline so that stack traces and
// coverage speak of the .ts file. And in lib/ it makes '#host' mean the source, where package.json means the
// built file. Written without promises: the same two functions serve Node's hooks on a thread of their own
// (module.register) and those in the program's (module.registerHooks).
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cache, refusalOf } from './tools.mjs';

const folder = join(cache, 'transpiled');
const version = createRequire(import.meta.url)('esbuild/package.json').version;

/** As in tsconfig.json. */
const compilerOptions = { verbatimModuleSyntax: true, target: 'es2022', useDefineForClassFields: false };
const made = JSON.stringify({ version, compilerOptions });

const lib = new URL('../lib/', import.meta.url).href;
const demos = new URL('../demos/', import.meta.url).href;

export function resolve(specifier, context, next) {
  if (specifier === '#host' && context.parentURL?.startsWith(lib)) return next(`${lib}host/node.ts`, context);
  // A demo with a package.json of its own is a package of its own, which does not find treadle by its name.
  if (/^treadle(\/|$)/.test(specifier) && context.parentURL?.startsWith(demos))
    return next(specifier, { ...context, parentURL: `${demos}index.js` });
  return next(specifier, context);
}

export function load(url, context, next) {
  if (!url.startsWith('file:') || !/\.ts($|\?)/.test(url)) return next(url, context);
  return { format: 'module', source: transpiled(fileURLToPath(url.split('?')[0])), shortCircuit: true };
}

function transpiled(path) {
  const { mtimeMs, size } = statSync(path);
  const key = `// ${made} ${mtimeMs} ${size} ${path}\n`;
  const kept = join(folder, encodeURIComponent(path).slice(-200));
  try {
    const text = readFileSync(kept, 'utf8');
    if (text.startsWith(key)) return text.slice(key.length);
  } catch {
    // Not kept yet.
  }
  // Only now: loading esbuild costs more than everything else here.
  const { code } = createRequire(import.meta.url)('esbuild').transformSync(readFileSync(path, 'utf8'), {
    loader: 'ts',
    format: 'esm',
    target: 'es2022',
    sourcemap: 'inline',
    sourcefile: basename(path),
    tsconfigRaw: { compilerOptions },
  });
  keep(kept, key + code);
  return code;
}

/** For the next time. In a checkout that cannot be written there is no next time, and programs run all the same. */
function keep(path, text) {
  try {
    mkdirSync(folder, { recursive: true });
    // Whole or not at all: other processes may be reading.
    const draft = `${path}.${process.pid}`;
    writeFileSync(draft, text);
    renameSync(draft, path);
  } catch (error) {
    if (refusalOf(error) === undefined) throw error;
  }
}
