// What the loops of `runSync` and of simulations have in common: they run within one call, so the host never has its
// turn meanwhile. So they cannot wait for a promise, and nothing can be loaded for them. Relies on loop.

import { discard } from '../kernel/discard.ts';
import type { Task } from '../kernel/task.ts';
import { InvalidStateError } from '../words/errors.ts';
import { Loop } from './loop.ts';

/** Once is enough: a program may run thousands of them. */
let warned = false;

export abstract class AtOnceLoop extends Loop {
  /** @internal */ override readonly _runsAtOnce = true;
  /** @internal Where a task cannot wait for the outside world, and what to do instead. */
  abstract readonly _whereAndInstead: string;

  /** @internal */ override _refusePromise(task: Task, promise?: PromiseLike<unknown>): void {
    discard(promise); // nobody waits for it
    throw new InvalidStateError(`${task} cannot wait for the outside world in ${this._whereAndInstead}`);
  }

  /** @internal */ override _debugIsLate(): void {
    if (warned) return;
    warned = true;
    console.warn(
      'treadle: debug mode is loaded asynchronously, and a program that runs at once cannot wait for it: ' +
        'start Node with --import treadle/debug',
    );
  }

  /** @internal */ override _start(main: Task): void {
    main._observe(); // the caller is about to look at its outcome
    this._awake = true; // no wake-up from the host is needed
    super._start(main);
  }

  /** @internal */ override _sliceIsOver(): boolean {
    this._budget = 1e6; // until we are asked again, which costs nothing
    return false;
  }
}
