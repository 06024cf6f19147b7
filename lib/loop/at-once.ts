// What loops have in common that run within one call, such as those of `runSync` and of simulations: the host never has
// its turn meanwhile. So they cannot wait for a promise, and nothing can be loaded for them. Relies on loop.

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
    main._observe(); // by the caller, who is about to look
    this._awake = true; // nobody need wake us
    super._start(main);
  }

  /** @internal */ override _sliceIsOver(): boolean {
    this._budget = 1e6; // until we are asked again, which costs nothing
    return false;
  }
}
