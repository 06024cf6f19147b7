// `treadle trace -- COMMAND`: runs a command with a recorder in every Node process of it (record.ts). Relies on the
// engine and Node.

import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { coroutine } from '../effects/coroutine.ts';
import { suspend } from '../effects/suspend.ts';
import type { Coroutine } from '../kernel/awaitable.ts';
import { Refusal } from './process-of.ts';

export interface TraceOptions {
  readonly command: readonly string[];
  /** The folder in which trace.json and timeline.svg are written. */
  readonly out: string;
}

/** These go on to the command, which decides what becomes of them. */
const PASSED_ON: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'];

/** Gives the exit code of the command: as a shell has it, 128 and the number of the signal that ended it. */
export const trace = coroutine('trace', function* ({ command, out }: TraceOptions): Coroutine<number> {
  makeFolder(out);
  const recordings = mkdtempSync(join(tmpdir(), 'treadle-trace-'));
  let isKept = false;
  try {
    const code = yield* runTraced(command, recordings);
    try {
      console.error(`treadle: ${collect(recordings, out)}`);
    } catch (error) {
      // The command has done its work, so its exit code stands.
      isKept = true;
      const { message } = error as Error;
      console.error(`treadle: the recording could not be written to ${out}, and is kept in ${recordings}: ${message}`);
    }
    return code;
  } finally {
    if (!isKept) rmSync(recordings, { recursive: true, force: true });
  }
});

/** Before the command runs: a run of an hour must not end with the news that its folder cannot be made. */
function makeFolder(out: string): void {
  try {
    mkdirSync(resolve(out), { recursive: true });
  } catch (error) {
    throw new Refusal(`the folder ${out} cannot be made: ${(error as Error).message}`);
  }
}

function runTraced([file, ...args]: readonly string[], recordings: string) {
  return suspend<number>((resume, fail) => {
    const child = spawn(file as string, args, { stdio: 'inherit', env: tracedEnvironment(recordings) });
    const passOn = (signal: NodeJS.Signals) => void child.kill(signal);
    for (const signal of PASSED_ON) process.on(signal, passOn);
    const end = () => PASSED_ON.forEach((signal) => process.removeListener(signal, passOn));
    child.on('error', (error) => {
      end();
      fail(new Refusal(`${file} cannot be started: ${error.message}`));
    });
    child.on('exit', (code, signal) => {
      end();
      resume(code ?? 128 + constants.signals[signal as NodeJS.Signals]);
    });
    return () => void child.kill();
  });
}

/** Loads the recorder into each Node process of the command, before its program. */
function tracedEnvironment(recordings: string): NodeJS.ProcessEnv {
  const { NODE_OPTIONS = '' } = process.env;
  return { ...process.env, NODE_OPTIONS: `${NODE_OPTIONS} --import ${recorder()}`.trim(), TREADLE_TRACE: recordings };
}

/**
 * The recorder of the copy of the package that the command will use, as far as its folder tells: a recorder of another
 * copy would see none of its loops. This very copy, if there is no other.
 */
function recorder(): string {
  try {
    const manifest = createRequire(resolve('package.json')).resolve('treadle/package.json');
    const file = join(dirname(manifest), 'dist', 'node', 'command', 'record.js');
    if (existsSync(file)) return pathToFileURL(file).href;
  } catch {
    // The command does not run in a folder from where the package can be found.
  }
  return new URL('./record.js', import.meta.url).href;
}

/** Fetches what was recorded: the longest recording as trace.json and timeline.svg, the others beside it. */
function collect(recordings: string, out: string): string {
  const names = readdirSync(recordings)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort((a, b) => sizeOf(recordings, b) - sizeOf(recordings, a));
  if (names.length === 0) return 'no loop of treadle ran in it, so there is nothing to see';
  const written = names.flatMap((name, i) => {
    const suffix = i === 0 ? '' : `-${i + 1}`;
    return (
      [
        [`${name}.json`, `trace${suffix}.json`],
        [`${name}.svg`, `timeline${suffix}.svg`],
      ] as const
    ).map(([from, to]) => {
      copyFileSync(join(recordings, from), join(out, to));
      return join(out, to);
    });
  });
  const [trace, timeline, ...others] = written;
  const more = others.length > 0 ? `, and ${others.length} more files for other loops` : '';
  return `wrote ${trace} (open it at https://ui.perfetto.dev) and ${timeline} (in a browser)${more}`;
}

const sizeOf = (folder: string, name: string): number => statSync(join(folder, `${name}.json`)).size;
