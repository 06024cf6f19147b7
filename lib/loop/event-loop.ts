// The event loop as asyncio's users know it: make one, hand it tasks and callbacks, run it, stop it, close it. It may
// have any number of tasks of its own, each in the platform's asynchronous context in which it was created. Relies on
// loop.

import { captureContext } from '#host';
import type { InContext } from '#host';
import { liveTasks } from '../host/deadlock.ts';
import { checkAwaitable } from '../kernel/awaitable.ts';
import type { Awaitable, Coroutine, Result } from '../kernel/awaitable.ts';
import { Future } from '../kernel/future.ts';
import type { Handle } from '../kernel/handle.ts';
import { Task } from '../kernel/task.ts';
import { Marker } from '../kernel/wake-first.ts';
import type { Waiter } from '../kernel/waiting.ts';
import { pauseTimers, resumeTimers } from '../time/clock.ts';
import { checkDuration, checkFunction, checkTime } from '../words/check.ts';
import { combine } from '../words/combine.ts';
import { asyncDispose } from '../words/dispose.ts';
import { InvalidStateError } from '../words/errors.ts';
import { Loop } from './loop.ts';
import type { LoopOptions } from './loop.ts';

/** Waits for all of them, and gives the errors of the ones that failed. */
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

/**
 * An event loop to be driven by hand, as asyncio's: for a program that starts several tasks from outside of coroutines,
 * registers callbacks, or stops the loop and runs it again. Most programs need none, because `run` makes one. Once it
 * is closed, each further call throws an `InvalidStateError`. `await using` cancels its tasks, waits for their
 * clean-up, and closes it.
 *
 * @example
 * const loop = new EventLoop();
 * loop.callLater(100, () => console.log('100 ms later'));
 * loop.runUntilComplete(page('/slow')).then(console.log);
 */
export class EventLoop extends Loop {
  private _closed = false;
  private _stopping = false;
  // A pass is what was ready when it began, as in asyncio. It matters only to `stop`. This one stands in the ready
  // queue where the pass ends.
  private readonly _passEnd = new Marker(() => this._endPass());

  constructor(options: LoopOptions = {}) {
    super(options);
    pauseTimers(this._clock); // until it is run: its timers must not keep the process alive
  }

  /**
   * A task of the loop itself, queued: it runs as soon as the loop does, in the platform's asynchronous context of this
   * call. Throws a `TypeError` for what cannot be awaited, and an `InvalidStateError` when the loop is closed.
   *
   * @example
   * const task = loop.createTask(page('/slow'), { name: 'slow' });
   */
  createTask<A extends Awaitable<unknown>>(work: A, options?: { readonly name?: string | undefined }): Task<Result<A>> {
    this._checkOpen();
    checkAwaitable(work, 'run as a task', 'createTask');
    const task = new Task<Result<A>>(this, this._scope, work as Awaitable<Result<A>>, options?.name);
    const context = captureContext();
    if (context) (this._contexts ??= new WeakMap()).set(task as Task, context);
    return task;
  }

  /** A future of this loop: coroutines wait for it with `yield* future`, and somebody sets its result. */
  createFuture<T = unknown>(): Future<T> {
    return new Future<T>(this);
  }

  /** All tasks that are not over: the loop's own and, after them, their children. */
  tasks(): Task[] {
    return liveTasks(this);
  }

  /**
   * `callback(...args)` on the next pass of the loop. Like all callbacks it runs in the platform's asynchronous
   * context in which it was registered, and what it throws is reported (`onError`). Throws a `TypeError` for what is
   * no function.
   *
   * @example
   * const handle = loop.callSoon(console.log, 'soon');
   */
  callSoon<A extends unknown[]>(callback: (...args: A) => void, ...args: A): Handle {
    const handle = this._checkedHandle(callback, args);
    this._schedule(handle);
    return handle;
  }

  /** `callback(...args)` after `delay` milliseconds, never earlier. `handle.cancel()` takes it back. */
  callLater<A extends unknown[]>(delay: number, callback: (...args: A) => void, ...args: A): Handle {
    return this.callAt(this.now() + checkDuration('callLater', delay), callback, ...args);
  }

  /**
   * `callback(...args)` when the loop's clock shows `time` (milliseconds, see `now()`), never earlier; soon, if that
   * has passed. Throws a `TypeError` for what is no number or no function.
   */
  callAt<A extends unknown[]>(time: number, callback: (...args: A) => void, ...args: A): Handle {
    checkTime('callAt', time);
    const handle = this._checkedHandle(callback, args);
    this._scheduleAt(time, handle);
    this._wakeUp(); // a virtual clock that stands still must look at it
    return handle;
  }

