// Pool: exported functions, run by threads or processes, each of which runs many coroutines. The failure model is that
// of concurrent.futures; the shape that of aiomultiprocess. Relies on combinators, crew, results, and the two
// launchers.

/// <reference lib="esnext.disposable" preserve="true" />
import { availableParallelism } from 'node:os';
import type { Settled } from '../combinators/all.ts';
import { map } from '../combinators/map.ts';
import { checkSource } from '../combinators/source.ts';
import type { Source } from '../combinators/source.ts';
import { frameOf } from '../effects/coroutine.ts';
import { currentTask } from '../effects/current-task.ts';
import type { Coroutine } from '../kernel/awaitable.ts';
import { CANCELLING } from '../kernel/modes.ts';
import { checkDuration } from '../words/check.ts';
import { Effect } from '../kernel/effect.ts';
import { InvalidStateError } from '../words/errors.ts';
import { mustBe } from '../words/messages.ts';
import { brief, inspect } from '../words/show.ts';
import { run } from '../loop/run.ts';
import type { Task } from '../kernel/task.ts';
import { Crew } from './crew.ts';
import { Call, Callee } from './protocol.ts';
import { Results } from './results.ts';
import type { CallOptions, PoolOptions } from './pool-options.ts';
import { launchProcess } from './worker-process.ts';
import { launchThread } from './worker-thread.ts';

function count(name: string, value: unknown, least: number, other = Infinity): number {
  if ((Number.isInteger(value) || value === other) && (value as number) >= least) return value as number;
  throw new RangeError(mustBe('Pool', `${name} of ${least} or more`, value));
}

type MapArguments = [callee: Callee, items: Source<unknown>, options?: CallOptions];

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

const launchers = { process: launchProcess, thread: launchThread };

/**
 * Workers that run exported functions: coroutine functions, plain ones, or such that return a promise. Arguments
 * and results are cloned.
 *
 * @example
 * const pool = new Pool({ kind: 'process', workers: 4, concurrency: 16 });
 * const pages = yield* pool.map(new URL('./jobs.js', import.meta.url), 'download', urls);
 */
export class Pool {
  /** What its workers are. */
  readonly kind: 'process' | 'thread';
  /** Shown in reports. */
  readonly name: string;
  private readonly crew: Crew;
  private readonly retries: number;

  constructor(options: PoolOptions) {
    const {
      kind,
      name = 'pool',
      workers = availableParallelism(),
      concurrency = 1,
      maxTasksPerWorker = Infinity,
      retries = 0,
      grace = 1_000,
      initializer,
    } = options ?? {};
    if (kind !== 'process' && kind !== 'thread')
      throw new TypeError(mustBe('Pool', "a kind, 'process' or 'thread'", kind));
    this.kind = kind;
    this.name = name;
    this.retries = count('retries', retries, 0);
    this.crew = new Crew({
      ...options,
      name,
      launch: launchers[kind],
      workers: count('workers', workers, 1, 1),
      concurrency: count('a concurrency', concurrency, 1, 1),
      maxTasks: count('maxTasksPerWorker', maxTasksPerWorker, 1),
      initializer: initializer && new Call('an initializer', initializer.module, initializer.export, initializer.args),
      grace: checkDuration('Pool: grace', grace),
    });
  }

  /** The workers that there are now: the number of the process or thread, and how many calls it runs. */
  get workers(): { readonly id: number; readonly running: number }[] {
    return [...this.crew.members].map(({ id, running }) => ({ id, running: running.size }));
  }

  /** True when `close()` was called. */
  get closed(): boolean {
    return this.crew.state !== 'open';
  }

