// The numbers by which the hot path knows modes, states and flags. They stand in a file of their own, without imports,
// because the build writes them out where they are used: a number that is imported is looked up in the other module
// each time, which costs 12 % of a step. Relies on nothing.

// Modes: how a suspended task will be resumed. The value that goes with it is the task's `_inbox`.
//
//   mode      the inbox holds                      resuming means
//   NEXT      the answer to what it yielded        generator.next(answer) on the innermost frame
//   THROW     an error                             generator.throw(error) on the innermost frame
//   CLOSE     nothing                              generator.return() on the innermost frame: a cancellation
//   PERFORM   an awaitable                         performing it, as if the innermost frame had yielded it just now
//
// PERFORM starts a task whose work is not a generator. It puts an effect off when the slice is over, or when a task has
// taken too many answers in a row. And it wakes the tasks that join another one: they perform the join again, so that a
// failure counts as seen when it is delivered, and not when it was on its way to a task that was cancelled meanwhile.
export const NEXT = 0;
export const THROW = 1;
export const CLOSE = 2;
export const PERFORM = 3;

// States of tasks and futures, in an order such that `status >= SUCCEEDED` means done.
//
//   READY ⇄ RUNNING → WAITING → READY ...   and from RUNNING, once, to one of:   SUCCEEDED  FAILED  CANCELLED
export const READY = 0;
export const RUNNING = 1;
export const WAITING = 2;
export const SUCCEEDED = 3;
export const FAILED = 4;
export const CANCELLED = 5;

// Flags of tasks and futures. None is ever taken back, except DUE.
//
//   flag        set when                                       read by
//   OBSERVED    somebody has seen how it ended                 its owner: a failure that nobody has seen is the owner's
//   DAEMON      it was spawned as one                          its owner, which does not wait for it at a normal end
//   CANCELLING  its cancellation was asked for                 cancel (once is enough), its end (it will be CANCELLED)
//   CLOSING     that was delivered: return() was called        the trampoline: a clean-up is not cancelled again
//   DUE         something was asked for, here or in a scope,   the trampoline, after each yield: only then does it look
//               and not everything of it has been delivered    closer (cancel-scope.ts); the usual step pays one test
//
// CLOSING implies CANCELLING. DUE without CANCELLING means that a scope was cancelled, by a time limit for instance.
export const OBSERVED = 1;
export const DAEMON = 2;
export const CANCELLING = 4;
export const CLOSING = 8;
export const DUE = 16;

// A flag of a frame: return() was called on it. What it still yields is clean-up, and when it ends, its caller is
// closed, too. The task's own flags hold it for the outermost frame, which is the task.
export const FRAME_CLOSING = 32;

// Phases of a scope, only upwards: how far its end has come.
export const OPEN = 0; //        children run, and more may be spawned
export const ENDING = 1; //      children that are not daemons were cancelled; a new one is cancelled at once
export const LAST_CALL = 2; //   only daemons were left, and those were cancelled; every new child is cancelled at once
