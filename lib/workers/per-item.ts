// What mapSettled makes of the call for an item, and map of the results of chunks. Relies on effects/coroutine.

import { frameOf } from '../effects/coroutine.ts';
import { Effect } from '../kernel/effect.ts';

export type Wrap = (call: Effect<unknown>) => Effect<unknown>;

const performSettle = /* @__PURE__ */ frameOf('settle', function* (call: Effect<unknown>) {
  try {
    return { status: 'fulfilled', value: yield call };
  } catch (reason) {
    return { status: 'rejected', reason };
  }
});

/** Whatever becomes of it, as `allSettled` has it. */
export const settle: Wrap = (call) => new Effect('settle', [call], performSettle);

const performFlat = /* @__PURE__ */ frameOf('flat', function* (chunks: Effect<unknown[][]>) {
  return ((yield chunks) as unknown[][]).flat();
});

/** The results of all chunks, one after the other. */
export function flat(chunks: Effect<unknown[][]>): Effect<unknown> {
  return new Effect('flat', [chunks], performFlat);
}
