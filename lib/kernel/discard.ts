// discard: what was yielded, or was about to be performed, and never will be, because a cancellation came first.
// Relies on awaitable.

import { isPromise } from './awaitable.ts';

/** A promise that nobody will look at any more must not end the process when it is rejected. */
export function discard(yielded: unknown): void {
  if (isPromise(yielded) && yielded instanceof Promise) yielded.then(undefined, () => {});
}
