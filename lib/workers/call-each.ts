// A chunk in a worker: the function is called with each of its items, one after the other, and what became of all of
// them is one answer. Between two items the worker looks up from its work every 10 ms, so that it hears of a
// cancellation. Relies on arrivals, call-function, packed-error, transfer, unsendable.

import { Items } from './arrivals.ts';
import { callFunction } from './call-function.ts';
import type { Callable } from './call-function.ts';
import type { CallSignal } from './call-signal.ts';
import type { ItemOutcome } from './outcomes.ts';
import { pack } from './packed-error.ts';
import type { Call } from './protocol.ts';
import { transfer, transfersOf } from './transfer.ts';
import type { Kind } from './travels.ts';
import { canBeCopied, refusedValue, unsendableValue } from './unsendable.ts';

/** How many milliseconds a worker may spend on items that need not wait, before it hears of what has come. */
const SLICE = 10;

/** It is over when one of the two is called, once. Only a cancellation rejects it. */
export function callEach(
  fn: Callable,
  { export: name, args: items, each, place }: Call,
  kind: Kind,
  signal: CallSignal,
  resolve: (outcomes: readonly ItemOutcome[]) => void,
  reject: (error: unknown) => void,
): void {
  const begun = new Items(place as number, items.length);
  const outcomes: ItemOutcome[] = [];
  const transfers: object[] = [];
  let failed = false;
  let lookUp = performance.now() + SLICE;

  const isOver = () => outcomes.length === items.length || (failed && each === 'until one fails');
  const succeed = (value: unknown): void => {
    const unsendable = unsendableValue(() => `the result of ${name}`, value, kind);
    if (unsendable) return fail(unsendable);
    outcomes.push({ value });
    transfers.push(...(transfersOf([value]) ?? []));
  };
  const fail = (error: unknown): void => {
    outcomes.push({ error: pack(error) });
    failed = true;
  };
  const goOn = (): void => {
    while (!isOver()) {
      if (performance.now() > lookUp) {
        lookUp = Infinity;
        begun.pause();
        return void setImmediate(resume);
      }
      let waits: boolean | undefined;
      const next = (): void => {
        if (waits) goOn();
        waits = false;
      };
      begun.begin();
      callFunction(
        fn,
        [items[outcomes.length]],
        name,
        signal,
        (value) => {
          succeed(value);
          next();
        },
        (error) => {
          if (!signal.aborted) {
            fail(error);
            return next();
          }
          begun.pause();
          reject(error);
        },
      );
      if (waits === undefined) {
        waits = true;
        begun.pause();
        return;
      }
    }
    begun.pause();
    resolve(transfers.length > 0 ? transfer(outcomes, transfers) : outcomes);
  };
  const resume = (): void => {
    lookUp = performance.now() + SLICE;
    goOn();
  };
  goOn();
}

/** Node has refused to copy the outcomes: those whose values it refuses become errors. */
export function withoutRefused(
  outcomes: readonly ItemOutcome[],
  name: string,
  kind: Kind,
  cause: unknown,
): ItemOutcome[] {
  const error = () => pack(refusedValue(() => `the result of ${name}`, kind, cause));
  return outcomes.map((one) => ('error' in one || canBeCopied(one.value) ? one : { error: error() }));
}
