// Several errors in one. Relies on thrown.

import { listErrors } from './thrown.ts';

/**
 * What is thrown for several failures: one error as it is, more of them as an `AggregateError`. The same error twice
 * counts once. Never throws, whatever the errors are.
 */
export function combine(errors: readonly unknown[]): unknown {
  const distinct = [...new Set(errors)];
  return distinct.length < 2 ? distinct[0] : new AggregateError(distinct, listErrors(distinct));
}
