// The options of `machines` and of calls between machines. There are only types here. Relies on nothing.

import type { CallOptions, ExecutorOptions } from '../workers/pool-options.ts';
import type { Orphans } from './messages.ts';
import type { TlsOptions } from './tls.ts';

/** The options of a call: how often it is tried again, what hears of its progress, and which calls share its run. */
export interface MachinesCallOptions extends CallOptions {
  /**
   * Calls of the same function with the same key share one run, whichever program they are in: a call that is made
   * while it runs gets its result, too. It is cancelled only when all of them are. A function that gives the key is
   * called with the arguments of the call.
   */
  readonly key?: string | ((...args: never[]) => string) | undefined;
}

/** The options of `machines`. */
export interface MachinesOptions {
  /**
   * The Redis (or Valkey) server: `redis://`, `rediss://` for TLS, `unix://` or the path of a socket. Without one,
   * calls run in processes of this machine.
   */
  readonly url?: string | URL | undefined;
  /** Certificates for a `rediss://` url: of the authority that signs the server's, and of this program. */
  readonly tls?: TlsOptions | undefined;
  /** The folder below which the modules lie, here and on each machine: `new URL('./', import.meta.url)`. */
  readonly root: string | URL;
  /** The version of the code. Only machines that serve the same one run the calls. */
  readonly version: string;
  /** Shown in reports, and the name that machines serve; `'treadle'` by default. */
  readonly name?: string | undefined;
  /** How many calls are on their way at once, at most; 64 by default. */
  readonly inFlight?: number | undefined;
  /**
   * How often a call is tried again when its worker or its machine has died; 0 by default. What it did before is done
   * twice then.
   */
  readonly retries?: number | undefined;
  /**
   * How many milliseconds a call may outlive this program; 30,000 by default. A lost connection has as long to come
   * back (but at least `connectTimeout`).
   */
  readonly lease?: number | undefined;
  /** What becomes of calls when this program is gone without a word: `'cancel'`, the default, or `'finish'`. */
  readonly orphans?: Orphans | undefined;
  /** How many milliseconds a result that nobody has read is kept; an hour by default. */
  readonly keep?: number | undefined;
  /** How many milliseconds the server has to answer, and a machine to be there; 5,000 by default. */
  readonly connectTimeout?: number | undefined;
  /** Without a `url`: the options of the processes. */
  readonly pool?: Omit<ExecutorOptions, 'name' | 'retries'> | undefined;
}
