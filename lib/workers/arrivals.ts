// Which calls have reached a worker, and which items of a chunk have begun. The pool asks when the worker has died: a
// call that had arrived may have begun, and is lost with it; one that had not can safely be sent to another worker, and
// still begins only once. The same is true of the items of a chunk.
//
// The worker counts the calls that it receives, and notes the count before it looks at the call. It notes it where the
// pool can read it although the worker is gone, and need not listen while it works: in memory that a thread shares, or
// in a file that a process inherits open. That costs a process 2 us a call, and the pool nothing. A message for each
// call would cost the pool as much again as its answer, and of what a process has sent, the end may be lost with it.
// Relies on Node.

import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * What a worker is told: the shared memory, or the number that the file has in its process. Not `Int32Array<...>`:
 * before 5.7 TypeScript takes no argument there, and it reads this file.
 */
export type Note = Int32Array | number | undefined;

/** A note has the count of the calls, and behind it one for each chunk that the worker runs at the same time. */
const COUNTS = 1_024;

/** The pool's side. */
export class Arrivals {
  /** What the worker is told. */
  readonly note: Note;
  /** The number that the file of a process has here. */
  readonly file: number | undefined;
  private readonly freePlaces: number[] = [];
  private places = 0;

  /** Without a note nobody knows: each call and each item may have begun. */
  constructor(note?: Note, file?: number) {
    this.note = note;
    this.file = file;
  }

  /** A chunk is about to be sent. Gives the place where its items are counted, which begins at 0. */
  takePlace(): number {
    const place = this.freePlaces.pop() ?? ++this.places;
    write(this.file ?? this.note, place, 0);
    return place;
  }

  /** The chunk is over. */
  freePlace(place: number | undefined): void {
    if (place !== undefined) this.freePlaces.push(place);
  }

  /**
   * The worker is gone. Gives what it has noted in a place: in that of a chunk how many of its items have begun, in 0
   * how many calls have reached it. Asked once: a file is closed then.
   */
  read(): (place: number) => number {
    let counts = this.note;
    if (this.file !== undefined) {
      counts = new Int32Array(COUNTS);
      readSync(this.file, counts, 0, counts.byteLength, 0);
      closeSync(this.file);
    }
    return (place) => (counts as Int32Array | undefined)?.[place] ?? Infinity;
  }
}

export function arrivalsInThread(): Arrivals {
  return new Arrivals(new Int32Array(new SharedArrayBuffer(COUNTS * Int32Array.BYTES_PER_ELEMENT)));
}

/** `inWorker` is the number that the file will have in the process. */
export function arrivalsInProcess(inWorker: number): Arrivals {
  try {
    // No UUID: to load node:crypto takes 2 ms, in the program and in each worker. Nor is it needed: `x` refuses a name
    // that is taken, also by a link.
    const path = join(tmpdir(), `treadle-${process.pid}-${Math.random().toString(36).slice(2)}`);
    const file = openSync(path, 'wx+', 0o600);
    unlinkSync(path); // it lives as long as it is open
    write(file, 0, 0); // now it has its place on the disk
    return new Arrivals(inWorker, file);
  } catch {
    return new Arrivals(); // there is no folder for it, or it may not be written
  }
}

const bytes = /* @__PURE__ */ new Int32Array(1);

function write(note: Note, place: number, count: number): void {
  if (note === undefined || place >= COUNTS) return;
  if (typeof note !== 'number') return void Atomics.store(note, place, count);
  bytes[0] = count;
  writeSync(note, bytes, 0, bytes.byteLength, place * bytes.byteLength);
}

// ---- The worker's side

let note: Note;

/**
 * Gives what is called with each call that arrives, before it is looked at, and says which one it is, from 1 on. An
 * error of it ends the worker.
 */
export function noteArrivals(where: Note): () => number {
  let count = 0;
  note = where;
  process.on('exit', () => current?.pause());
  return () => {
    write(where, 0, ++count);
    return count;
  };
}

/**
 * A process notes this many items at once when the last ones took less than this many milliseconds each. To note each
 * of them took 2 us of the processor for an item that takes 2 with all that belongs to it, and this takes 0.2.
 */
const AT_ONCE = 16;
const QUICK = 0.01;

/** The chunk of which an item is being called. */
let current: Items | undefined;

/** The items of a chunk, which are noted at this place as they begin. */
export class Items {
  private readonly place: number;
  private readonly length: number;
  private begun = 0;
  private noted = 0;
  /** When the last ones were noted, and how many. */
  private notedAt = -Infinity;
  private step = 1;

  constructor(place: number, length: number) {
    this.place = place;
    this.length = length;
  }

  /** The next one is about to be called. */
  begin(): void {
    if (++this.begun <= this.noted || note === undefined) return;
    if (typeof note === 'number') {
      const now = performance.now();
      this.step = now - this.notedAt < this.step * QUICK ? AT_ONCE : 1;
      this.notedAt = now;
      current = this;
    }
    this.note(Math.min(this.begun + this.step - 1, this.length));
  }

  /** None is being called for a while. Those that were noted, and have not begun, are so no more. */
  pause(): void {
    current = undefined;
    this.step = 1;
    if (this.noted > this.begun) this.note(this.begun);
  }

  private note(count: number): void {
    this.noted = count;
    write(note, this.place, count);
  }
}
