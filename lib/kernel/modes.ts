// The numbers by which the hot path knows modes, states and flags; a file of their own without imports,
// because then bundlers write them out where they are used. Relies on nothing.

// Modes: how a task is resumed with the value that it is woken with.
export const NEXT = 0; //    the innermost frame, with it
export const THROW = 1; //   the innermost frame, by throwing it
export const CLOSE = 2; //   the innermost frame, with return(): cancellation
export const PERFORM = 3; // by performing it, as if it had just been yielded

// States of tasks and futures, in an order such that `status >= SUCCEEDED` is "done".
export const READY = 0;
export const RUNNING = 1;
export const WAITING = 2;
export const SUCCEEDED = 3;
export const FAILED = 4;
export const CANCELLED = 5;

// Flags.
export const OBSERVED = 1; //    somebody has seen how it ended; a failure nobody has seen is kept for the owner
export const DAEMON = 2; //      not waited for
export const CANCELLING = 4; //  its cancellation was asked for
export const CLOSING = 8; //     and delivered: its frames are being closed
export const ENDING = 16; //     its children were cancelled: whoever is started from now on is, too
