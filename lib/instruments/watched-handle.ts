// A callback of a loop that instruments look into: like watched-task.ts. Relies on the kernel and the watch.

import { Handle } from '../kernel/handle.ts';
import { chooseFirst } from './choose.ts';
import { watchOf } from './watch.ts';

export class WatchedHandle extends Handle {
  /** @internal */ override _run(): void {
    const watch = watchOf(this._loop);
    const before = watch.running;
    watch.running = this;
    const isCancelled = this._callback === undefined;
    if (!isCancelled) watch.tell(watch.listeners.callbackBegins, this);
    super._run();
    if (!isCancelled) watch.tell(watch.listeners.callbackEnds, this);
    watch.running = before;
    chooseFirst(watch);
  }
}

/** A callback becomes one that tells what it does. */
export function watchHandle(handle: Handle): void {
  Object.setPrototypeOf(handle, WatchedHandle.prototype);
}
