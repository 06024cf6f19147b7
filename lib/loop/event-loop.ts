// The event loop as asyncio's users know it: make one, hand it tasks and callbacks, run it, stop it,
// close it. The machine is in loop.ts; `run` needs no more than that. Relies on loop.

import type { Awaitable, Coroutine, Result } from '../kernel/awaitable.ts';
import type { SystemClock } from '../time/clock.ts';
import { combine } from '../words/combine.ts';
import { liveTasks } from '../host/deadlock.ts';
import { checkDuration } from '../words/check.ts';
import { InvalidStateError } from '../words/errors.ts';
import { Future } from '../kernel/future.ts';
import { Loop } from './loop.ts';
import type { LoopOptions } from './loop.ts';
import { Handle } from '../kernel/handle.ts';
import { Task } from '../kernel/task.ts';
import { checkAwaitable } from '../kernel/awaitable.ts';

declare global {
  // As lib.esnext.disposable and Node's types have it, for those who compile without both.
  interface SymbolConstructor {
    readonly asyncDispose: unique symbol;
  }
}
/** Where the platform lacks it, tools that translate `await using` take this one, too. */
const asyncDispose: typeof Symbol.asyncDispose = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose');

/** Waits for all of them; gives the errors of those that failed. */
function* joined(tasks: readonly Task[]): Coroutine<unknown[]> {
  const errors: unknown[] = [];
  for (const task of tasks) {
    try {
      yield task;
    } catch (error) {
      if (task.state === 'failed') errors.push(error);
    }
  }
  return errors;
}

export class EventLoop extends Loop {
  private _closed = false;
  private _stopping = false;
  // Passes matter only to `stop`: this stands in the ready queue where the pass ends that is being run.
  private readonly _passEnd = new Handle(this, () => this._endPass());
  private _marked = false;

  constructor(options: LoopOptions = {}) {
    super(options);
  }

  /** A task of the loop itself, queued. It runs as soon as the loop does. Throws a `TypeError` for what cannot be awaited. */
  createTask<A extends Awaitable<unknown>>(work: A, options?: { readonly name?: string | undefined }): Task<Result<A>> {
    this._open();
    checkAwaitable(work, 'run as a task', 'createTask');
    return new Task<Result<A>>(this, this._scope, work as Awaitable<Result<A>>, options?.name);
  }

  createFuture<T = unknown>(): Future<T> {
    return new Future<T>(this);
  }

  /** All tasks that are not over: the loop's own and, after them, their children. */
  tasks(): Task[] {
    return liveTasks(this);
  }

  /** `callback(...args)` on the next pass of the loop. */
  callSoon<A extends unknown[]>(callback: (...args: A) => void, ...args: A): Handle {
    return this.callAt(-Infinity, callback, ...args);
  }

  /** `callback(...args)` after `delay` milliseconds, never earlier. */
  callLater<A extends unknown[]>(delay: number, callback: (...args: A) => void, ...args: A): Handle {
    return this.callAt(this.now() + checkDuration('callLater', delay), callback, ...args);
  }

  /** `callback(...args)` when the loop's clock shows `time` (milliseconds, see `now()`), never earlier. Throws a `TypeError` for what is no number or no function. */
  callAt<A extends unknown[]>(time: number, callback: (...args: A) => void, ...args: A): Handle {
    this._open();
    if (typeof time !== 'number' || Number.isNaN(time))
      throw new TypeError(`callAt and callLater take a number of milliseconds, not ${String(time)}`);
    if (typeof callback !== 'function') throw new TypeError(`the event loop calls functions, not ${String(callback)}`);
    const run = Object.defineProperty(() => callback(...args), 'name', { value: callback.name }); // for the report, if it throws
    const handle = new Handle(this, run);
    this._scheduleAt(time, handle);
    this._wakeUp(); // a virtual clock that stands still has to look at it
    return handle;
  }

  /** Runs the loop until the work is over; the task can be awaited, and its work starts after this returns. */
  runUntilComplete<A extends Awaitable<unknown>>(
    work: A,
    options?: { readonly name?: string | undefined },
  ): Task<Result<A>> {
    this._startable();
    const task =
      work instanceof Task && work.loop === this ? (work as Task<Result<A>>) : this.createTask(work, options);
    task.addDoneCallback(() => {
      if (this._main === task) this.stop();
    });
    this._start(task as Task);
    return task;
  }

  /** Runs the loop until `stop()`. */
  runForever(): void {
    this._startable();
    this._start();
  }

  /** The loop stops after the pass it is in. What is queued by then waits for the next run. */
  stop(): void {
    this._stopping = true;
    this._mark();
  }

  /** Ends the loop for good. Closing twice is fine; closing a running loop is an error. */
  close(): void {
    if (this._running) throw new InvalidStateError('the event loop is running: stop() it before close()');
    this._closed = true;
    this._pauseTimers();
  }

  /**
   * For `await using loop = new EventLoop()`: cancels all tasks, waits for their clean-up and closes the loop. Throws
   * what fails then.
   */
  [asyncDispose](): Promise<void> {
    if (this._closed) return Promise.resolve();
    const tasks = [...this._scope.children];
    for (const task of tasks) task.cancel('the event loop is closed');
    const over = this.createTask(joined(tasks), { name: 'dispose' });
    this._start(); // also when it runs: not until its main task is over, but until all are
    return over.then((errors) => {
      this._finish();
      this.close();
      if (errors.length > 0) throw combine(errors);
    });
  }

  override _wakeUp(): void {
    // Another microtask, just before that of the slice: behind all that is ready by then.
    if (this._running && !this._marked) queueMicrotask(() => this._mark());
    super._wakeUp();
  }

  override _start(main?: Task): void {
    super._start(main);
    this._pauseTimers(); // those that were set before the start
    const lists = (this._clock as Partial<SystemClock>)._lists ?? [];
    for (const [, list] of [...lists].sort(([a], [b]) => a - b)) list._arm();
    this._stopping = false;
    this._mark();
  }

  private _mark(): void {
    if (this._marked) return;
    this._marked = true;
    this._schedule(this._passEnd);
  }

  private _finish(): void {
    this._unwatch();
    this._running = false;
    this._pauseTimers();
  }

  /** A loop that was stopped keeps its timers, but they must not keep the process alive. */
  private _pauseTimers(): void {
    (this._clock as Partial<SystemClock>)._lists?.forEach((list) => clearTimeout(list._timer));
  }

  private _endPass(): void {
    this._marked = false;
    if (this._stopping) this._finish();
    else if (this._first) this._mark();
  }

  private _startable(): void {
    this._open();
    if (this._running)
      throw new InvalidStateError('the event loop is already running: create a task in it, or make another loop');
  }

  private _open(): void {
    if (this._closed) throw new InvalidStateError('the event loop is closed: make a new one');
  }
}
