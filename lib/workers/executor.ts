// Executor: what a pool of threads or processes, and one of machines, have in common: calls of exported functions, one
// or many, and the end. Results come in order; at most as many calls run at once as the carrier has room for, and
// nothing that was cancelled is left before its clean-up is over. Relies on combinators, caller, per-item,
// chunks, results, protocol.

/// <reference lib="esnext.disposable" preserve="true" />
import type { Settled } from '../combinators/all.ts';
import { map } from '../combinators/map.ts';
import { checkSource } from '../combinators/source.ts';
import type { Source } from '../combinators/source.ts';
import { frameOf } from '../effects/coroutine.ts';
import type { Coroutine } from '../kernel/awaitable.ts';
import { Effect } from '../kernel/effect.ts';
import type { Handler } from '../kernel/effect.ts';
import { InvalidStateError } from '../words/errors.ts';
import { mustBe } from '../words/messages.ts';
import { brief, inspect } from '../words/show.ts';
import { run } from '../loop/run.ts';
import type { Task } from '../kernel/task.ts';
import { answerOf } from './caller.ts';
import type { Carrier } from './carrier.ts';
import { inChunks } from './chunks.ts';
import type { Batch } from './job.ts';
import { count } from './options.ts';
import type { CallOptions, ImapOptions, ItemsOptions } from './pool-options.ts';
import { Call, Callee, Chunk } from './protocol.ts';
import type { Each } from './protocol.ts';
import { wasNeverSent } from './unsendable.ts';
import { flat, settle } from './per-item.ts';
import type { Wrap } from './per-item.ts';
import { Results } from './results.ts';

type MapArguments<Options> = [callee: Callee, items: Source<unknown>, options?: Options & ItemsOptions];

/**
 * Runs exported functions somewhere else: coroutine functions, plain ones, or such that return a promise. Arguments and
 * results are copied on the way. `Pool` is one, and so is what `machines` of `treadle/distributed` gives.
 */
export class Executor<Options extends CallOptions = CallOptions> {
  private readonly carrier: Carrier;
  /** What the effect of a call is named: the same text for all. */
  private readonly applyName: string;

  /** @internal */
  constructor(carrier: Carrier) {
    this.carrier = carrier;
    this.applyName = `${carrier.name}.apply`;
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
    return this.effectOf(new Call('apply', module, name, args), options, this.performApply);
  }

  /**
   * Calls the function with each item, as many at a time as the workers can run, and gives the results in the
   * order of the items. On the first failure the others are cancelled and have cleaned up before it is thrown.
   * For many tiny items, `chunk: 100` sends 100 in one message.
   *
   * @example
   * const sums = yield* pool.map(new URL('./jobs.js', import.meta.url), 'sum', rows, { chunk: 100 });
   */
  map<T = unknown>(
    module: string | URL,
    name: string,
    items: Source<unknown>,
    options?: Options & ItemsOptions,
  ): Effect<T[]> {
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
    options?: Options & ItemsOptions,
  ): Effect<Settled<T>[]> {
    return new Effect(
      `${this.name}.mapSettled`,
      this.mapArguments('mapSettled', module, name, items, options),
      this.performMapSettled,
    );
  }

