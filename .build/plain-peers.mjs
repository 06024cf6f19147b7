// The packages that treadle/distributed takes from its users, for the plain files: each as one file, in
// .cache/plain/node_modules/.
//
// BullMQ and ioredis are 300 modules, which take a process 160 ms of the processor to find, read and compile, and 190 ms
// when its coverage is measured. As one file each it is 100 and 120 ms, and the specs of machines start a hundred such
// processes. The demo `machines`, which has a spec, too, runs with the packages as they were installed.
import { existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { cache, root } from './tools.mjs';

const names = ['bullmq', 'ioredis'];
const folder = join(root, 'demos/programs/machines/redis');
/** npm writes this file whenever it installs them. */
const installation = join(folder, 'node_modules/.package-lock.json');
const target = join(cache, 'plain/node_modules');
const stamp = join(target, 'stamp');

const isLink = (path) => lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;

/** Whole or not at all: other processes may be reading. */
function write(path, contents) {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, contents);
  renameSync(draft, path);
}

async function bundle(name) {
  const { build } = await import('esbuild');
  const { resolve } = createRequire(join(folder, 'package.json'));
  const { outputFiles } = await build({
    entryPoints: [resolve(name)],
    bundle: true,
    // BullMQ looks for ioredis when it needs it, and finds the one that treadle finds.
    external: names.filter((other) => other !== name),
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    write: false,
    logLevel: 'error',
  });
  const { version } = JSON.parse(readFileSync(resolve(`${name}/package.json`), 'utf8'));
  mkdirSync(join(target, name), { recursive: true });
  write(join(target, name, 'index.cjs'), outputFiles[0].contents);
  write(join(target, name, 'package.json'), `${JSON.stringify({ name, version, main: 'index.cjs' })}\n`);
}

/** Makes them when they are missing or out of date, and takes them away when the packages are not installed any more. */
export async function makePeers() {
  // There was a link to the packages here. Only the link goes.
  if (isLink(target)) rmSync(target);
  if (!existsSync(installation)) return rmSync(target, { recursive: true, force: true });
  const print = [installation, join(root, '.build/plain-peers.mjs')]
    .map((path) => {
      const { mtimeMs, size } = statSync(path);
      return `${mtimeMs} ${size}`;
    })
    .join('\n');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === print) return;
  await Promise.all(names.map(bundle));
  write(stamp, print);
}
