// For specs of demos that leave or start something: runs `node demos ...` as a process with a temporary
// directory of its own, so that what is left there can be seen.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const children = new Set<ChildProcess>();

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  /** What is left in the temporary directory. */
  readonly left: readonly string[];
}

export interface Running {
  readonly child: ChildProcess;
  /** What there is in the temporary directory now. */
  files(): string[];
}

/** `watch` is called with what was printed so far, whenever that grows. */
export function demo(args: string, watch?: (out: string, running: Running) => void): Promise<Ended> {
  const folder = mkdtempSync(join(tmpdir(), 'treadle-demos-'));
  const child = spawn(process.execPath, ['demos', ...args.split(' ')], {
    cwd: root,
    env: { ...process.env, TMPDIR: folder, TEMP: folder, TMP: folder, NO_COLOR: '1', FORCE_COLOR: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  const files = () => readdirSync(folder, { recursive: true }) as string[];
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
    watch?.(out, { child, files });
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  return new Promise((resolve) => {
    child.on('close', (code) => {
      children.delete(child);
      resolve({ code, out, err, left: files() });
      rmSync(folder, { recursive: true, force: true });
    });
  });
}

/** The numbers that the groups of the pattern find, in all places where it fits. */
export const numbers = (text: string, pattern: RegExp): number[][] =>
  [...text.matchAll(pattern)].map((match) => match.slice(1).map(Number));

process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});
