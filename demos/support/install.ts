// Installs the large packages that only one demo needs, when that demo first needs them. They are pinned by a
// package.json beside the demo. The root's package.json does not name them, so a person who only uses, tests or
// reads treadle never downloads them.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version?: string; readonly optional?: boolean }>>;
}

const lockOf = (path: string) => (JSON.parse(readFileSync(path, 'utf8')) as Lock).packages;

/**
 * Is everything installed that the lock file names? npm keeps a copy of the lock file that it installed from. A demo
 * that was copied (`--copy`) has no such file: its packages are those of its project.
 */
export function installed(folder: string): boolean {
  if (!existsSync(join(folder, 'package-lock.json'))) return true;
  const copy = join(folder, 'node_modules/.package-lock.json');
  if (!existsSync(copy)) return false;
  const have = lockOf(copy);
  return Object.entries(lockOf(join(folder, 'package-lock.json'))).every(
    ([path, { version, optional }]) => path === '' || optional || have[path]?.version === version,
  );
}

/** Installs what is missing, and says so. If that fails it throws an error: `advice`, then the output of npm. */
export function install(folder: string, what: string, advice: string): void {
  if (installed(folder)) return;
  process.stderr.write(`${what} (npm ci in ${folder}) ...\n`);
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  // A shell for Windows, where npm is a .cmd file.
  const npm = spawnSync('npm', args, { cwd: folder, encoding: 'utf8', shell: process.platform === 'win32' });
  if (npm.status !== 0)
    throw new Error(`npm ci failed. ${advice}\n${npm.stdout ?? ''}${npm.stderr ?? npm.error ?? ''}`);
}
