// The time of grace: how long a worker may take to heed a cancellation, or to end. Relies on nothing.

/** Node's timers go no further. Longer is for ever here. */
const LONGEST_TIMER = 2 ** 31 - 1;
/**
 * For how many milliseconds a worker whose `grace` is Infinity may be deaf. One that has heard of a cancellation, or of
 * its end, cleans up for as long as it likes. One that computes, and so hears nothing, may do that for ever.
 */
const DEAF = 5_000;

export function after(milliseconds: number, callback: () => void): NodeJS.Timeout | undefined {
  return milliseconds <= LONGEST_TIMER ? setTimeout(callback, milliseconds) : undefined;
}

export class Grace {
  private readonly milliseconds: number;
  private readonly mustOnlyHear: boolean;
  /** The limits of the calls of whose cancellation the worker has not heard, by their ids; `undefined`: of its end. */
  private readonly unheard = new Map<number | undefined, NodeJS.Timeout>();

  constructor(grace: number) {
    this.mustOnlyHear = grace > LONGEST_TIMER;
    this.milliseconds = this.mustOnlyHear ? DEAF : grace;
  }

  /** It begins for the call with this id, or for the end of the worker. */
  begin(id: number | undefined, expired: (milliseconds: number) => void): NodeJS.Timeout {
    const limit = setTimeout(expired, this.milliseconds, this.milliseconds);
    // Output that a slow reader has not taken is no reason to end a worker.
    if (id === undefined || this.mustOnlyHear) this.unheard.set(id, limit);
    return limit;
  }

  /** The worker has heard of it. */
  heard(id: number | undefined): void {
    clearTimeout(this.unheard.get(id));
    this.unheard.delete(id);
  }

  /** The call is over. */
  end(id: number, limit: NodeJS.Timeout): void {
    clearTimeout(limit);
    this.unheard.delete(id);
  }
}
