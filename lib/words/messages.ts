// Messages about wrong values: for the caller of a function, and for a coroutine that yields one.
// Relies on show.

import { show } from './show.ts';

export { inspect, show } from './show.ts';

/** The error for an argument: the function, what it takes, and what came. */
export function mustBe(where: string, wanted: string, value: unknown): string {
  return `${where} takes ${wanted}, not ${show(value)}`;
}

/**
 * Of a value that is not awaitable: what cannot be done with it, and what was probably meant. `where` is the function
 * that it was given to, if there is one: `cannotBe('spawned', page, 'spawn')` says `spawn(page())`.
 */
export function cannotBe(done: string, value: unknown, where = ''): string {
  const shown = show(value);
  let meant = shown.startsWith('[') ? 'all(...)' : 'fromPromise(...)'; // an array is shown in brackets
  if (typeof value === 'function') {
    meant = 'to call it';
    if (value.name) meant += where ? `: ${where}(${shown}())` : `: ${shown}()`;
  }
  return `${shown} cannot be ${done}; did you mean ${meant}? Effects, coroutines, tasks, futures and promises can`;
}
