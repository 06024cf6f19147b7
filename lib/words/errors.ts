// The errors of the engine. Each says what happened, to which task, and what to do about it.
// Relies on nothing. `name` is a getter: a field would be printed once more behind the stack, and an
// assignment to the prototype would keep every class in bundles that do not use it.

/**
 * Thrown into whoever joins a task that was cancelled. The cancelled task itself never sees it:
 * its frames are closed with `generator.return()`.
 */
export class CancelledError extends Error {
  override get name(): string {
    return 'CancelledError';
  }
  /** What was given to `cancel(task, reason)`. */
  declare readonly reason: unknown;

  constructor(message?: string, reason?: unknown) {
    super(message);
    this.reason = reason;
  }
}

/** Thrown by `timeout(ms, work)` after the work was cancelled and has cleaned up. */
export class TimeoutError extends Error {
  override get name(): string {
    return 'TimeoutError';
  }
}

/** Every task waits and nothing can wake any of them. The message lists each one and what it waits on. */
export class DeadlockError extends Error {
  override get name(): string {
    return 'DeadlockError';
  }
}

/** A queue was closed: thrown by `put` at once, by `get` when the last item is gone. */
export class QueueClosedError extends Error {
  override get name(): string {
    return 'QueueClosedError';
  }
}

/** The object is not in a state that allows the call: a result set twice, a closed loop used again. */
export class InvalidStateError extends Error {
  override get name(): string {
    return 'InvalidStateError';
  }
}