  private _checkedHandle(callback: Function, args: readonly unknown[]): Handle {
    this._checkOpen();
    checkFunction('the event loop', callback, 'a function to call');
    return this._handleOf(callback, args);
  }

  /**
   * Runs the loop until the work is over; the task can be awaited, and its work starts after this returns. Throws an
   * `InvalidStateError` when the loop runs already or is closed.
   *
   * @example
   * const text = await loop.runUntilComplete(page('/slow'));
   */
  runUntilComplete<A extends Awaitable<unknown>>(
    work: A,
    options?: { readonly name?: string | undefined },
  ): Task<Result<A>> {
    this._checkStartable();
    const task =
      work instanceof Task && work.loop === this ? (work as Task<Result<A>>) : this.createTask(work, options);
    task.addDoneCallback(() => {
      if (this._main === task) this.stop();
    });
    this._start(task as Task);
    return task;
  }

  /** Runs the loop until `stop()`. Throws an `InvalidStateError` when it runs already or is closed. */
  runForever(): void {
    this._checkStartable();
    this._start();
  }

  /**
   * The loop stops after the pass it is in. What becomes ready meanwhile waits for the next run. Called before the loop
   * is run, it makes that run one pass long.
   */
  stop(): void {
    this._stopping = true;
    if (this._running) this._markPassEnd();
  }

  /** Ends the loop for good. Closing twice is fine; closing a running loop throws an `InvalidStateError`. */
  close(): void {
    if (this._running) throw new InvalidStateError('the event loop is running: stop() it before close()');
    this._closed = true;
  }

  /**
   * How it is used at this moment: the tasks that are not over, and how many tasks and callbacks are ready to run. What
   * each task is doing tells `dump` of `treadle/tracing`.
   */
  statistics(): { readonly tasks: number; readonly ready: number } {
    let ready = 0;
    for (let waiter = this._first; waiter; waiter = waiter._next) if (waiter !== this._passEnd) ready++;
    return { tasks: liveTasks(this).length, ready };
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
    this._stopping = false; // a stop before the run is not for this one
    this._start(); // also when it runs: not until its main task is over, but until all are
    return over.then((errors) => {
      this._finish();
      this.close();
      if (errors.length > 0) throw combine(errors);
    });
  }

  // ---- The platform's asynchronous context
  //
  // There are as many roots as `createTask` was called, each with its context. The loop enters it (26 ns) when the next
  // step belongs to another root than the last one.

  /** The contexts of the roots. Not a field of tasks: it would be 8 bytes for each task, and only roots have one. */
  private _contexts: WeakMap<Task, InContext> | undefined = undefined;

  /** @internal The steps of one root after the other, each in its context. */
  override _runReady(): boolean {
    const { _contexts: contexts } = this;
    if (contexts === undefined) return super._runReady();
    while (this._first !== undefined && this._running) {
      const root = rootOf(this._first);
      // A callback brings its own context.
      const work = () => super._runReady((waiter) => (rootOf(waiter) ?? root) === root);
      const inContext = root && contexts.get(root);
      if (!(inContext ? inContext(work) : work())) return false;
    }
    return true;
  }

  // ---- Passes

  /** @internal */ override _start(main?: Task): void {
    super._start(main);
    resumeTimers(this._clock);
    this._markPassEnd();
  }

  /** @internal */ override _beginPass(): void {
    if (this._first !== undefined) this._markPassEnd();
  }

  private _markPassEnd(): void {
    if (this._passEnd._queued) return;
    this._passEnd._queued = true;
    this._schedule(this._passEnd);
  }

  private _endPass(): void {
    if (this._stopping) this._finish();
    else this._beginPass();
  }

  private _finish(): void {
    this._unwatch();
    this._running = this._stopping = false;
    pauseTimers(this._clock);
  }

  private _checkStartable(): void {
    this._checkOpen();
    if (this._running)
      throw new InvalidStateError('the event loop is already running: create a task in it, or make another loop');
  }

  private _checkOpen(): void {
    if (this._closed) throw new InvalidStateError('the event loop is closed: make a new one');
  }
}

/** Of a task: its topmost owner. */
function rootOf(waiter: Waiter): Task | undefined {
  if (!(waiter instanceof Task)) return undefined;
  return waiter._owner.top ?? waiter;
}
