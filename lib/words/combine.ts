// Several errors in one. Relies on explain.

import { show } from './messages.ts';

/** One error is thrown as it is, several as one `AggregateError`; the same error twice counts once. */
export function combine(errors: readonly unknown[]): unknown {
  const distinct = [...new Set(errors)];
  return distinct.length < 2 ? distinct[0] : new AggregateError(distinct, distinct.map(show).join('; '));
}
