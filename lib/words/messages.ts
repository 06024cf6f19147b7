// What is said of values that are wrong: to the caller of a function, and to a coroutine that yields them.
// Relies on show.

import { show } from './show.ts';

export { inspect, show } from './show.ts';

/** Of an argument: who takes what, and what came. */
export function mustBe(where: string, wanted: string, value: unknown): string {
  return `${where} takes ${wanted}, not ${show(value)}`;
}

/**
 * Of a value that is not awaitable: what cannot be done with it, and what was probably meant. `where` is the function
 * that it was given to, if there is one: `cannotBe('spawned', page, 'spawn')` says `spawn(page())`.
 */
export function cannotBe(done: string, value: unknown, where = ''): string {
  return (
    `${show(value)} cannot be ${done}; did you mean ${probably(value, where)}? ` +
    'Effects, coroutines, tasks, futures and promises can'
  );
}

function probably(value: unknown, where: string): string {
  if (typeof value === 'function') {
    const name = show(value);
    if (name === 'a function') return 'to call it';
    return `to call it: ${where ? `${where}(${name}())` : `${name}()`}`;
  }
  return isArray(value) ? 'all(...)' : 'fromPromise(...)';
}

/** `Array.isArray` throws when it is given a revoked proxy. */
function isArray(value: unknown): boolean {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}
