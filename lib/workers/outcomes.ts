// What became of the items of a chunk, in one message. Relies on packed-error, protocol, words.

import type { Settled } from '../combinators/all.ts';
import { mustBe } from '../words/messages.ts';
import { unpack } from './packed-error.ts';
import type { PackedError } from './packed-error.ts';
import type { Call } from './protocol.ts';

/** Of one item. A chunk that ends with its first failure has fewer of these than items. */
export type ItemOutcome = { readonly value: unknown } | { readonly error: PackedError };

/** As `allSettled` has them. `where` says which worker they come from. Throws a `TypeError` for what was forged. */
export function openOutcomes({ args, each }: Call, outcomes: unknown, where: string): Settled<unknown>[] {
  if (!Array.isArray(outcomes)) throw new TypeError(mustBe('a chunk', 'what became of its items', outcomes));
  const isWhole = outcomes.length === args.length || (each === 'until one fails' && 'error' in Object(outcomes.at(-1)));
  if (!isWhole)
    throw new TypeError(`what became of ${args.length} items cannot be told by ${outcomes.length} outcomes`);
  return outcomes.map((one: ItemOutcome) =>
    'error' in one ?
      { status: 'rejected', reason: unpack(one.error, where) }
    : { status: 'fulfilled', value: one.value },
  );
}
