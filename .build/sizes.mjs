// `node .build/sizes.mjs` tells what each name weighs in a page: bytes, bundled, minified and compressed by brotli.
// With `--write` it puts the table into docs/sizes.md, which spec/house/sizes.spec.ts compares with what it is now.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { root } from './tools.mjs';

export const page = 'docs/sizes.md';
/** The least that a program needs. */
export const core = ['run', 'spawn', 'sleep', 'join'];
/** What runs in a page beside the main entry. */
const entries = ['testing', 'tracing', 'instruments', 'debug'];

const main = './dist/index.js';
const some = (names) => `export { ${names.join(', ')} } from '${main}';`;

/** What programs weigh, by their names. */
export async function weigh(programs) {
  const { build } = await import('esbuild');
  const source = new Map(Object.entries(programs).map(([name, code]) => [`program:${name}`, code]));
  const plugin = {
    name: 'programs',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^program:/ }, ({ path }) => ({ path, namespace: 'programs' }));
      onLoad({ filter: /^/, namespace: 'programs' }, ({ path }) => ({ contents: source.get(path), resolveDir: root }));
    },
  };
  const { outputFiles } = await build({
    entryPoints: Object.fromEntries([...source.keys()].map((key, index) => [String(index), key])),
    outdir: root,
    plugins: [plugin],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    tsconfigRaw: {}, // not the repository's, in which 'treadle' is the sources
    write: false,
    logLevel: 'silent',
  });
  const found = outputFiles.map(({ path, contents }) => [
    Object.keys(programs)[Number(/(\d+)\.js$/.exec(path)[1])],
    brotliCompressSync(contents).length,
  ]);
  return Object.fromEntries(found);
}

/** What the smallest program weighs. */
export const sizeOfCore = async () => (await weigh({ core: some(core) })).core;

/** What everything weighs: the smallest program, the whole entry, each other name beside the smallest program, and the other entries. */
export async function sizes() {
  const names = Object.keys(await import(pathToFileURL(join(root, main)).href)).filter((name) => !core.includes(name));
  const found = await weigh({
    core: some(core),
    everything: `export * from '${main}';`,
    ...Object.fromEntries(names.map((name) => [name, some([...core, name])])),
    ...Object.fromEntries(
      entries.map((name) => [`treadle/${name}`, `${some(core)} export * as more from './dist/${name}/index.js';`]),
    ),
  });
  const more = (name) => [name, Math.max(0, found[name] - found.core)];
  return {
    core: found.core,
    everything: found.everything,
    names: names.sort((a, b) => a.localeCompare(b, 'en')).map(more),
    entries: entries.map((name) => more(`treadle/${name}`)),
  };
}

const number = (value) => value.toLocaleString('en-US');
const table = (head, rows) => [`| ${head} | bytes |`, '|---|---:|', ...rows.map(([name, size]) => `| \`${name}\` | ${number(size)} |`)].join('\n'); // prettier-ignore

/** The tables of the page. */
export const tables = ({ core: least, everything, names, entries: others }) =>
  [
    `\`${core.slice(0, -1).join('`, `')}\` and \`${core.at(-1)}\` weigh ${number(least)} bytes, and the whole of \`treadle\` ${number(everything)}.`,
    table('name', names),
    table('all of', others),
  ].join('\n\n');

/** The numbers that a page says, by name. */
export const saidBy = (text) =>
  Object.fromEntries(
    [...text.matchAll(/^\| `(\S+)` \| ([\d,]+) \|$/gm)].map(([, name, size]) => [name, Number(size.replace(',', ''))]),
  );

async function start() {
  const text = tables(await sizes());
  if (!process.argv.includes('--write')) return console.log(text);
  const path = join(root, page);
  const before = readFileSync(path, 'utf8');
  writeFileSync(path, before.replace(/(<!-- made by [^]*?-->\n)[^]*(?=<!-- end -->)/, `$1\n${text}\n\n`));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await start();
