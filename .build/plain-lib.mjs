// lib/ in .cache/plain/: the code is in two dozen chunks, and the plain file of each source exports from these what
// the source exports.
//
// Node needs most of a millisecond of the processor to find, read and compile one more module. With 100 of them a
// process that imports treadle spends 75 ms on it, and with three chunks 15 ms; the specs start more than a thousand
// processes and workers. Specs, and all that they start, load the same chunks. So there is one copy of a class in a
// process, whichever files of lib/ it imports, and what several processes cover of a chunk is added up. dist/node/
// would not do: it has the entries of the package alone, and coverage of one source in two scripts is not added up.
import { build } from 'esbuild';
import { readFileSync } from 'node:fs';
import { join, posix, relative, resolve } from 'node:path';
import { cache, root } from './tools.mjs';

const outdir = join(cache, 'plain');
/** The path from the root. */
const pathOf = (path) => relative(root, path).replaceAll('\\', '/');
const main = 'lib/index.ts';
const worker = 'lib/workers/entry.ts';
/** What users import, and the program of a worker. */
const isEntry = (path) => path === worker || /^lib\/(\w+\/)?index\.ts$/.test(path);

/** What each source imports when it is loaded. */
async function importsOf(options, paths) {
  const { metafile } = await build({ ...options, entryPoints: paths, outdir, metafile: true });
  const isStatic = ({ kind, external }) => kind === 'import-statement' && !external;
  const imported = ({ imports }) => imports.filter(isStatic).map(({ path }) => path);
  return new Map(Object.entries(metafile.inputs).map(([path, input]) => [path, imported(input)]));
}

/** All that this leads to, itself included. `next` gives the next ones of each. */
function reached(start, next) {
  const all = new Set([start]);
  // A set also goes through what is added meanwhile.
  for (const one of all) for (const other of next(one)) all.add(other);
  return [...all];
}

/** For each source those that are to be in one chunk with it: they belong to the same entries. */
function groupsOf(paths, imports) {
  const entries = paths.filter(isEntry);
  const users = new Map(paths.map((path) => [path, []]));
  for (const entry of entries)
    for (const path of reached(entry, (one) => imports.get(one))) users.get(path).push(entry);
  const groups = new Map();
  const groupOf = new Map();
  for (const [path, all] of users) {
    const key =
      // A program runs as soon as it is loaded: nothing else may be in its chunk.
      path === worker || all.length === 0 ? `alone: ${path}`
      : all.includes(main) ? `main: ${all.includes(worker)}`
      : all.includes(worker) ? `worker: ${all.length > 1}`
      : all.join();
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(path);
    groupOf.set(path, groups.get(key));
  }
  return groupOf;
}

/**
 * The text of an entry point of esbuild, which stands for one source. esbuild puts into one chunk what the same entry
 * points reach. So each of them imports, for every source that it reaches, the whole group of that source.
 */
function entryPoint(path, groupOf, imports) {
  const all = reached(path, (one) => [...imports.get(one), ...groupOf.get(one)]);
  const source = readFileSync(join(root, path), 'utf8');
  return [
    ...all.map((one) => `import './${one}';`),
    `export * from './${path}';`,
    /^export default /m.test(source) ? `export { default } from './${path}';` : '',
  ].join('\n');
}

/**
 * One more entry point, which imports all sources, and whose file is not kept. With it no code belongs to a single
 * entry point, and so all code is in chunks.
 */
const EVERYTHING = 'everything';

/** Comments and strings are matched as a whole, so that `import.meta.url` in one of these is not found. */
const OWN_URL = /\/\/.*|\/\*[^]*?\*\/|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|\bimport\.meta\.url\b/g;

function plugin(textOf) {
  const name = 'entry-point';
  return {
    name,
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^entry-point:/ }, ({ path }) => ({ path: path.slice(name.length + 1), namespace: name }));
      onLoad({ filter: /./, namespace: name }, ({ path }) => ({ contents: textOf(path), resolveDir: root }));
      // Or what is imported later would be an entry point without its groups.
      onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) =>
        kind === 'dynamic-import' ? { path: pathOf(resolve(resolveDir, path)), namespace: name } : undefined,
      );
      // A source that looks for a file beside it must get the URL of its plain file, not of the chunk.
      onLoad({ filter: /\.ts$/, namespace: 'file' }, ({ path }) => {
        const beside = pathOf(path).replace(/^lib/, '.').replace(/ts$/, 'js');
        const url = `new URL('${beside}', import.meta.url).href`;
        const contents = readFileSync(path, 'utf8').replace(OWN_URL, (found) =>
          found === 'import.meta.url' ? url : found,
        );
        return { loader: 'ts', contents };
      });
    },
  };
}

/**
 * The names of chunks: the folder of most of their sources, and a number. A name with a hash would go away with a
 * change, and a process that runs could not load it any more.
 */
function namesOf(outputs) {
  const names = new Map();
  const taken = new Map();
  const chunks = Object.entries(outputs).filter(([path]) => /\/chunk-\w+\.js$/.test(path));
  for (const [path, { inputs }] of chunks.sort(([, a], [, b]) => b.bytes - a.bytes)) {
    const sources = Object.keys(inputs).filter((input) => inputs[input].bytesInOutput > 0);
    const folders = sources.map((source) => posix.dirname(source).replace(/^lib\//, ''));
    const count = (folder) => folders.filter((one) => one === folder).length;
    const folder = folders.sort((a, b) => count(b) - count(a))[0] ?? 'nothing';
    taken.set(folder, (taken.get(folder) ?? 0) + 1);
    names.set(posix.basename(path, '.js'), `chunk-${folder}-${taken.get(folder)}`);
  }
  return names;
}

/** The plain files of these sources of lib/, and the chunks, as esbuild gives them: `{ path, text }`. */
export async function plainLib(paths, common) {
  const options = {
    ...common,
    bundle: true,
    splitting: true,
    packages: 'external',
    alias: { '#host': './lib/host/node.ts' },
    ignoreAnnotations: true, // or an import for its effect alone would go, because no source has one
  };
  const imports = await importsOf(options, paths);
  const groupOf = groupsOf(paths, imports);
  const everything = paths.map((path) => `import './${path}';`).join('\n');
  const { outputFiles, metafile } = await build({
    ...options,
    entryPoints: [...paths, EVERYTHING].map((path) => ({ in: `entry-point:${path}`, out: path.replace(/\.ts$/, '') })),
    plugins: [plugin((path) => (path === EVERYTHING ? everything : entryPoint(path, groupOf, imports)))],
    chunkNames: 'lib/chunk-[hash]',
    metafile: true,
  });
  const names = namesOf(metafile.outputs);
  const named = (text) => text.replace(/\bchunk-[A-Z0-9]{8}\b/g, (name) => names.get(name) ?? name);
  return outputFiles
    .filter(({ path }) => !pathOf(path).startsWith(`.cache/plain/${EVERYTHING}.`))
    .map(({ path, text }) => ({ path: named(path), text: named(text) }));
}
