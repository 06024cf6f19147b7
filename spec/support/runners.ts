// The test runners that are no dependencies of the project, vitest and jest: installed on demand, into a cache in the
// temporary folder that all clones and runs share. Their versions are pinned by spec/testing/runners/package-lock.json.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { temporaryFolder } from './files.ts';
import { read, root } from './package.ts';

const here = 'spec/testing/runners';
/** A new lock file is a new cache. */
const cache = join(
  tmpdir(),
  `treadle-runners-${createHash('sha256')
    .update(read(`${here}/package-lock.json`))
    .digest('hex')
    .slice(0, 12)}`,
);

/**
 * Installs them, if that was not done before. Gives why they cannot be had, or nothing. What npm has in its own cache
 * is not asked of the registry. 40 s at the first time, with nothing in any cache; so the limit is 100 s.
 */
export async function installRunners(): Promise<string | undefined> {
  if (existsSync(cache)) return undefined;
  // Apart, and renamed when it is whole: another run may do the same, and this one may be killed.
  const folder = mkdtempSync(join(tmpdir(), 'treadle-install-'));
  try {
    for (const file of ['package.json', 'package-lock.json']) copyFileSync(join(root, here, file), join(folder, file));
    const problem = await npm(folder);
    if (problem !== undefined) return problem;
    renameSync(folder, cache);
    return undefined;
  } catch (error) {
    return existsSync(cache) ? undefined : String(error); // the other one was first
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function npm(cwd: string): Promise<string | undefined> {
  const flags = '--prefer-offline --ignore-scripts --no-audit --no-fund --loglevel=error';
  const patience = '--fetch-retries=1 --fetch-retry-mintimeout=500 --fetch-timeout=30000';
  const child = spawn('npm', ['ci', ...flags.split(' '), ...patience.split(' ')], {
    cwd,
    shell: process.platform === 'win32', // where npm is a .cmd file
    timeout: 100_000,
    // The pipeline has put these certificates aside.
    env: { NODE_EXTRA_CA_CERTS: process.env['TREADLE_CA_CERTS'], ...process.env },
  });
  let told = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (told += text));
  return new Promise((resolve) => {
    child.on('error', (error) => resolve(String(error)));
    child.on('close', (code, signal) =>
      resolve(code === 0 ? undefined : `npm ended with ${signal ?? code}: ${told.trim().split('\n')[0]}`),
    );
  });
}

/** A project of a user of all four: their tests, and packages that are links. Gives its folder. */
export function runnersProject(): string {
  const project = temporaryFolder();
  for (const file of readdirSync(join(root, here)).filter((name) => name.endsWith('.mjs')))
    copyFileSync(join(root, here, file), join(project, file));
  const modules = join(project, 'node_modules');
  mkdirSync(modules);
  const link = (target: string, name: string) => symlinkSync(target, join(modules, name), 'junction');
  link(root, 'treadle');
  link(join(root, 'node_modules/uvu'), 'uvu');
  const installed = join(cache, 'node_modules');
  for (const name of existsSync(installed) ? readdirSync(installed) : [])
    if (!name.startsWith('.') && name !== 'uvu') link(join(installed, name), name);
  return project;
}
