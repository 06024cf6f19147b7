// The log of a recorder: events as rows of numbers, in chunks. Four numbers a row, 32 bytes, and nothing else is made
// while a program runs: no object, no text. A log either stops at its limit and counts what it drops, or is a ring that
// forgets its oldest chunk. Relies on nothing.

// What a row says. The columns are: what and task (as one number), operand, time, number.
//
//   what         operand                         time                       number
//   SPAWNED      who spawned it                  when                       its owner's id
//   ALIVE        what it waits on (a label)      since when                 its owner's id
//   WOKEN        who woke it                     when
//   STEP         what it waits on then (a label) when the step began        when it ended; on a virtual clock how long
//                                                                           it took
//   DETAIL                                       as the row it belongs to   the argument of the wait of the next STEP
//                                                                           or ALIVE
//   CALLBACK                                     when it began              as STEP
//   FRAME_CALLED its name (a label)              when the step began        depth
//   FRAME_ENDED                                  when the step began        depth that is left
//   FRAME_CLOSING                                when the step began        depth
//   CANCEL       who asked                       when                       the reason (a label)
//   OVER         how (ENDS)                      when                       the error (a label)
export const SPAWNED = 0;
export const ALIVE = 1;
export const WOKEN = 2;
export const STEP = 3;
export const DETAIL = 4;
export const CALLBACK = 5;
export const FRAME_CALLED = 6;
export const FRAME_ENDED = 7;
export const FRAME_CLOSING = 8;
export const CANCEL = 9;
export const OVER = 10;

/** In the place of a label: it waits for nothing, but is ready, or over. */
export const READY = 0;
/** In the place of a task: a timer, the host, or code outside of the loop; a callback of the loop. */
export const OUTSIDE = 0;
export const BY_CALLBACK = -1;

/** How a task ended, by the operand of OVER. */
export const ENDS = ['succeeded', 'failed', 'cancelled'] as const;

const COLUMNS = 4;
/** Of a task's id and what the row says of it: id * KINDS + what. */
const KINDS = 16;

/** Rows one after the other. */
interface Chunk {
  readonly rows: Float64Array;
  /** How many numbers of `rows` are used. */
  used: number;
}

function emptyChunk(size: number): Chunk {
  return { rows: new Float64Array(size * COLUMNS), used: 0 };
}

/** Is given each row of a log. */
export type Visit = (what: number, task: number, operand: number, time: number, number: number) => void;

export class EventLog {
  /** Rows that were not kept: at the end for want of room, or at the beginning because the log is a ring. */
  dropped = 0;
  private readonly limit: number;
  private readonly size: number;
  /** For a ring: is given the rows of each chunk that is forgotten. */
  private readonly forget: Visit | undefined;
  private chunks: Chunk[] = [];
  private last: Chunk;
  private isFull = false;

  /** At most `limit` rows. With `forget` it is a ring. */
  constructor(limit: number, forget?: Visit) {
    this.limit = limit;
    // A ring holds up to one chunk more than its limit.
    this.size = forget ? Math.max(64, Math.ceil(limit / 8)) : Math.min(limit, 16_384);
    this.forget = forget;
    this.chunks = [(this.last = emptyChunk(this.size))];
  }

  /** The number of rows that are there. */
  get length(): number {
    return this.chunks.reduce((sum, { used }) => sum + used / COLUMNS, 0);
  }

  add(what: number, task: number, operand: number, time: number, number: number): void {
    const chunk = this.last;
    const { rows, used } = chunk;
    if (used === rows.length) return this.addToNext(what, task, operand, time, number);
    rows[used] = task * KINDS + what;
    rows[used + 1] = operand;
    rows[used + 2] = time;
    rows[used + 3] = number;
    chunk.used = used + COLUMNS;
  }

  private addToNext(what: number, task: number, operand: number, time: number, number: number): void {
    const length = this.chunks.length * this.size;
    if (this.forget === undefined && length >= this.limit) {
      this.dropped++;
      this.isFull = true;
      return;
    }
    if (this.forget !== undefined && length >= this.limit + this.size) this.forgetOldest();
    const room = this.forget === undefined ? Math.min(this.size, this.limit - length) : this.size;
    this.chunks.push((this.last = emptyChunk(room)));
    this.add(what, task, operand, time, number);
  }

  /** No more rows fit: what follows is only counted. */
  get full(): boolean {
    return this.isFull;
  }

  private forgetOldest(): void {
    const oldest = this.chunks.shift() as Chunk;
    this.dropped += oldest.used / COLUMNS;
    visitRows(oldest, this.forget as Visit);
  }

  /** A function for each chunk, which visits its rows. All rows are in the order in which they came. */
  inChunks(): ((visit: Visit) => void)[] {
    return this.chunks.map((chunk) => (visit) => visitRows(chunk, visit));
  }

  /** Of a copy: forgets the rows at its beginning that are older than this, and visits them. */
  forgetBefore(time: number, visit: Visit): void {
    for (const chunk of this.chunks) {
      let at = 0;
      while (at < chunk.used && (chunk.rows[at + 2] as number) < time) at += COLUMNS;
      if (at === 0) return;
      this.dropped += at / COLUMNS;
      visitRows({ rows: chunk.rows, used: at }, visit);
      const rest = { rows: chunk.rows.subarray(at), used: chunk.used - at };
      this.chunks[this.chunks.indexOf(chunk)] = rest;
      if (rest.used > 0) return;
    }
  }

  /** A log of the same rows, which does not grow with this one. */
  copy(): EventLog {
    const copy = new EventLog(1, this.forget);
    copy.dropped = this.dropped;
    // Nobody writes to the others any more.
    copy.chunks = this.chunks.map((chunk) => (chunk === this.last ? { ...chunk, rows: chunk.rows.slice() } : chunk));
    return copy;
  }
}

function visitRows({ rows, used }: Chunk, visit: Visit): void {
  for (let at = 0; at < used; at += COLUMNS) {
    const head = rows[at] as number;
    visit(
      head % KINDS,
      Math.floor(head / KINDS),
      rows[at + 1] as number,
      rows[at + 2] as number,
      rows[at + 3] as number,
    );
  }
}
