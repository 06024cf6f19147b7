// The peers are installed when they are first needed, into demos/bench/node_modules. The root does not
// know them: whoever only uses, tests or reads treadle never downloads them. Relies on where.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { here } from './where.ts';

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version?: string; readonly optional?: boolean }>>;
}

const lockOf = (path: string) => (JSON.parse(readFileSync(join(here, path), 'utf8')) as Lock).packages;

/** npm keeps a copy of the lock file of what it installed. */
function installed(): boolean {
  if (!existsSync(join(here, 'node_modules/.package-lock.json'))) return false;
  const have = lockOf('node_modules/.package-lock.json');
  return Object.entries(lockOf('package-lock.json')).every(([path, { version, optional }]) => path === '' || optional || have[path]?.version === version);
}

/** Installs the peers if they are not there. Throws, and says what can be measured without them, when that fails. */
export function installPeers(): void {
  if (installed()) return;
  process.stderr.write('bench: installing the peers (npm ci in demos/bench) ...\n');
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  // A shell for Windows, where npm is a .cmd file.
  const npm = spawnSync('npm', args, { cwd: here, encoding: 'utf8', shell: process.platform === 'win32' });
  if (npm.status !== 0) throw new Error(`npm ci failed. "--peers treadle,native,floor" needs none.\n${npm.stdout ?? ''}${npm.stderr ?? npm.error ?? ''}`);
}

/** 'effect 4.1.0', for the page's foot. */
export const versions = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries((JSON.parse(readFileSync(join(here, 'package.json'), 'utf8')) as { dependencies: Record<string, string> }).dependencies).filter(([name]) => name !== 'echarts'),
  );
