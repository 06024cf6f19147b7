// Makes a fresh clone usable: installs what the lock file names and builds dist/, and does neither
// when there is nothing to do (a few ms). `npm start`, `npm test` and `node demos` call it first.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { cache, explained, files, root } from './tools.mjs';

// To stderr, so that the output of a demo stays clean in a pipe.
const say = (line) => process.stderr.write(`${line}\n`);
const read = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'));

/** npm keeps a copy of the lock file of what it installed: comparing the two needs no stamp of ours. */
function installed() {
  if (!existsSync(join(root, 'node_modules/.package-lock.json'))) return false;
  const have = read('node_modules/.package-lock.json').packages;
  return Object.entries(read('package-lock.json').packages).every(
    ([path, wanted]) => path === '' || wanted.optional || have[path]?.version === wanted.version,
  );
}

/** How long npm may be silent before we say why that may be. */
export const PATIENCE = 8_000;

// --ignore-scripts: nothing we use needs an install script. --include=dev: whatever NODE_ENV says.
const ci = ['ci', '--ignore-scripts', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
// npm asks three times all the same, but by default it waits for up to 70 s in between, and says nothing.
const retries = ['--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=2000'];

export async function install({ patience = PATIENCE } = {}) {
  say('treadle: installing what the demos and tests need (npm ci) ...');
  const timer = setTimeout(
    say,
    patience,
    'treadle: npm ci still waits for the registry. Is there a network? Ctrl-C ends this.',
  );
  const { status, output } = await npm([...ci, ...retries]);
  clearTimeout(timer);
  if (status === 0) return;
  say(output);
  const refusal = /\b(EACCES|EPERM|EROFS)\b/.exec(output)?.[1];
  if (refusal !== undefined) throw explained({ code: refusal, path: join(root, 'node_modules') });
  throw new Error('treadle: npm ci failed (its output is above). Is the registry within reach?');
}

function npm(args) {
  return new Promise((resolve) => {
    // A shell for Windows, where npm is a .cmd file.
    const child = spawn('npm', args, {
      cwd: root,
      shell: process.platform === 'win32',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => void (output += text));
    child.on('error', (error) => void (output += error));
    child.on('close', (status) => resolve({ status, output }));
  });
}

/** Changes whenever a source, the build itself or the compiler's settings change. */
function fingerprint() {
  const inputs = [
    ...files('lib'),
    '.build/build.mjs',
    '.build/tsconfig.lib.json',
    '.build/tsconfig.workers.json',
    'tsconfig.json',
    'package-lock.json',
  ];
  const hash = createHash('sha256');
  for (const path of inputs) {
    const { mtimeMs, size } = statSync(join(root, path));
    hash.update(`${path} ${mtimeMs} ${size}\n`);
  }
  return hash.digest('hex');
}

const stamp = (part) => join(cache, `built-${part}`);
const built = (part, print) =>
  existsSync(join(root, 'dist', part === 'code' ? 'index.js' : 'index.d.ts')) &&
  existsSync(stamp(part)) &&
  readFileSync(stamp(part), 'utf8') === print;

/** Two specs that start demos at once must not install or build into each other's feet. */
async function locked(work) {
  const lock = join(cache, 'lock');
  mkdirSync(cache, { recursive: true });
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (abandoned(lock)) rmSync(lock, { force: true });
      else await wait(50);
    }
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function abandoned(lock) {
  try {
    const pid = Number(readFileSync(lock, 'utf8'));
    // Created, but its owner's number not written yet.
    if (!pid) return Date.now() - statSync(lock).mtimeMs > 5_000;
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

/** `types: false` leaves the declarations out: running a demo does not need them. */
export async function ensure({ types = true } = {}) {
  const parts = types ? ['code', 'types'] : ['code'];
  const done = () => installed() && parts.every((part) => built(part, fingerprint()));
  if (done()) return;
  try {
    await locked(() => make(parts));
  } catch (error) {
    throw explained(error);
  }
}

async function make(parts) {
  if (!installed()) await install();
  const print = fingerprint();
  const missing = parts.filter((part) => !built(part, print));
  if (missing.length === 0) return;
  const { buildCode, buildTypes } = await import('./build.mjs');
  for (const part of missing) {
    await (part === 'code' ? buildCode() : buildTypes());
    writeFileSync(stamp(part), print);
  }
}

if (process.argv[1] === join(root, '.build', 'ensure.mjs')) {
  try {
    await ensure({ types: !process.argv.includes('--code') });
  } catch (error) {
    say(error.message);
    process.exitCode = 1;
  }
}
