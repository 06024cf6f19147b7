// What a host needs of the server, tried when it starts. A server may let a program in and then allow it nothing:
// BullMQ takes that for a fault that passes, so the host would say that it serves, and never take a call. Relies on
// connection, engine, names.

import { inTime, refusal } from './connection.ts';
import type { ServerOptions } from './connection.ts';
import type { Redis } from './engine.ts';
import { controlOf, jobKey } from './names.ts';

/** Within a script, it writes a key that is gone a moment later. */
const WRITE = `return redis.call('SET', KEYS[1], '', 'PX', 1)`;

/**
 * Rejects with a `MachinesError` when the server does not let it read, write, run a script and ask what server it is,
 * and when it has stopped answering.
 */
export function checkPermissions(
  redis: Redis,
  queue: string,
  options: ServerOptions,
  signal: AbortSignal,
): Promise<unknown> {
  const tried = Promise.all([
    redis.call('XREVRANGE', jobKey(controlOf(queue), 'events'), '+', '-', 'COUNT', 1),
    redis.eval(WRITE, 1, jobKey(queue, 'permission')),
    redis.call('INFO', 'server'),
  ]);
  return inTime(tried, options, signal).catch((error: unknown) => Promise.reject(refusal(error, options.url) as Error));
}
