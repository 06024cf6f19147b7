// Calls that a thread is given ahead, while it still runs the one before. When that is over, the thread begins the next
// one by itself. Otherwise it would sleep until the pool has read its answer and sent the next order: of 10,000 calls
// at once, each would take 27 µs and not 17 (two threads on two cores).
//
// A call that lies ahead at a worker must not be worse off than one in the queue of the pool. So the pool can take it
// back until it begins: when another worker has nothing to do, when its own worker takes long, is ended or dies, and
// when it is cancelled. Who has the call is decided in memory that both sides share. Its number has a slot there:
//
//     pool:    writes the number into the slot, and sends the order
//     thread:  when nothing runs any more, exchanges the number for 0, and begins
//     pool:    to take the call back, exchanges the number for 0
//
// The exchange is atomic, so only one of the two finds the number there. When a call has failed, the thread begins none
// of those that lie behind it. The pool takes them back: `all` and `map` begin nothing behind a failure.
//
// Only calls with small plain arguments are given ahead. To read them cannot end the thread, as an argument can that is
// too large for its memory, and would end the call that runs as well. And only to threads that run one call at a time:
// those that run several are seldom without one. Relies on job, json, transfer.

import type { Job } from './job.ts';
import { isJsonMessage } from './json.ts';
import { transfersOf } from './transfer.ts';

/** Not `Int32Array<...>`: before 5.7 TypeScript takes no argument there, and it reads this file. */
export type Slots = Int32Array;

/** Is it one that can be given ahead? */
export function mayGoAhead({ call }: Job): boolean {
  return call.each === undefined && isJsonMessage(call.args) && transfersOf(call.args) === undefined;
}

/** How many calls may lie ahead at a thread. */
const MOST = 4;

/** Numbers that follow each other never share a slot, if they are no more than that. */
const slotOf = (number: number): number => number % MOST;

/** The pool's side. */
export class Ahead {
  readonly slots: Slots = new Int32Array(new SharedArrayBuffer(MOST * Int32Array.BYTES_PER_ELEMENT));
  /** Those that were given ahead, up to the first one that the thread runs as far as the pool knows. */
  readonly waiting: Job[] = [];
  /**
   * How many there may be: one more with each call that has succeeded, and none behind one that has failed. What lay
   * behind that was sent in vain, so of calls that often fail few are given ahead.
   */
  private room = 0;

  /** Could a job with this number be given ahead? Not while the thread has not begun the last one in its slot. */
  isFreeFor(number: number): boolean {
    return this.waiting.length < this.room && Atomics.load(this.slots, slotOf(number)) === 0;
  }

  /** The job is about to be sent. */
  give(job: Job): void {
    this.waiting.push(job);
    Atomics.store(this.slots, slotOf(job.number), job.number);
  }

  /** A job is over: gives the one that the thread goes on with. */
  over(succeeded: boolean): Job | undefined {
    this.room = succeeded ? Math.min(this.room + 1, MOST) : 0;
    return this.next();
  }

  /** The one that the thread goes on with. From now on it runs, as far as the pool knows. */
  next(): Job | undefined {
    return this.waiting.shift();
  }

  has(job: Job): boolean {
    return this.waiting.includes(job);
  }

  /** True if the thread has not begun the job. It never will, then. */
  takeBack(job: Job): boolean {
    const { number } = job;
    if (Atomics.compareExchange(this.slots, slotOf(number), number, 0) !== number) return false;
    const place = this.waiting.indexOf(job);
    if (place >= 0) this.waiting.splice(place, 1);
    return true;
  }

  /**
   * The same for one that is cancelled. Then one fewer goes ahead until the next success: behind a long call, all those
   * that wait there until a time limit expires would be sent in vain.
   */
  cancel(job: Job): boolean {
    const isBack = this.takeBack(job);
    if (isBack && this.room > 0) this.room--;
    return isBack;
  }

  /** Takes back the one that would begin next. */
  takeBackOne(): Job | undefined {
    return this.waiting.find((job) => this.takeBack(job));
  }
}

/** The thread's side. */
export class AheadInThread {
  private readonly slots: Slots;
  /** Opens the gate of each order that waits. */
  private readonly gates: (() => void)[] = [];
  /** The gate that is open, and whose call has not begun. */
  private open: (() => void) | undefined = undefined;
  private hasFailed = false;

  constructor(slots: Slots) {
    this.slots = slots;
  }

  /**
   * The order to run the call with this number has come. The call begins when nothing runs any more, as if its order
   * came only then: in the asynchronous context of now, hence the promise, and in a turn of its own. What the call
   * before it has left behind, such as a rejection that nobody handles, may still end the thread. Then this one must
   * not have begun, or it would be lost, too.
   */
  add(number: number, nothingRuns: boolean, begin: () => void): void {
    if (this.hasFailed) return;
    const beginIfMine = (): void => {
      this.open = undefined;
      if (Atomics.compareExchange(this.slots, slotOf(number), number, 0) === number) begin();
      else this.openNext(); // it was taken back
    };
    if (nothingRuns && !this.open) return beginIfMine();
    void new Promise<() => void>((open) => {
      const gate = (): void => open(gate);
      this.gates.push(gate);
    }).then((gate) => setImmediate(() => this.open === gate && beginIfMine()));
  }

  /** A call is over, and its answer was sent. */
  over(failed: boolean): void {
    if (!failed) return this.openNext();
    this.hasFailed = true;
    this.gates.length = 0;
  }

  /** The pool has sent a call that is to begin at once: it knows of the failure. What waited here it has taken back. */
  goOn(): void {
    this.hasFailed = false;
    this.gates.length = 0;
    this.open = undefined;
  }

  private openNext(): void {
    this.open = this.gates.shift();
    this.open?.();
  }
}
