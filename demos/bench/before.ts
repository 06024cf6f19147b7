// The state before a change: another clone of treadle, whose package runs the workloads of this clone. Relies on
// options, where.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BadInput } from './options.ts';
import { isClone } from './where.ts';

/** The top of the other clone. Throws `BadInput` if the folder is not a clone. */
export function otherClone(folder: string): string {
  const clone = resolve(folder);
  if (!isClone(clone) || !existsSync(join(clone, '.build', 'ensure.mjs')))
    throw new BadInput(`--before takes the folder of another clone of treadle, not "${folder}"`);
  return clone;
}

/** Builds it with its own scripts, if that is not done yet: its dist/ is what is measured. */
export function buildClone(clone: string): void {
  const { status } = spawnSync(process.execPath, [join(clone, '.build', 'ensure.mjs'), '--code'], {
    cwd: clone,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new BadInput(`the clone in ${clone} could not be built; what it says is above`);
}

/** 'bd7be58', or 'bd7be58-dirty' if files were changed, or 'unknown' if git cannot tell. */
export function revisionOf(clone: string): string {
  const args = ['-C', clone, 'describe', '--always', '--dirty', '--abbrev=7', '--exclude=*'];
  try {
    return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return 'unknown';
  }
}