  /**
   * Calls an exported function in a worker and gives its result. Throws its error, with the worker's stack; a
   * `WorkerDiedError` when the worker died; a `TypeError` for what cannot be cloned, for a module or an export
   * that does not exist, for an export that is no function. Cancellation cancels the coroutine in the worker (or
   * aborts `workerSignal()`) and waits until its clean-up is over; a worker that does not heed it is ended.
   */
  apply<T = unknown>(
    module: string | URL,
    name: string,
    args: readonly unknown[] = [],
    options?: CallOptions,
  ): Effect<T> {
    this.tries(options);
    const call = new Call('apply', module, name, args);
    return new Effect(`${this.name}.apply`, options ? [call, options] : [call], this.performApply);
  }

  /**
   * Calls the function with each item, as many at a time as the workers can run, and gives the results in the
   * order of the items. On the first failure the others are cancelled and have cleaned up before it is thrown.
   */
  map<T = unknown>(module: string | URL, name: string, items: Source<unknown>, options?: CallOptions): Effect<T[]> {
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
    options?: CallOptions,
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
    options?: CallOptions,
  ): IterableIterator<Effect<T>> {
    const callee = new Callee('imap', module, name);
    const call = (item: unknown) => new Call('imap', callee.module, name, [item]);
    if (
      typeof items === 'string' ||
      typeof (items as Partial<Iterable<unknown>> | null | undefined)?.[Symbol.iterator] !== 'function'
    )
      throw new TypeError(mustBe('imap', 'an iterable of items', items));
    return new Results<T>(this.crew, items, call, this.tries(options));
  }

  /** No more calls. Waits for those that there are, and until the workers have ended. */
  close(): Effect<void> {
    return new Effect(`${this.name}.close`, undefined, (task: Task) => {
      this.crew.close();
      return task._perform(this.over);
    });
  }

  /**
   * No more calls. Those that there are are rejected with a `CancelledError`; the workers are ended at once, and no
   * clean-up of theirs runs.
   */
  terminate(): Effect<void> {
    return new Effect(`${this.name}.terminate`, undefined, (task: Task) => {
      this.crew.terminate();
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
    const { members, options, pending, state } = this.crew;
    const workers = `${members.size} of ${options.workers} ${this.kind === 'process' ? 'processes' : 'threads'}`;
    return `<Pool ${this.name}: ${state}, ${workers}, ${pending} calls>`;
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
    return this.crew.until('join', () => this.crew.members.size === 0 && this.crew.pending === 0);
  }

  private tries(options: CallOptions | undefined): number {
    return count('retries', options?.retries ?? this.retries, 0);
  }

  private readonly performApply = frameOf('apply', (call: Call, options?: CallOptions) =>
    this.perform(call, this.tries(options)),
  );

  private *perform(call: Call, retries: number): Coroutine<unknown> {
    const task = yield* currentTask();
    const job = this.crew.submit(task, call, retries);
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
        this.crew.cancel(job, task._flags & CANCELLING ? task._value : undefined);
        yield job.over(true);
      }
    }
  }

  private readonly performMap = (task: Task, args: MapArguments): unknown => {
    const failures: unknown[] = [];
    return this.performEach(task, args, (call) => new Effect('first', [call, failures], performFirst));
  };
  private readonly performMapSettled = (task: Task, args: MapArguments): unknown =>
    this.performEach(task, args, (call) => new Effect('settle', [call], performSettle));

  private performEach(
    task: Task,
    [{ module, export: name }, items, options]: MapArguments,
    wrap: (call: Effect<unknown>) => Effect<unknown>,
  ): unknown {
    const { workers, concurrency } = this.crew.options;
    return task._perform(
      map(items, (item) => wrap(this.apply(module, name, [item], options)), { concurrency: workers * concurrency }),
    );
  }

  private mapArguments(
    where: string,
    module: string | URL,
    name: string,
    items: Source<unknown>,
    options: CallOptions | undefined,
  ): MapArguments {
    const callee = new Callee(where, module, name);
    checkSource('map', items); // here, where it is given
    this.tries(options);
    return options ? [callee, items, options] : [callee, items];
  }
}
