// Who goes next, when an instrument decides that. The one that it chooses is moved to the front of the ready queue,
// where the scheduler takes it as ever. That is done at the end of each step and at the beginning of each pass, so
// that the choice is made with everything in view that is ready. Relies on the kernel and the watch.

import { Handle } from '../kernel/handle.ts';
import { Task } from '../kernel/task.ts';
import type { Waiter } from '../kernel/waiting.ts';
import type { Watch } from './watch.ts';

/** Asks the instrument that decides, if there is one, which waiter goes next, and puts that one first. */
export function chooseFirst(watch: Watch): void {
  if (watch.chooser === undefined) return;
  const { loop } = watch;
  if (loop._endOfFront?._queued) return; // what is at the front belongs to the step just done
  const ready = candidates(loop._first);
  const chosen = ready[watch.choose(ready)];
  if (chosen === undefined || chosen === loop._first) return;
  let before = loop._first as Waiter;
  while (before._next !== chosen) before = before._next as Waiter;
  before._next = chosen._next;
  if (loop._last === chosen) loop._last = before;
  chosen._next = loop._first;
  loop._first = chosen;
}

/**
 * Those that may go next: all that are ready, as far as the end of the pass. Callbacks keep their order, so of several
 * only the first one may. An owner that waits for those who have joined a failed child comes after them: else the
 * failure would be told to both.
 */
function candidates(first: Waiter | undefined): (Task | Handle)[] {
  const ready: (Task | Handle)[] = [];
  let hasCallback = false;
  for (let waiter = first; waiter; waiter = waiter._next) {
    if (waiter instanceof Task) {
      if (waiter === first || !waiter._scope?.lookedForJoins) ready.push(waiter);
    } else if (!(waiter instanceof Handle)) break;
    else if (!hasCallback) {
      hasCallback = true;
      ready.push(waiter);
    }
  }
  return ready;
}
