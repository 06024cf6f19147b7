// Executor: what a pool of threads or processes, and one of machines, have in common: calls of exported functions, one
// or many, and the end. Results come in order; at most as many calls run at once as the carrier has room for, and
// nothing that was cancelled is left before its clean-up is over. Relies on combinators, results, protocol.

/// <reference lib="esnext.disposable" preserve="true" />
import type { Settled } from '../combinators/all.ts';
import { map } from '../combinators/map.ts';
import { checkSource } from '../combinators/source.ts';
import type { Source } from '../combinators/source.ts';
import { frameOf } from '../effects/coroutine.ts';
import { currentTask } from '../effects/current-task.ts';
import type { Coroutine } from '../kernel/awaitable.ts';
import { CANCELLING } from '../kernel/modes.ts';
import { Effect } from '../kernel/effect.ts';
import { InvalidStateError } from '../words/errors.ts';
import { mustBe } from '../words/messages.ts';
import { brief, inspect } from '../words/show.ts';
import { run } from '../loop/run.ts';
import type { Task } from '../kernel/task.ts';
import type { Carrier } from './carrier.ts';
import type { CallOptions } from './pool-options.ts';
import { Call, Callee } from './protocol.ts';
import { Results } from './results.ts';

type MapArguments<Options> = [callee: Callee, items: Source<unknown>, options?: Options];

// A worker that dies fails all that it ran, in one turn: map throws the first of these errors, as it does of others.
const performFirst = /* @__PURE__ */ frameOf('first', function* (call: Effect<unknown>, failures: unknown[]) {
  try {
    return yield call;
  } catch (error) {
    if (failures.push(error) === 1) throw error;
    return undefined;
  }
});

const performSettle = /* @__PURE__ */ frameOf('settle', function* (call: Effect<unknown>) {
  try {
    return { status: 'fulfilled', value: yield call };
  } catch (reason) {
    return { status: 'rejected', reason };
  }
});

/**
 * Runs exported functions somewhere else: coroutine functions, plain ones, or such that return a promise. Arguments and
 * results are copied on the way. `Pool` is one, and so is what `machines` of `treadle/distributed` gives.
 */
export class Executor<Options extends CallOptions = CallOptions> {
  private readonly carrier: Carrier;

  /** @internal */
  constructor(carrier: Carrier) {
    this.carrier = carrier;
  }

  /** Shown in reports. */
  get name(): string {
    return this.carrier.name;
  }

  /** How many calls run at once, at most. */
  get room(): number {
    return this.carrier.room;
  }

  /** True when `close()` or `terminate()` was called. */
  get closed(): boolean {
    return this.carrier.state !== 'open';
  }

  /**
   * Calls an exported function in a worker and gives its result. Throws its error, with the worker's stack; a
   * `WorkerDiedError` when the worker died; a `TypeError` for what cannot be cloned, for a module or an export
   * that does not exist, for an export that is no function. Cancellation cancels the coroutine in the worker (or
   * aborts `workerSignal()`) and waits until its clean-up is over; a worker that does not heed it is ended.
   */
  apply<T = unknown>(module: string | URL, name: string, args: readonly unknown[] = [], options?: Options): Effect<T> {
    const call = new Call('apply', module, name, args);
    this.carrier.check(call, options);
    return new Effect(`${this.name}.apply`, options ? [call, options] : [call], this.performApply);
  }

  /**
   * Calls the function with each item, as many at a time as the workers can run, and gives the results in the
   * order of the items. On the first failure the others are cancelled and have cleaned up before it is thrown.
   */
  map<T = unknown>(module: string | URL, name: string, items: Source<unknown>, options?: Options): Effect<T[]> {
    return new Effect(`${this.name}.map`, this.mapArguments('map', module, name, items, options), this.performMap);
  }

  /**
   * Like `map`, but whatever becomes of an item: each as `{ status: 'fulfilled', value }` or `{ status: 'rejected',
   * reason }`.
   */
  mapSettled<T = unknown>(
    module: string | URL,
    name: string,
    items: Source<unknown>,
    options?: Options,
  ): Effect<Settled<T>[]> {
    return new Effect(
      `${this.name}.mapSettled`,
      this.mapArguments('mapSettled', module, name, items, options),
      this.performMapSettled,
    );
  }

