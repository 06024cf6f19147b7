// The pace of a loop: after how many steps it looks at the time, and when it is the host's turn.
//
// To look at the time costs as much as a step, 40 to 100 ns, so the loop does not look after each one. It looks after
// one step, then after two, four, and so on up to `LONGEST_STRIDE`. So quick steps pay 1 to 2 ns for it, and slow ones
// are noticed soon: in each turn of the host no more slow steps follow each other than there were quick ones before.
//
// That still is too many for a loop that has both, such as a hundred quick tasks and twenty that compute. So a loop
// that was caught out once, with a stride that took `SLOW` milliseconds, looks after each single step from then on.
// Each slice that was long without a slow stride doubles the limit again.
//
// A slice ends when it has lasted `SLICE` milliseconds. But its first steps stay together as long as the host does not
// notice (`FEWEST` and `SLOW`): those of a program that has just begun are slow because nothing is compiled yet.
//
// Relies on nothing.

/** Milliseconds: 1,000 to 10,000 quick steps. */
const SLICE = 0.25;
/** Milliseconds: a pause that timers and frames of the host notice. It is longer than a small garbage collection. */
const SLOW = 4;
/** Steps of a slice that lasts less than `SLOW`. */
const FEWEST = 32;
/** Steps between two looks. */
const LONGEST_STRIDE = 64;
/** A time that the first look will tell. So programs of a few steps look once less. */
const UNKNOWN = Infinity;

export class Pace {
  private stride = 1;
  private limit = LONGEST_STRIDE;
  private steps = 0;
  /** Was there a slow stride in this slice? */
  private slow = false;
  private sliceStart = UNKNOWN;
  private lastLook = UNKNOWN;

  /** The host has had its turn: a slice begins. `now`, if the time is known. */
  begin(now = UNKNOWN): void {
    this.stride = 1;
    this.steps = 0;
    this.slow = false;
    this.sliceStart = this.lastLook = now;
  }

  /** Looks at the time. Gives how many steps may follow until the next look: 0 when the slice is over. */
  look(): number {
    const now = performance.now();
    if (now - this.lastLook >= SLOW) {
      this.slow = true;
      this.limit = 1;
    }
    this.lastLook = now;
    this.steps += this.stride;
    if (now - this.sliceStart >= (this.steps < FEWEST ? SLOW : SLICE)) {
      if (!this.slow) this.limit = Math.min(2 * this.limit, LONGEST_STRIDE);
      return 0;
    }
    if (this.sliceStart === UNKNOWN) this.sliceStart = now;
    else this.stride = Math.min(2 * this.stride, this.limit);
    return this.stride;
  }
}
