// How a worker ends: by order, because its program is gone, or with a crash. In each case what it has printed arrives.
// Relies on line, packed-error, protocol.

import { send } from './line.ts';
import { pack } from './packed-error.ts';

/** How long a worker that crashed, or whose program is gone, may take for its clean-ups and its last output. */
const LAST_MOMENTS = 1_000;

/** A slow reader has not taken all that was printed: `process.exit` would throw the rest away. */
const lateOutputs = (): NodeJS.WriteStream[] =>
  [process.stdout, process.stderr].filter(({ writableLength, destroyed }) => writableLength > 0 && !destroyed);

/** Ends the worker when what it has printed was read, or when nobody is left who could read it. */
function leave(code?: number): void {
  const late = lateOutputs();
  if (late.length === 0) process.exit(code);
  let left = late.length;
  for (const output of late) {
    output.on('error', () => {}); // the reader is gone: the next line is told
    output.write('', () => --left === 0 && process.exit(code));
  }
}

function leaveSoon(code?: number): void {
  setTimeout(() => process.exit(code), LAST_MOMENTS);
  leave(code);
}

/** By order. Listeners of 'exit' run; open handles of the user's do not hold it up. */
export function leaveByOrder(): void {
  if (lateOutputs().length > 0) send({ treadle: 'heard', id: undefined }); // a slow reader has the time that it needs
  leave();
}

let crashed = false;

/** The program fails what the worker was running with this error. */
export function crash(error: unknown): void {
  if (crashed) return; // of the first one
  crashed = true;
  send({ treadle: 'crashed', error: pack(error) }, () => leaveSoon(1));
}

let orphaned = false;

/** The program is gone. What it had asked for is cancelled, and has a moment to clean up. */
export function leaveOrphaned(calls: Iterable<{ abort(reason: unknown): void }>): void {
  orphaned = true;
  // The terminal may be gone as well, and a clean-up that prints must not end with that.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => {});
  setTimeout(() => process.exit(), LAST_MOMENTS);
  for (const call of calls) call.abort('the program is gone');
}

export function isOrphaned(): boolean {
  return orphaned;
}

/** All calls are over. */
export function leaveIfOrphaned(): void {
  if (orphaned) leave();
}
