// Thrown values. A program can throw anything: `undefined`, a frozen error, an error whose `message` is a getter that
// throws, a revoked proxy, which throws whatever is done with it. So every look at a thrown value is taken here, and
// none of these functions throws. Only the task that threw may fail.
// Relies on errors and show.

import { InvalidStateError } from './errors.ts';
import { show } from './show.ts';

/** `value instanceof Class`, which throws when it is asked of a revoked proxy. */
export function isInstance<T>(value: unknown, Class: abstract new (...args: never[]) => T): value is T {
  try {
    return value instanceof Class;
  } catch {
    return false;
  }
}

/** What V8, SpiderMonkey and JavaScriptCore say of a generator that is stepped while it runs. */
const reentry = ['Generator is already running', 'already executing generator', 'Generator is executing'];

/** A generator that is stepped from inside itself: the language's own error does not say which task that was. */
export function explainError(error: unknown, task: unknown): unknown {
  try {
    if (error instanceof TypeError && reentry.includes(error.message))
      return new InvalidStateError(`${task} cannot step a generator from inside itself: ${error.message}`);
  } catch {
    // It cannot be looked at.
  }
  return error;
}

/** Several errors in a line, for the message of an `AggregateError`: the first few as text, and how many more. */
export function listErrors(errors: readonly unknown[]): string {
  const shown = errors.slice(0, 9).map((error) => show(error));
  const more = errors.length - shown.length;
  return shown.join('; ') + (more > 0 ? `; and ${more} more` : '');
}
