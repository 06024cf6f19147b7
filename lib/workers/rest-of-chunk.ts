// What is left of a chunk when its worker has died. Items that had not begun are sent again, and have used no try.
// Those that had begun are lost, because their results were in the worker alone: each of them gets the error, or is
// sent again if it may be tried again.
//
// One message takes only items with the same number of tries left: one that may begin no more does not go with others
// that have never begun. The item that began last comes first, because it has probably killed the worker. If it does so
// again, no other has begun. Relies on protocol.

import type { Settled } from '../combinators/all.ts';
import type { Chunk } from './protocol.ts';

interface Item {
  readonly value: unknown;
  /** Its place in the chunk. */
  readonly index: number;
  readonly retries: number;
}

export class RestOfChunk {
  /** What became of the items that are over, each in its place. */
  readonly outcomes: Settled<unknown>[] = [];
  /** What is sent next, or was sent last: the first of those that are left. */
  message: Chunk;
  private left: readonly Item[];

  constructor(chunk: Chunk, retries: number) {
    this.message = chunk;
    this.left = chunk.args.map((value, index) => ({ value, index, retries }));
  }

  /** The worker has died when the first `begun` items of the message had begun. False: no other may be sent. */
  goesOnWithout(begun: number, error: () => unknown): boolean {
    const lost = this.left.slice(0, begun);
    const last = lost.pop();
    if (last) lost.unshift(last);
    const failed = lost.filter(({ retries }) => retries === 0);
    if (failed.length > 0 && this.message.each === 'until one fails') return false;
    for (const { index } of failed) this.outcomes[index] = { status: 'rejected', reason: error() };
    const again = lost.filter(({ retries }) => retries > 0).map((item) => ({ ...item, retries: item.retries - 1 }));
    return this.goesOnWith([...again, ...this.left.slice(begun)]);
  }

  /** What became of the items of the message. False when nothing is left to be sent. */
  goesOnAfter(outcomes: readonly Settled<unknown>[]): boolean {
    outcomes.forEach((outcome, i) => (this.outcomes[(this.left[i] as Item).index] = outcome));
    const isOver = this.message.each === 'until one fails' && outcomes.at(-1)?.status === 'rejected';
    return this.goesOnWith(isOver ? [] : this.left.slice(outcomes.length));
  }

  /** What is left cannot be sent any more. Gives what became of all items. */
  fail(reason: unknown): readonly Settled<unknown>[] {
    for (const { index } of this.left) this.outcomes[index] = { status: 'rejected', reason };
    return this.outcomes;
  }

  private goesOnWith(left: readonly Item[]): boolean {
    this.left = left;
    const end = left.findIndex(({ retries }) => retries !== left[0]?.retries);
    const next = left.slice(0, end < 0 ? left.length : end);
    if (next.length > 0) this.message = this.message.of(next.map(({ value }) => value));
    return next.length > 0;
  }
}
