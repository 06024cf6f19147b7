// The callers that share a job: a set on the server, beside the job. Others join and leave at the same time, so
// each of these acts is a script, which the server runs in one step. Relies on engine, names.

import type { Queue, Redis } from './engine.ts';
import { callerKey, jobKey, sharersKey } from './names.ts';
import type { Sent } from './sent.ts';

/** How many of the sharers are alive: each renews a key of its own. */
const LIVING = `
local function living(prefix)
  local count = 0
  for _, caller in ipairs(redis.call('SMEMBERS', KEYS[1])) do
    count = count + redis.call('EXISTS', prefix .. caller)
  end
  return count
end`;

const REMOVE = `
local function removeIfOver()
  if redis.call('ZREM', KEYS[3], ARGV[1]) + redis.call('ZREM', KEYS[4], ARGV[1]) > 0 then
    redis.call('DEL', KEYS[2])
  end
end`;

/**
 * A run that is over, and whose result was read, is nothing to join: it lies there only for callers that have died, and
 * would give everybody its old result. One that nobody has read is taken: its caller may have been started again. One
 * whose result is not kept any more may still be in a list of those that are over, and callers of it that have died
 * among the sharers: they would keep the result of the next run, which they never read.
 */
const JOIN = `${LIVING}${REMOVE}
if redis.call('EXISTS', KEYS[2]) == 0 then
  removeIfOver()
  if living(ARGV[3]) == 0 then redis.call('DEL', KEYS[1]) end
elseif redis.call('HEXISTS', KEYS[2], 'read') == 1 and living(ARGV[3]) == 0 then
  removeIfOver()
  redis.call('DEL', KEYS[1])
end
redis.call('SADD', KEYS[1], ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[4])`;

/** A server that has lost the job has lost its sharers, too. They are not made anew, so that this can be seen. */
const STAY = `
if redis.call('EXISTS', KEYS[2]) + redis.call('SISMEMBER', KEYS[1], ARGV[2]) > 0 then
  redis.call('SADD', KEYS[1], ARGV[2])
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
end`;

/** ARGV[4]: whether the callers that are left cannot use what has come of it. */
const LEAVE = `${REMOVE}
redis.call('SREM', KEYS[1], ARGV[2])
local left = redis.call('SCARD', KEYS[1])
if left == 0 then redis.call('DEL', KEYS[1]) end
if left == 0 or ARGV[4] == '1' then
  removeIfOver()
elseif redis.call('HEXISTS', KEYS[2], 'finishedOn') == 1 then
  redis.call('HSET', KEYS[2], 'read', 1)
end`;

/**
 * ARGV[4]: whether only the living count. A job that is over stays: what its clean-up has thrown may be news to the one
 * that withdraws, who reads it and leaves then.
 */
const WITHDRAW = `${LIVING}
redis.call('SREM', KEYS[1], ARGV[2])
local left = ARGV[4] == '1' and living(ARGV[3]) or redis.call('SCARD', KEYS[1])
if left == 0 then redis.call('DEL', KEYS[1]) end
return left`;

export class Sharers {
  private readonly redis: Redis;
  private readonly queue: string;
  private readonly completed: string;
  private readonly failed: string;

  constructor(redis: Redis, { toKey }: Pick<Queue, 'toKey'>, queue: string) {
    this.redis = redis;
    this.queue = queue;
    this.completed = toKey('completed');
    this.failed = toKey('failed');
  }

  /** Joins the callers that share the job, for this many milliseconds. */
  join(sent: Sent, milliseconds: number): Promise<unknown> {
    return this.evaluate(JOIN, sent, milliseconds);
  }

  /** Stays one of them for this many milliseconds more. */
  stay(sent: Sent, milliseconds: number): Promise<unknown> {
    return this.evaluate(STAY, sent, milliseconds);
  }

  /** Does the server still know that it is one of them? */
  has({ id, data }: Sent): Promise<boolean> {
    return this.redis.call('SISMEMBER', sharersKey(this.queue, id), data.caller).then((found) => found === 1);
  }

  /** It has read what has come of the job. `spoilt`: nobody may have that. */
  leave(sent: Sent, spoilt: boolean): Promise<unknown> {
    return this.evaluate(LEAVE, sent, spoilt ? 1 : 0);
  }

  /** It does not want the job any more. Gives how many still do; with `orphans: 'finish'` the dead count, too. */
  withdraw(sent: Sent): Promise<number> {
    return this.evaluate(WITHDRAW, sent, sent.data.orphans === 'finish' ? 0 : 1) as Promise<number>;
  }

  private evaluate(script: string, { id, data }: Sent, ...words: (string | number)[]): Promise<unknown> {
    const keys = [sharersKey(this.queue, id), jobKey(this.queue, id), this.completed, this.failed];
    return this.redis.eval(script, keys.length, ...keys, id, data.caller, callerKey(this.queue, ''), ...words);
  }
}
