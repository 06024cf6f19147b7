// Which calls have reached a worker. The pool asks when the worker has died: a call that had arrived may have begun,
// and is lost with it; one that had not can safely be sent to another worker, and still begins only once.
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

/** The pool's side. */
export interface Arrivals {
  readonly note: Note;
  /** How many calls have reached the worker, which is gone. Asked once. */
  count(): number;
}

export interface ArrivalsInFile extends Arrivals {
  /** The number that the file has here. Without one, nothing is noted. */
  readonly file: number | undefined;
}

/** Nobody knows. So each call may have begun. */
const unknown: Arrivals = { note: undefined, count: () => Infinity };

export function arrivalsInThread(): Arrivals {
  const note = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  return { note, count: () => Atomics.load(note, 0) };
}

/** `place` is the number that the file will have in the process. To ask for the count closes it here. */
export function arrivalsInProcess(place: number): ArrivalsInFile {
  let file: number;
  try {
    // No UUID: to load node:crypto takes 2 ms, in the program and in each worker. Nor is it needed: `x` refuses a name
    // that is taken, also by a link.
    const path = join(tmpdir(), `treadle-${process.pid}-${Math.random().toString(36).slice(2)}`);
    file = openSync(path, 'wx+', 0o600);
    unlinkSync(path); // it lives as long as it is open
    writeCount(file, 0); // now it has its place on the disk
  } catch {
    return { ...unknown, file: undefined }; // there is no folder for it, or it may not be written
  }
  const count = (): number => {
    const bytes = new Int32Array(1);
    readSync(file, bytes, 0, bytes.byteLength, 0);
    closeSync(file);
    return bytes[0] as number;
  };
  return { note: place, file, count };
}

const bytes = /* @__PURE__ */ new Int32Array(1);

function writeCount(file: number, count: number): void {
  bytes[0] = count;
  writeSync(file, bytes, 0, bytes.byteLength, 0);
}

/** The worker's side: called with each call that arrives, before it is looked at. An error of it ends the worker. */
export function noteArrivals(note: Note): () => void {
  let count = 0;
  if (note === undefined) return () => {};
  if (typeof note === 'number') return () => writeCount(note, ++count);
  return () => void Atomics.store(note, 0, ++count);
}