  /**
   * Like `map`, but gives the results as they come: an iterable of effects. With `ordered: true` they come in the order
   * of the items, and one that is there early waits for those before it. Nothing starts before the first one is
   * yielded. An error of an item is thrown at its turn, and the next ones can still be taken. Leaving the loop cancels
   * the rest, and so does cancelling the task; it is over when that has cleaned up in the workers.
   *
   * @example
   * for (const next of pool.imap(module, 'resize', files)) console.log(yield* next);
   *
   * @example
   * for (const next of pool.imap(module, 'read', chapters, { ordered: true })) console.log(yield* next);
   */
  imap<T = unknown>(
    module: string | URL,
    name: string,
    items: Iterable<unknown>,
    options?: Options & ImapOptions,
  ): IterableIterator<Effect<T>> {
    const callee = new Callee('imap', module, name);
    if (
      typeof items === 'string' ||
      typeof (items as Partial<Iterable<unknown>> | null | undefined)?.[Symbol.iterator] !== 'function'
    )
      throw new TypeError(mustBe('imap', 'an iterable of items', items));
    this.carrier.check(callee, options);
    if (!['undefined', 'boolean'].includes(typeof options?.ordered))
      throw new TypeError(mustBe('imap', 'true or false as the option ordered', options?.ordered));
    return new Results<T>(this.carrier, callee, items, options, this.chunk('imap', options));
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

  private effectOf<T>(call: Call, options: Options | undefined, perform: Handler): Effect<T> {
    this.carrier.check(call, options);
    return new Effect(this.applyName, options ? [call, options] : [call], perform);
  }

  /** What an effect of a call does. In a batch, no call begins when another one has failed. */
  private performIn(batch?: Batch): Handler {
    return (task: Task, [call, options]: [Call, Options?]) =>
      answerOf(this.carrier.submit(task, call, options, batch), task, this.carrier);
  }

  private readonly performApply = this.performIn();

  // When several items fail in one turn, as those of a worker that dies, the error is that of the first one: `map` is
  // decided right behind the step in which that fails, and cancels the others before they hear of their errors.
  private readonly performMap = (task: Task, args: MapArguments<Options>): unknown => {
    const isInChunks = this.chunk('map', args[2]) > 1;
    return task._perform(
      isInChunks ? this.mapChunks(args, 'until one fails') : this.mapItems(args, { batch: { hasFailed: false } }),
    );
  };
  private readonly performMapSettled = (task: Task, args: MapArguments<Options>): unknown => {
    const isInChunks = this.chunk('map', args[2]) > 1;
    return task._perform(
      isInChunks ? this.mapChunks(args, 'whatever becomes of them') : this.mapItems(args, { wrap: settle }),
    );
  };

  private mapItems(
    [callee, items, options]: MapArguments<Options>,
    { batch, wrap = (call) => call }: { batch?: Batch; wrap?: Wrap },
  ): Effect<unknown> {
    const concurrency = this.roomFor(items);
    const perform = this.performIn(batch);
    return map(items, (item) => wrap(this.call(callee, item, options, perform)), { concurrency });
  }

  /**
   * An item of an array is there anyway, but one that was taken from a queue is gone for others. (Chunks are not ahead:
   * beside all its items one message takes no time.)
   */
  private roomFor(items: Source<unknown>): number {
    const { room, ahead = 0 } = this.carrier;
    return Array.isArray(items) ? room + ahead : room;
  }

  private call(
    { module, export: name }: Callee,
    item: unknown,
    options: Options | undefined,
    perform: Handler,
  ): Effect<unknown> {
    return this.effectOf(new Call('apply', module, name, [item]), options, perform);
  }

  // ---- chunks

  private mapChunks([callee, items, options]: MapArguments<Options>, each: Each): Effect<unknown> {
    const chunks = inChunks(items, this.chunk('map', options));
    const work = (chunk: readonly unknown[]) =>
      new Effect('chunk', [new Chunk(callee, chunk, each), options], this.performChunk);
    return flat(map(chunks, work, { concurrency: this.carrier.room }) as Effect<unknown[][]>);
  }

  private readonly performChunk = frameOf('chunk', (chunk: Chunk, options: Options | undefined) =>
    this.runChunk(chunk, options),
  );

  private *runChunk(chunk: Chunk, options: Options | undefined): Coroutine<unknown[]> {
    const isSettled = chunk.each !== 'until one fails';
    let outcomes: Settled<unknown>[];
    try {
      outcomes = (yield new Effect('call', [chunk, options], this.performApply)) as Settled<unknown>[];
    } catch (reason) {
      // One item could not be sent. Which one it was shows when each is sent alone.
      if (wasNeverSent(reason)) return yield* this.runOneByOne(chunk, options, isSettled);
      if (!isSettled) throw reason;
      return chunk.args.map(() => ({ status: 'rejected', reason }));
    }
    if (isSettled) return outcomes;
    return outcomes.map((one) => {
      if (one.status === 'rejected') throw one.reason;
      return one.value;
    });
  }

  private *runOneByOne(chunk: Chunk, options: Options | undefined, isSettled: boolean): Coroutine<unknown[]> {
    const results: unknown[] = [];
    for (const item of chunk.args) {
      const call = this.call(chunk, item, options, this.performApply);
      results.push((yield isSettled ? settle(call) : call) as unknown);
    }
    return results;
  }

  /** How many items travel together. A value that is said on the way is that of one item, so then it is one. */
  private chunk(where: string, options: (Options & ItemsOptions) | undefined): number {
    const size = count(where, 'a chunk', options?.chunk ?? 1, 1, Number.MAX_SAFE_INTEGER);
    return this.carrier.takesChunks && !options?.onProgress ? size : 1;
  }

  private mapArguments(
    where: string,
    module: string | URL,
    name: string,
    items: Source<unknown>,
    options: (Options & ItemsOptions) | undefined,
  ): MapArguments<Options> {
    const callee = new Callee(where, module, name);
    checkSource('map', items); // here, where it is given
    this.carrier.check(callee, options);
    this.chunk(where, options);
    return options ? [callee, items, options] : [callee, items];
  }
}
