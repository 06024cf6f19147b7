// The errors of the engine, all of them. Each message says what happened, to which task or object, and what to do.
// Relies on nothing.
//
// `name` is a getter on the prototype. As a field it would be printed a second time below the stack, and an assignment
// to the prototype would be a side effect, which keeps a class in every bundle whether it is used or not.

/**
 * Thrown into a task that joins a cancelled task. The cancelled task itself never sees it: its frames are closed with
 * `generator.return()`, which no `catch` can intercept.
 *
 * @example
 * try { yield* join(child); } catch (error) {
 *   if (error instanceof CancelledError) console.log(`it was cancelled: ${error.reason}`);
 * }
 */
export class CancelledError extends Error {
  override get name(): string {
    return 'CancelledError';
  }
  /** The reason that was given to `cancel(task, reason)`. */
  declare readonly reason: unknown;

  constructor(message?: string, reason?: unknown) {
    super(message);
    this.reason = reason;
  }
}

/**
 * Thrown by `timeout(ms, work)` and `deadline(ms, work)` when the limit has passed, after the work was cancelled and
 * has cleaned up.
 *
 * @example
 * try { yield* timeout(1_000, page('/slow')); } catch (error) {
 *   if (error instanceof TimeoutError) console.log('it took too long');
 * }
 */
export class TimeoutError extends Error {
  override get name(): string {
    return 'TimeoutError';
  }
}

/**
 * Every task waits, and nothing can wake any of them. The message lists each task and what it waits on. The tasks are
 * cancelled and clean up, and then the program fails with it.
 *
 * @example
 * try { runSync(new Queue<string>().get()); } catch (error) {
 *   if (error instanceof DeadlockError) console.log(error.message); // which task waits for what, and what holds it
 * }
 */
export class DeadlockError extends Error {
  override get name(): string {
    return 'DeadlockError';
  }
}

/**
 * The object is not in a state that allows the call: a result is set twice, a closed loop is used again.
 *
 * @example
 * const answer = loop.createFuture<number>();
 * answer.setResult(1);
 * answer.setResult(2); // throws an InvalidStateError
 */
export class InvalidStateError extends Error {
  override get name(): string {
    return 'InvalidStateError';
  }
}

/**
 * The queue or channel is closed. Thrown by `put` and `send` at once, and by `get` when the last item is gone.
 *
 * @example
 * try { yield* jobs.put('a job'); } catch (error) {
 *   if (error instanceof QueueClosedError) console.log('nobody takes jobs any more');
 * }
 */
export class QueueClosedError extends Error {
  override get name(): string {
    return 'QueueClosedError';
  }
}

/**
 * Thrown by `putNowait` and `sendNowait` when there is no room.
 *
 * @example
 * try { jobs.putNowait('a job'); } catch (error) {
 *   if (error instanceof QueueFullError) console.log('too busy');
 * }
 */
export class QueueFullError extends Error {
  override get name(): string {
    return 'QueueFullError';
  }
}

/**
 * Thrown by `getNowait` when there is no item.
 *
 * @example
 * try { console.log(jobs.getNowait()); } catch (error) {
 *   if (error instanceof QueueEmptyError) console.log('nothing to do');
 * }
 */
export class QueueEmptyError extends Error {
  override get name(): string {
    return 'QueueEmptyError';
  }
}

/**
 * Thrown into tasks that wait at a barrier when it is aborted or reset, and into tasks that come while it is broken.
 *
 * @example
 * try { yield* barrier.wait(); } catch (error) {
 *   if (error instanceof BrokenBarrierError) console.log('not all of them will come');
 * }
 */
export class BrokenBarrierError extends Error {
  override get name(): string {
    return 'BrokenBarrierError';
  }
}
