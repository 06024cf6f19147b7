// A daemon that feeds a channel: what `fromAsyncIterable`, `debounce` and `throttle` are made of. The end of its work,
// or the error of it, is the end of the channel; a channel that is closed early ends the daemon. Relies on effects,
// sync/channel.

import { currentTask } from '../effects/current-task.ts';
import { startChild } from '../effects/spawn.ts';
import type { Coroutine } from '../kernel/awaitable.ts';
import type { Task } from '../kernel/task.ts';
import type { Channel } from '../sync/channel.ts';

/** Why a bridge is cancelled when the other side has left. */
export const LEFT = 'no longer needed';

/** Gives back what the work took its items from. What it gives is waited for. It is called twice: once it does it. */
type Release = () => Promise<unknown> | undefined;

/** Starts the daemon as a child of the task. `release` is called when the channel is closed, however that came. */
export function startFeeding(task: Task, channel: Channel<unknown>, work: Coroutine<void>, release?: Release): void {
  const name = channel.name;
  const child = startChild(task, feeding(channel, work, release), { name, daemon: true });
  channel._release = () => child.cancel(LEFT);
  // If it was cancelled before its first step, nothing of `feeding` was run.
  child.addDoneCallback(() => {
    channel.close();
    release?.();
  });
}

function* feeding(channel: Channel<unknown>, work: Coroutine<void>, release: Release | undefined): Coroutine<void> {
  const me = yield* currentTask();
  try {
    yield work;
  } catch (error) {
    // It fails this task too, and so its owner when that ends, unless a receiver is thrown the error by then.
    channel._release = undefined;
    channel._closeThrowing(error, () => me._observe());
    throw error;
  } finally {
    channel._release = undefined; // it would cancel this very task
    channel.close();
    const released = release?.();
    if (released) yield released;
  }
}
