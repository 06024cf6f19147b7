// The reference: docs/api/ has a page for each name that an entry of the package exports, made from the doc comments.
//
//   node .build/api/index.mjs           makes the pages anew (npm run api)
//   node .build/api/index.mjs --check   compares them with what would be made, and names those that differ
//
// TypeDoc makes them, as pages.mjs tells it. It needs an older TypeScript than the project's, one with an API, so it
// lives in this folder, with a lock file of its own. The folder is installed when pages are made and it is not yet.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cache, files, node, patient, root } from '../tools.mjs';

const folder = join(root, '.build/api');
const typedoc = join(folder, 'node_modules/typedoc/bin/typedoc');
const pages = 'docs/api';
const fresh = '.cache/api';

export const isInstalled = () => existsSync(typedoc);

/** The source of each entry of the package. */
function entryPoints() {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return Object.keys(exports)
    .filter((path) => path !== './package.json')
    .map((path) => join(root, 'lib', path, 'index.ts'));
}

/** Makes all pages, in .cache/api/. */
async function make() {
  rmSync(join(cache, 'api'), { recursive: true, force: true });
  const entries = entryPoints().flatMap((path) => ['--entryPoints', path]);
  const args = ['--options', join(folder, 'typedoc.json'), '--out', join(root, fresh), ...entries];
  const { code, output } = await node([...patient, typedoc, ...args], { env: { ...process.env, NO_COLOR: '1' } });
  if (code !== 0) throw new Error(`typedoc failed:\n${output}`);
}

/** Makes the pages, and compares them with the committed ones: the paths of those that differ, by what is wrong. */
export async function compare() {
  await make();
  const made = new Map(files(fresh).map((path) => [path.slice(fresh.length + 1), path]));
  const committed = new Map(files(pages).map((path) => [path.slice(pages.length + 1), path]));
  const text = (path) => readFileSync(join(root, path), 'utf8');
  return [
    ...[...made.keys()].filter((name) => !committed.has(name)).map((name) => `${pages}/${name} is missing`),
    ...[...committed.keys()].filter((name) => !made.has(name)).map((name) => `${pages}/${name} is too many`),
    ...[...made]
      .filter(([name, path]) => committed.has(name) && text(path) !== text(committed.get(name)))
      .map(([name]) => `${pages}/${name} is not what the doc comments say`),
  ];
}

function install() {
  console.error('treadle: installing TypeDoc (npm ci in .build/api) ...');
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--fetch-retries=1'];
  // A shell for Windows, where npm is a .cmd file.
  const { status } = spawnSync('npm', args, { cwd: folder, stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0) throw new Error('treadle: npm ci failed in .build/api (its output is above). Is there a network?');
}

async function main([option, ...others]) {
  if (others.length > 0 || ![undefined, '--check'].includes(option))
    throw new Error('usage: node .build/api/index.mjs [--check]');
  if (!isInstalled()) install();
  const different = await compare();
  if (option === '--check') {
    for (const line of different) console.error(line);
    if (different.length > 0) throw new Error('to make them anew: npm run api');
    return console.log(`${files(pages).length} pages of ${pages}/ are as the doc comments say`);
  }
  rmSync(join(root, pages), { recursive: true, force: true });
  cpSync(join(root, fresh), join(root, pages), { recursive: true });
  return console.log(`${files(pages).length} pages in ${pages}/, ${different.length} of them new, changed or gone`);
}

if (process.argv[1] === join(folder, 'index.mjs')) {
  try {
    await main(process.argv.slice(2));
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
