// A handle: a callback in the hands of the loop. Relies on words.

import type { InContext } from '../host/node.ts';
import type { Loop } from '../loop/loop.ts';
import { show } from '../words/messages.ts';
import type { Joiner } from './outcome.ts';
import type { Place, Waiter } from './waiting.ts';

/**
 * What `callSoon`, `callLater` and `callAt` give: a callback that waits for its turn and can be cancelled until then.
 */
export class Handle implements Joiner {
  /** @internal */ _previous: Waiter | undefined = undefined;
  /** @internal */ _next: Waiter | undefined = undefined;
  /** @internal */ _place: Place | undefined = undefined;
  /** @internal */ _callback: Function | undefined;
  /** @internal */ protected readonly _loop: Loop;
  private readonly _arguments: readonly unknown[];
  private readonly _inContext: InContext | undefined;

  /** @internal `inContext`: for a callback that belongs to a context of the platform. */
  constructor(loop: Loop, callback: Function, args: readonly unknown[] = NONE, inContext?: InContext) {
    this._loop = loop;
    this._callback = callback;
    this._arguments = args;
    this._inContext = inContext;
  }

  /** The callback will not be called. Does nothing when it already was. */
  cancel(): void {
    this._callback = undefined;
    this._place?._withdraw(this);
  }

  /** @internal */ _run(): void {
    const callback = this._callback as ((...args: unknown[]) => void) | undefined;
    if (callback === undefined) return;
    try {
      if (this._inContext) this._inContext(callback, ...this._arguments);
      else callback(...this._arguments);
    } catch (error) {
      this._loop._report(error, `the callback ${show(callback)}`);
    }
  }

  /** @internal */ _wake(): void {
    this._loop._schedule(this);
  }

  /** @internal */ _wakePerforming(): void {
    this._wake();
  }
}

const NONE: readonly unknown[] = [];

/**
 * Is called in the very step in which an outcome is settled, and not through the queue: for effects that wait for
 * several outcomes at once. So it must run no code of users.
 */
export class Listener implements Joiner {
  /** @internal */ _previous: Waiter | undefined = undefined;
  /** @internal */ _next: Waiter | undefined = undefined;
  /** @internal */ _place: Place | undefined = undefined;
  private readonly _listen: () => void;

  constructor(listen: () => void) {
    this._listen = listen;
  }

  /** It will not be called any more. */
  cancel(): void {
    this._place?._withdraw(this);
  }

  /** @internal */ _wake(): void {
    this._listen();
  }

  /** @internal */ _wakePerforming(): void {
    this._listen();
  }

  /** @internal It never stands in the ready queue. */
  _run(): void {}
}
