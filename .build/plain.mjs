// Makes .cache/plain/: lib/, spec/, demos/ and the programs in docs/ as plain JavaScript, a file for each source, for
// the specs to run. The files of lib/ have their code in chunks (plain-lib.mjs).
//
// Node 20 reads TypeScript only with hooks, which live on a thread of their own and are asked twice for each module.
// They take a process 100 ms of the processor or more, and `npm test` starts more than a thousand processes. So what
// specs import names plain files, 'treadle' and 'uvu' included, and there is nothing to hook. Source maps make stack
// traces and coverage speak of the .ts files.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { makePeers } from './plain-peers.mjs';
import { cache, files, root } from './tools.mjs';

const plain = join(cache, 'plain');
const stamp = join(plain, 'stamp');

const sources = () =>
  ['lib', 'spec', 'demos', 'docs'].flatMap((folder) =>
    files(folder, (path) => path.endsWith('.ts') && !path.endsWith('.d.ts')),
  );

/** The plain file that is made of a source: the path of one, and the path from the root of the other. */
export const plainOf = (source) => join(plain, source.replace(/\.ts$/, '.js'));

/** What a specifier names in plain files: 'treadle' and '#host' mean the sources, and uvu our thin cover of it. */
function plainSpecifier(specifier, from) {
  const [, part = ''] = /^treadle(?:\/([\w-]+))?$/.exec(specifier) ?? [];
  const source =
    specifier === '#host' ? 'lib/host/node.ts'
    : specifier === 'uvu' ? '../../.build/uvu.mjs'
    : /^treadle(\/|$)/.test(specifier) ? posix.join('lib', part, 'index.ts')
    : /^\.\.?\/.*\.ts$/.test(specifier) ? posix.join(posix.dirname(from), specifier)
    : undefined;
  if (source === undefined) return specifier;
  const path = posix.relative(posix.dirname(from), source.replace(/\.ts$/, '.js'));
  return path.startsWith('.') ? path : `./${path}`;
}

/**
 * Rewrites the imports that esbuild has printed, one a line and between double quotes. Lines stay lines, so the source
 * maps stay true. Programs within strings are between other quotes, and are left alone.
 */
const withPlainImports = (code, from) =>
  code.replace(
    /^((?:import|export) (?:.* from )?|} from |.*\bimport\()"([^"]*)"/gm,
    (_, before, specifier) => `${before}"${plainSpecifier(specifier, from)}"`,
  );

/** The packages of a folder, for the plain files in another one. A link that leads nowhere does no harm. */
function linkPackages(folder) {
  const link = join(plain, folder, 'node_modules');
  rmSync(link, { force: true });
  mkdirSync(dirname(link), { recursive: true }); // there may be nothing else in it
  symlinkSync(join(root, folder, 'node_modules'), link, 'junction');
}

/** Some demos have packages of their own. They are found from the plain files, too, once they are installed. */
function linkAllPackages() {
  for (const path of files('demos', (name) => name.endsWith('/package.json'))) linkPackages(dirname(path));
}

/** Makes what is missing or out of date: a few ms when nothing is. */
export async function makePlain() {
  await makePeers();
  const paths = sources();
  const print = [...paths, '.build/plain.mjs', '.build/plain-lib.mjs', 'package-lock.json']
    .map((path) => {
      const { mtimeMs, size } = statSync(join(root, path));
      return `${path} ${mtimeMs} ${size}`;
    })
    .join('\n');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === print) return;
  const [{ build }, { plainLib }] = await Promise.all([import('esbuild'), import('./plain-lib.mjs')]);
  const common = {
    absWorkingDir: root,
    outbase: '.',
    outdir: plain,
    format: 'esm',
    platform: 'node',
    target: 'es2022',
    sourcemap: 'linked',
    sourcesContent: false,
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true, target: 'es2022' } },
    write: false,
    logLevel: 'error',
  };
  const isLib = (path) => path.startsWith('lib/');
  const [ofLib, { outputFiles }] = await Promise.all([
    plainLib(paths.filter(isLib), common),
    build({ ...common, entryPoints: paths.filter((path) => !isLib(path)) }),
  ]);
  const kept = new Set();
  for (const { path, text } of [...ofLib, ...outputFiles]) {
    const name = relative(root, path).replaceAll('\\', '/');
    kept.add(name);
    const contents = path.endsWith('.js') ? withPlainImports(text, posix.relative('.cache/plain', name)) : text;
    if (existsSync(path) && readFileSync(path, 'utf8') === contents) continue;
    mkdirSync(dirname(path), { recursive: true });
    // Whole or not at all: other processes may be reading.
    const draft = `${path}.${process.pid}`;
    writeFileSync(draft, contents);
    renameSync(draft, path);
  }
  for (const path of files('.cache/plain'))
    // Not the drafts of another process.
    if (!kept.has(path) && !/\.\d+$/.test(path)) rmSync(path, { force: true });
  linkAllPackages();
  writeFileSync(stamp, print);
}
