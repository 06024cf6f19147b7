// What map and mapSettled make of the call for an item, or for a chunk of items. Relies on effects/coroutine.

import { frameOf } from '../effects/coroutine.ts';
import { Effect } from '../kernel/effect.ts';

export type Wrap = (call: Effect<unknown>) => Effect<unknown>;

// A worker that dies fails all that it ran, in one turn: map throws the first of these errors, as it does of others.
const performFirst = /* @__PURE__ */ frameOf('first', function* (call: Effect<unknown>, failures: unknown[]) {
  try {
    return yield call;
  } catch (error) {
    if (failures.push(error) === 1) throw error;
    return undefined;
  }
});

const performSettle = /* @__PURE__ */ frameOf('settle', function* (call: Effect<unknown>) {
  try {
    return { status: 'fulfilled', value: yield call };
  } catch (reason) {
    return { status: 'rejected', reason };
  }
});

/** Its result. Of all calls that fail, only the error of the first is thrown: `failures` has those that came. */
export function firstOf(failures: unknown[]): Wrap {
  return (call) => new Effect('first', [call, failures], performFirst);
}

/** Whatever becomes of it, as `allSettled` has it. */
export const settle: Wrap = (call) => new Effect('settle', [call], performSettle);

const performFlat = /* @__PURE__ */ frameOf('flat', function* (chunks: Effect<unknown[][]>) {
  return ((yield chunks) as unknown[][]).flat();
});

/** The results of all chunks, one after the other. */
export function flat(chunks: Effect<unknown[][]>): Effect<unknown> {
  return new Effect('flat', [chunks], performFlat);
}
