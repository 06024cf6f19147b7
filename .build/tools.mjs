// What the other scripts share. Only Node's own modules: this is loaded before anything is installed.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');
export const cache = join(root, '.cache');

/** All files below `folder` (relative to the root) but installed packages, sorted, as paths from the root with `/`. */
export function files(folder, accept = () => true) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      return (
        entry.name === 'node_modules' ? []
        : entry.isDirectory() ? files(path, accept)
        : accept(path) ? [path]
        : []
      );
    });
}

/**
 * What a system says that does not let a file be written, or `undefined` for another error. Node's recursive mkdir says
 * ENOENT in a file system that is read-only, and for no other reason.
 */
export function refusalOf({ code, syscall } = {}) {
  if (code === 'ENOENT' && syscall === 'mkdir') return 'EROFS';
  return ['EACCES', 'EPERM', 'EROFS'].includes(code) ? code : undefined;
}

/** One clear line for a checkout that cannot be written; any other error as it is. */
export function explained(error) {
  const refusal = refusalOf(error);
  if (refusal === undefined) return error;
  return new Error(
    `treadle: cannot write ${error.path ?? root} (${refusal}). node_modules/, dist/ and .cache/ are made in the checkout, so it ` +
      'must be yours and writable. Is it read-only, or does it belong to somebody else? Then work in a copy of it.',
  );
}

/**
 * Runs a Node script with its output captured, and ends it after `limit` ms: a hanging check is a failure. What it writes
 * to the descriptor `extra` is its report. Each part of that gives it `limit` ms more.
 */
export function node(args, { env = process.env, limit = 600_000, extra = [] } = {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe', ...extra] });
    const chunks = child.stdio.map(() => '');
    child.stdio.forEach((stream, i) => {
      stream?.setEncoding?.('utf8').on('data', (chunk) => {
        // stdout and stderr go into one text, in the order in which they came.
        chunks[i === 2 ? 1 : i] += chunk;
        if (i > 2) timer.refresh();
      });
    });
    let late = false;
    const timer = setTimeout(() => child.kill((late = true) && 'SIGKILL'), limit);
    const end = (code, signal) => {
      clearTimeout(timer);
      const why =
        late ? `ended after ${limit / 1000} s without an end of its own`
        : signal ? `ended by ${signal}`
        : '';
      resolve({ code: code ?? 1, output: `${chunks[1]}${why && `\n${why}\n`}`, report: chunks[3] ?? '' });
    };
    child.on('close', end);
    // A process of its own that outlives it may hold the pipes open: do not wait for that one.
    child.on('exit', (code, signal) => {
      setTimeout(() => {
        for (const stream of child.stdio) stream?.destroy();
        end(code, signal);
      }, 2_000).unref();
    });
  });
}

/** Arguments for Node, before those of a tool that runs for seconds: it then takes less of the processor. */
export const patient = ['--import', new URL('patient.mjs', import.meta.url).href];

/**
 * The type check. `tsc` is written in Go, and to collect garbage takes a fifth of its processor time, although next to
 * nothing is garbage before the end: without that, the largest check needs 554 MB instead of 531.
 */
export const tsc = (...args) =>
  node([join(root, 'node_modules/typescript/bin/tsc'), '--pretty', 'false', ...args], {
    env: { ...process.env, GOGC: 'off' },
  });
