// Debug mode: a queue that only grows. Its consumers are slower than its producers, or gone, and one day the memory is
// full. The rule: it holds at least 1,000 items, and at six looks in a row, a second apart, it held more than at the
// look before. It is reported once. Looks are taken when an item is put in, so nothing runs for a queue that is not
// used. Relies on notes.

import type { Cause, Instrument, ItemQueue } from '../instruments/instrument.ts';
import type { Loop } from '../loop/loop.ts';
import { show } from '../words/show.ts';
import type { Notes } from './notes.ts';

const MANY = 1_000;
/** Milliseconds of the loop's clock. */
const BETWEEN_LOOKS = 1_000;
const LOOKS = 6;

interface Look {
  time: number;
  size: number;
  /** How many looks in a row it has grown. */
  grown: number;
}

export class GrowingQueues implements Instrument {
  readonly name = 'debug mode';
  private readonly notes: Notes;
  private readonly loop: Loop;
  private readonly looks = new WeakMap<ItemQueue, Look>();

  constructor(notes: Notes, loop: Loop) {
    this.notes = notes;
    this.loop = loop;
  }

  itemPut(queue: ItemQueue, by: Cause): void {
    const now = this.loop.now();
    const last = this.looks.get(queue);
    if (last === undefined) this.looks.set(queue, { time: now, size: queue.size, grown: 0 });
    else if (now - last.time >= BETWEEN_LOOKS && last.grown < LOOKS) this.look(queue, last, now, by);
  }

  private look(queue: ItemQueue, last: Look, now: number, by: Cause): void {
    last.grown = queue.size > last.size && queue.size >= MANY ? last.grown + 1 : 0;
    last.time = now;
    last.size = queue.size;
    if (last.grown < LOOKS) return;
    const lastBy = by === undefined ? 'the host' : show(by);
    this.notes.warn(
      `${queue.name} only grows: it holds ${queue.size} items, put in last by ${lastBy}. ` +
        'Its consumers are slower than its producers; with a capacity, the producers would wait',
    );
  }
}
