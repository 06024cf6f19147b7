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
export const KINDS = 16;

/** A chunk of rows, one after the other. */
type Rows = Float64Array;

/** Is given each row of a log. */
export type Visit = (what: number, task: number, operand: number, time: number, number: number) => void;

export class EventLog {
  /** Rows that were not kept: at the end for want of room, or at the beginning because the log is a ring. */
  dropped = 0;
  /** The rows that are being written, and how many numbers of them are used. Only for `stepEnds` of the recorder. */
  rows: Rows;
  private used = 0;
  private readonly limit: number;
  private readonly size: number;
  /** For a ring: called with the rows of each chunk that is forgotten. */
  private readonly forget: Visit | undefined;
  /** Those that are full. */
  private chunks: Rows[] = [];
  private isFull = false;

  /** At most `limit` rows. With `forget` it is a ring, which has up to one chunk more. */
  constructor(limit: number, forget?: Visit) {
    this.limit = limit;
    this.size = forget ? Math.max(64, Math.ceil(limit / 8)) : Math.min(limit, 16_384);
    this.forget = forget;
    this.rows = new Float64Array(this.size * COLUMNS);
  }

  add(what: number, task: number, operand: number, time: number, number: number): void {
    const at = this.next();
    const { rows } = this;
    rows[at] = task * KINDS + what;
    rows[at + 1] = operand;
    rows[at + 2] = time;
    rows[at + 3] = number;
  }

  /** Where the next row goes in `rows`. When there is no room, that is a row which nobody reads. */
  next(): number {
    let at = this.used;
    if (at === this.rows.length) {
      this.openChunk();
      at = 0;
    }
    this.used = at + COLUMNS;
    return at;
  }

  private openChunk(): void {
    if (!this.isFull) this.chunks.push(this.rows);
    const length = this.chunks.reduce((sum, rows) => sum + rows.length / COLUMNS, 0);
    if (this.forget === undefined && length >= this.limit) {
      if (!this.isFull) this.rows = new Float64Array(COLUMNS);
      this.isFull = true;
      this.dropped++;
      return;
    }
    if (this.forget !== undefined && length > this.limit) this.forgetOldest(this.forget);
    this.rows = new Float64Array(COLUMNS * (this.forget ? this.size : Math.min(this.size, this.limit - length)));
  }

  /** No more rows fit: what follows is only counted. */
  get full(): boolean {
    return this.isFull;
  }

  private forgetOldest(forget: Visit): void {
    const oldest = this.chunks.shift() as Rows;
    this.dropped += oldest.length / COLUMNS;
    visitRows(oldest, forget);
  }

  /** A function for each chunk, which visits its rows. All rows are in the order in which they came. */
  inChunks(): ((visit: Visit) => void)[] {
    return this.written().map((rows) => (visit) => visitRows(rows, visit));
  }

  private written(): Rows[] {
    return this.isFull ? this.chunks : [...this.chunks, this.rows.subarray(0, this.used)];
  }

  /** A log of the same rows, to be read, which does not grow with this one. */
  copy(): EventLog {
    const copy = new EventLog(1);
    copy.dropped = this.dropped;
    copy.chunks = this.written();
    copy.isFull = true;
    return copy;
  }

  /** Of a copy: forgets the rows at its beginning that are older than this, and visits them. */
  forgetBefore(time: number, visit: Visit): void {
    for (let rows = this.chunks[0]; rows !== undefined; rows = this.chunks[0]) {
      let at = 0;
      while (at < rows.length && (rows[at + 2] as number) < time) at += COLUMNS;
      this.dropped += at / COLUMNS;
      visitRows(rows.subarray(0, at), visit);
      this.chunks[0] = rows.subarray(at);
      if (at < rows.length) return;
      this.chunks.shift();
    }
  }
}

function visitRows(rows: Rows, visit: Visit): void {
  for (let at = 0; at < rows.length; at += COLUMNS) {
    const head = rows[at] as number;
    const [operand, time, number] = [rows[at + 1] as number, rows[at + 2] as number, rows[at + 3] as number];
    visit(head % KINDS, Math.floor(head / KINDS), operand, time, number);
  }
}
