// Options of executors and calls, checked: what counts something, how workers are started, and who hears of progress.
// Relies on words.

import { mustBe } from '../words/messages.ts';
import type { CallOptions } from './pool-options.ts';
import type { WorkerOptions } from './worker.ts';

/**
 * A whole number from `least` to `most`. `Infinity` is one when it is `most`. Throws a `RangeError` that says where it
 * was given, and as what.
 */
export function count(where: string, name: string, value: unknown, least: number, most = Infinity): number {
  if ((Number.isInteger(value) || value === most) && (value as number) >= least && (value as number) <= most)
    return value as number;
  throw new RangeError(mustBe(where, `${name} of ${least} or more`, value));
}

/** Throws a `TypeError` for what no worker could be started with. */
export function checkWorkerOptions(where: string, { execArgv, env, resourceLimits }: WorkerOptions): void {
  const isText = (one: unknown): boolean => typeof one === 'string';
  if (execArgv !== undefined && !(Array.isArray(execArgv) && execArgv.every(isText)))
    throw new TypeError(mustBe(where, "an array of flags as execArgv, such as ['--no-warnings']", execArgv));
  if (env !== undefined && !isRecord(env))
    throw new TypeError(mustBe(where, 'an object of environment variables as env', env));
  for (const [name, value] of Object.entries(env ?? {}))
    if (value !== undefined && !isText(value)) throw new TypeError(mustBe(where, `a text as env.${name}`, value));
  if (resourceLimits !== undefined && !isRecord(resourceLimits))
    throw new TypeError(mustBe(where, 'an object as resourceLimits', resourceLimits));
}

const isRecord = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Throws a `TypeError` when the option `onProgress` is no function. */
export function checkProgress(where: string, options: CallOptions | undefined): void {
  const onProgress: unknown = options?.onProgress;
  if (onProgress !== undefined && typeof onProgress !== 'function')
    throw new TypeError(mustBe(where, 'a function as onProgress', onProgress));
}
