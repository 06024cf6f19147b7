// What a pool and its workers say to each other, and the call that it is about. Both sides are of the same
// package, so this needs no version. Every message has the field `treadle`: user code may use the same channel.
// Relies on the kernel, packed-error.

import { mustBe } from '../words/messages.ts';
import { brief, show, showCall } from '../words/show.ts';
import type { Slots } from './ahead.ts';
import type { Note } from './arrivals.ts';
import type { PackedError } from './packed-error.ts';

/** An exported function, by the URL of its module. */
export class Callee {
  readonly module: string;
  readonly export: string;

  /** Throws a `TypeError` for what cannot name an exported function. */
  constructor(where: string, module: unknown, name: unknown) {
    const href = module instanceof URL ? module.href : module;
    if (typeof href !== 'string' || !/^(file|data|node):/.test(href)) {
      throw new TypeError(
        mustBe(where, "the URL of a module, such as import.meta.url or new URL('./jobs.js', import.meta.url)", module),
      );
    }
    if (typeof name !== 'string') throw new TypeError(mustBe(where, 'the name of an export', name));
    this.module = href;
    this.export = name;
  }

  toString(): string {
    return this.export;
  }

  [brief](): string {
    return `${this}`;
  }
}

/** How far a chunk goes: through all its items, or up to the first one that fails. */
export type Each = 'whatever becomes of them' | 'until one fails';

/** What it is called with, too. */
export class Call extends Callee {
  readonly args: readonly unknown[];
  /** Only a chunk has this. (It is declared, so that other calls are not sent with an empty field.) */
  declare readonly each?: Each;
  /** Where the worker notes how many items of a chunk have begun (arrivals.ts). */
  declare place?: number;

  constructor(where: string, module: unknown, name: unknown, args: unknown = []) {
    super(where, module, name);
    if (!Array.isArray(args)) throw new TypeError(mustBe(where, 'an array of arguments', args));
    this.args = args;
  }

  /** As it would be written: `square(3)`. */
  override toString(): string {
    const text = showCall(this.export, this.args);
    return text.length > 80 ? `${text.slice(0, 77)}...` : text;
  }
}

/**
 * Many calls in one message: the arguments are items, and the function is called with each, one after the other. The
 * value of its job is an array of `Settled`.
 */
export class Chunk extends Call {
  declare readonly each: Each;

  constructor({ module, export: name }: Callee, items: readonly unknown[], each: Each) {
    super('a chunk', module, name, items);
    this.each = each;
  }

  /** The same for other items. */
  of(items: readonly unknown[]): Chunk {
    return new Chunk(this, items, this.each);
  }

  /** As far as one of its calls can be seen: `square(each of [1, 2, 3])`. */
  override toString(): string {
    return `${this.export}(each of ${show(this.args)})`;
  }
}

/**
 * To a worker. `start` comes first; `arrivals`: where the worker notes what reaches it, `key`: that of its wire,
 * `slots`: those of calls that are given ahead. `run` calls the function; `cancel` asks what it started to end; after
 * `end` nothing comes any more. `break`: nobody but the worker itself could wake what waits in it, and it has nothing
 * to do: that is a deadlock. `signal`: the signal that it has asked about was for it alone. `unreadable` is what the
 * line makes of an order that Node cannot read.
 */
export type Order =
  | {
      readonly treadle: 'start';
      readonly initializer: Call | undefined;
      readonly arrivals: Note;
      readonly key: number | undefined;
      readonly slots: Slots | undefined;
    }
  | RunOrder
  | { readonly treadle: 'cancel'; readonly id: number; readonly reason: unknown }
  | { readonly treadle: 'break' }
  | { readonly treadle: 'signal'; readonly signal: string }
  | { readonly treadle: 'end' }
  | { readonly treadle: 'unreadable' };

export interface RunOrder {
  readonly treadle: 'run';
  readonly id: number;
  readonly call: Call;
  /** Somebody hears of its progress. */
  readonly progress: boolean;
  /** It begins when the one before it is over (ahead.ts). */
  readonly ahead: boolean;
}

/** Why a worker is of no use to other calls: its initializer has failed, or what it has started is stuck. */
export type Unfit = 'not prepared' | 'stuck';

/**
 * From a worker. `ready`: its initializer has succeeded. `aborted`: its cancellation had reached it when it failed.
 * `heard`: the cancellation of this call has reached it; or `end` has, and the last of its output is on the way.
 * `stuck`: only another order could make its calls go on, after so many orders. `signal`: it got one, and asks what it
 * means. `crashed` are its last words.
 */
export type Answer =
  | { readonly treadle: 'ready' }
  | { readonly treadle: 'value'; readonly id: number; readonly value: unknown }
  | {
      readonly treadle: 'error';
      readonly id: number;
      readonly error: PackedError;
      readonly aborted: boolean;
      readonly unfit: Unfit | undefined;
    }
  | { readonly treadle: 'progress'; readonly id: number; readonly value: unknown }
  | { readonly treadle: 'cancelled'; readonly id: number }
  | { readonly treadle: 'heard'; readonly id: number | undefined }
  | { readonly treadle: 'stuck'; readonly orders: number }
  | { readonly treadle: 'signal'; readonly signal: string }
  | { readonly treadle: 'crashed'; readonly error: PackedError };
