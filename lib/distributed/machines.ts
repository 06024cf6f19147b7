// machines: an executor whose workers are on other machines. Without a server it is one of processes, and the program
// is the same. Relies on workers, checks, engine, keyed, remote, registry, names, connection.

import { randomBytes } from 'node:crypto';
import { mustBe } from '../words/messages.ts';
import { Executor } from '../workers/executor.ts';
import { crewOf } from '../workers/pool.ts';
import type { Carrier } from '../workers/carrier.ts';
import { count } from '../workers/options.ts';
import { checkMilliseconds, checkPoolOptions } from './checks.ts';
import { checkUrl } from './connection.ts';
import { loadEngine } from './engine.ts';
import { Keyed } from './keyed.ts';
import type { MachinesCallOptions, MachinesOptions } from './machines-options.ts';
import { queueName } from './names.ts';
import { rootOf } from './registry.ts';
import { Remote } from './remote.ts';
import { checkTls } from './tls.ts';

function carrierOf(options: MachinesOptions, folder: URL): Carrier {
  const { orphans = 'cancel' } = options;
  const url = options.url === undefined ? undefined : checkUrl('machines', options.url);
  const pool = checkPoolOptions('machines', options.pool);
  const queue = queueName('machines', options);
  if (orphans !== 'cancel' && orphans !== 'finish')
    throw new TypeError(mustBe('machines', "'cancel' or 'finish' as orphans", orphans));
  const checked = {
    name: options.name ?? 'treadle',
    root: folder,
    queue,
    tls: checkTls('machines', options.tls, url),
    orphans,
    inFlight: count('machines', 'inFlight', options.inFlight ?? 64, 1, Number.MAX_SAFE_INTEGER),
    retries: count('machines', 'retries', options.retries ?? 0, 0),
    lease: checkMilliseconds('machines', 'lease', options.lease ?? 30_000, 1_000),
    keep: checkMilliseconds('machines', 'keep', options.keep ?? 3_600_000, 1_000, Number.MAX_SAFE_INTEGER),
    connectTimeout: checkMilliseconds('machines', 'connectTimeout', options.connectTimeout ?? 5_000, 1),
  };
  // With a url it is not used, but wrong options are refused all the same.
  const local = crewOf({ ...pool, name: checked.name, retries: checked.retries, kind: 'process' });
  if (url === undefined) return local;
  const remote = { ...checked, url, caller: randomBytes(12).toString('hex') };
  return new Remote(loadEngine(folder), remote);
}

/** What `machines` gives: calls exported functions on other machines, or in processes of this one. */
export class Machines extends Executor<MachinesCallOptions> {
  /** @internal */
  constructor(options: MachinesOptions) {
    const root = rootOf('machines', options?.root);
    super(new Keyed(carrierOf(options, root), root));
  }

  override toString(): string {
    return `<Machines ${this.name}: ${this.closed ? 'closed' : 'open'}>`;
  }
}

/**
 * An executor whose workers are on other machines: those that run `serve` with the same name and version. Calls go
 * through a Redis server, by way of BullMQ; the packages `bullmq` and `ioredis` are the user's own. Without a `url` the
 * calls run in processes of this machine.
 *
 * A function is named by the path of its module below `root` and by its export. Arguments and results are copied as
 * JSON: with `undefined`, `bigint`, dates, maps, sets, bytes and errors. Throws a `TypeError` or `RangeError` for wrong
 * options, and a `TypeError` that names the command when a package is missing. A call throws a `MachinesError` when
 * there is no server or nobody serves, and a `WorkerDiedError` when its worker or machine has died and no retries are
 * left. Cancellation waits for the `finally` blocks on the other machine.
 *
 * @example
 * const pool = machines({ url: 'redis://localhost:6379', root: new URL('./', import.meta.url), version: '1.4.2' });
 * const pages = yield* pool.map<string>(new URL('./jobs.js', import.meta.url), 'page', urls);
 */
export function machines(options: MachinesOptions): Machines {
  return new Machines(options);
}
