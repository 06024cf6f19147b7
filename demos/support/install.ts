// A part of the demos, not a demo: it has no `summary`. What only one demo needs, and is large, is pinned by a
// package.json of its own and installed beside that when it is first needed. The root does not know it: whoever
// only uses, tests or reads treadle never downloads it.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version?: string; readonly optional?: boolean }>>;
}

const lockOf = (path: string) => (JSON.parse(readFileSync(path, 'utf8')) as Lock).packages;

/** Does the folder have what its lock file names? npm keeps a copy of the lock file of what it installed. */
export function installed(folder: string): boolean {
  const copy = join(folder, 'node_modules/.package-lock.json');
  if (!existsSync(copy)) return false;
  const have = lockOf(copy);
  return Object.entries(lockOf(join(folder, 'package-lock.json'))).every(
    ([path, { version, optional }]) => path === '' || optional || have[path]?.version === version,
  );
}

/** Installs what is not there, and says so. Throws when that fails, with npm's own words behind `advice`. */
export function install(folder: string, what: string, advice: string): void {
  if (installed(folder)) return;
  process.stderr.write(`${what} (npm ci in ${folder}) ...\n`);
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  // A shell for Windows, where npm is a .cmd file.
  const npm = spawnSync('npm', args, { cwd: folder, encoding: 'utf8', shell: process.platform === 'win32' });
  if (npm.status !== 0)
    throw new Error(`npm ci failed. ${advice}\n${npm.stdout ?? ''}${npm.stderr ?? npm.error ?? ''}`);
}
