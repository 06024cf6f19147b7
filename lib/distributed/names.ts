// What things are called on the server: the queue by name and version, so that old code never sees new calls, and the
// keys beside it. A job's own name has no colon, so none of these keys can be a job. Relies on words.

import { mustBe } from '../words/messages.ts';

/** All keys begin with it. */
export const PREFIX = 'treadle';

/** A part of a queue's name: `app`, `1.4.2`. BullMQ allows no colon, and a space would be hard to see. */
function checkPart(where: string, what: string, value: unknown): string {
  if (typeof value === 'string' && /^[^\s:@]{1,100}$/.test(value)) return value;
  throw new TypeError(mustBe(where, `${what}, a text without spaces, ':' and '@'`, value));
}

/** The queue of a name and a version: `treadle@1.4.2`. */
export function queueName(where: string, { name, version }: { name?: unknown; version?: unknown }): string {
  return `${checkPart(where, 'a name', name ?? 'treadle')}@${checkPart(where, 'a version', version)}`;
}

/** Cancellations take a way of their own: hosts need not read the results of others. */
export const controlOf = (queue: string): string => `${queue}.control`;

/** Exists as long as the caller does. */
export const callerKey = (queue: string, caller: string): string => `${PREFIX}:${queue}:caller:${caller}`;

/** The callers that share a job. */
export const sharersKey = (queue: string, job: string): string => `${PREFIX}:${queue}:sharers:${job}`;

export const jobKey = (queue: string, job: string): string => `${PREFIX}:${queue}:${job}`;

/** Exists while a machine runs the job. */
export const lockKey = (queue: string, job: string): string => `${jobKey(queue, job)}:lock`;

/** The queues that are served, by the list of the server's clients: a worker of BullMQ is called after its queue. */
export function servedOf(clients: string): string[] {
  const workers = clients.matchAll(new RegExp(` name=${PREFIX}:([\\w+/=]+):w:`, 'g'));
  const queues = Array.from(workers, ([, name]) => Buffer.from(name as string, 'base64').toString());
  return [...new Set(queues)].sort();
}