  /**
   * Like `map`, but gives the results as they come: an iterable of effects. Nothing starts before the first
   * one is yielded. An error of an item is thrown at its turn, and the next ones can still be taken. Leaving
   * the loop cancels the rest.
   *
   * @example
   * for (const next of pool.imap(module, 'resize', files)) console.log(yield* next);
   */
  imap<T = unknown>(
    module: string | URL,
    name: string,
    items: Iterable<unknown>,
    options?: Options,
  ): IterableIterator<Effect<T>> {
    const callee = new Callee('imap', module, name);
    const call = (item: unknown) => new Call('imap', callee.module, name, [item]);
    if (
      typeof items === 'string' ||
      typeof (items as Partial<Iterable<unknown>> | null | undefined)?.[Symbol.iterator] !== 'function'
    )
      throw new TypeError(mustBe('imap', 'an iterable of items', items));
    this.carrier.check(callee, options);
    return new Results<T>(this.carrier, items, call, options);
  }

  /** No more calls. Waits for those that there are, and until the workers have ended. */
  close(): Effect<void> {
    return new Effect(`${this.name}.close`, undefined, (task: Task) => {
      this.carrier.close();
      return task._perform(this.over);
    });
  }

  /**
   * No more calls. Those that there are are rejected with a `CancelledError`; the workers are ended at once, and no
   * clean-up of theirs runs.
   */
  terminate(): Effect<void> {
    return new Effect(`${this.name}.terminate`, undefined, (task: Task) => {
      this.carrier.terminate();
      return task._perform(this.over);
    });
  }

  /**
   * Waits until the pool was closed or terminated by somebody and its workers have ended. Throws an
   * `InvalidStateError` while it is open.
   */
  join(): Effect<void> {
    return new Effect(`${this.name}.join`, undefined, (task: Task) => {
      if (!this.closed) throw new InvalidStateError(`${this.name} is open: close() or terminate() it before join()`);
      return task._perform(this.over);
    });
  }

  /** For `await using`: closes it and waits. */
  [Symbol.asyncDispose](): Promise<void> {
    return run(this.close(), { name: `${this.name}.close` }).then();
  }

  toString(): string {
    return `<Executor ${this.name}: ${this.carrier.state}>`;
  }

  /** @internal */
  [inspect](): string {
    return `${this}`;
  }

  /** @internal */
  [brief](): string {
    return `${this}`;
  }

  private get over(): Effect<void> {
    return this.carrier.until('join', () => this.carrier.idle);
  }

  private readonly performApply = frameOf('apply', (call: Call, options?: Options) => this.perform(call, options));

  private *perform(call: Call, options: Options | undefined): Coroutine<unknown> {
    const task = yield* currentTask();
    const job = this.carrier.submit(task, call, options);
    let answered = false; // by a journal, without the job's knowledge
    try {
      const result: unknown = yield job.over();
      answered = true;
      return result;
    } catch (error) {
      answered = true;
      throw error;
    } finally {
      if (!answered && !job.end) {
        this.carrier.cancel(job, task._flags & CANCELLING ? task._value : undefined);
        yield job.over(true);
      }
    }
  }

  private readonly performMap = (task: Task, args: MapArguments<Options>): unknown => {
    const failures: unknown[] = [];
    return this.performEach(task, args, (call) => new Effect('first', [call, failures], performFirst));
  };
  private readonly performMapSettled = (task: Task, args: MapArguments<Options>): unknown =>
    this.performEach(task, args, (call) => new Effect('settle', [call], performSettle));

  private performEach(
    task: Task,
    [{ module, export: name }, items, options]: MapArguments<Options>,
    wrap: (call: Effect<unknown>) => Effect<unknown>,
  ): unknown {
    return task._perform(
      map(items, (item) => wrap(this.apply(module, name, [item], options)), { concurrency: this.carrier.room }),
    );
  }

  private mapArguments(
    where: string,
    module: string | URL,
    name: string,
    items: Source<unknown>,
    options: Options | undefined,
  ): MapArguments<Options> {
    const callee = new Callee(where, module, name);
    checkSource('map', items); // here, where it is given
    this.carrier.check(callee, options);
    return options ? [callee, items, options] : [callee, items];
  }
}
