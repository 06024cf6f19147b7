// `treadle trace -- COMMAND`: runs a command with a recorder in every Node process of it. Relies on the engine.

import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { constants } from 'node:os';
import { resolve } from 'node:path';
import { suspend } from '../effects/suspend.ts';
import { coroutine } from '../effects/coroutine.ts';
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
  const folder = resolve(out);
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new Refusal(`the folder ${out} cannot be written: ${(error as Error).message}`);
  }
  return yield* suspend<number>((resume, fail) => {
    const [file, ...args] = command as [string, ...string[]];
    const child = spawn(file, args, { stdio: 'inherit', env: tracedEnvironment(folder) });
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
});

/** Loads the recorder into each Node process of the command, before its program. */
function tracedEnvironment(folder: string): NodeJS.ProcessEnv {
  const recorder = new URL(`./record.${/\.ts$/.test(import.meta.url) ? 'ts' : 'js'}`, import.meta.url).href;
  const { NODE_OPTIONS = '' } = process.env;
  return { ...process.env, NODE_OPTIONS: `${NODE_OPTIONS} --import ${recorder}`.trim(), TREADLE_TRACE: folder };
}
