// The host: a worker of BullMQ in front of a pool of this machine. It takes calls from the queue, checks them, has the
// pool run them, and answers. The computation is not in this process, so locks are renewed in time whatever it does:
// a computation of 6 s under a lock of 1.5 s started 6 times in BullMQ's own thread, and once behind a pool.
// Relies on effects, sync/queue, workers, engine, registry, messages, callers, keeper, pulse, running.

import { reportError } from '#host';
import { spawn } from '../effects/spawn.ts';
import { timeout } from '../combinators/timeout.ts';
import { wait } from '../combinators/wait.ts';
import { fromPromise } from '../io/promises.ts';
import type { Coroutine } from '../kernel/awaitable.ts';
import type { Effect } from '../kernel/effect.ts';
import { Event } from '../sync/event.ts';
import { Queue } from '../sync/queue.ts';
import type { Executor } from '../workers/executor.ts';
import { WorkerDiedError } from '../workers/worker-died.ts';
import { Callers } from './callers.ts';
import type { Engine, Queue as JobQueue, QueueWorker, QueuedJob, Redis } from './engine.ts';
import { encode } from './envelope.ts';
import { Keeper } from './keeper.ts';
import { Listener } from './listener.ts';
import { isLarger, messageOf, ofCancellation, ofError, ofValue, readArguments, readCall, stored } from './messages.ts';
import type { CallData, Outcome } from './messages.ts';
import { controlOf, PREFIX } from './names.ts';
import { Pulse } from './pulse.ts';
import type { Registry } from './registry.ts';
import { Running } from './running.ts';

export interface HostOptions {
  readonly queue: string;
  /** How many calls it takes at once. */
  readonly concurrency: number;
  /** How many milliseconds it may be silent before another machine takes what it runs. */
  readonly lease: number;
  /** What it is called: `'web1:4711'`. A client's name has no spaces. */
  readonly label: string;
  /** Is told of jobs that are no calls, and of errors of BullMQ. */
  readonly onError: (error: Error) => void;
}

/** A result of more characters, about, is stored in the job: what an event carries stays in its stream. */
const LARGE = 4_096;
/** How many milliseconds a cancellation is remembered: it may precede the call. Callers repeat it each second. */
const REMEMBERED = 2_000;
/** A server that owes an answer for less than this may be busy, however short the lease is. */
const PATIENCE = 5_000;
/** How many milliseconds the server has to take what is given back, and the connections have to close. */
const GOODBYE = 2_000;

export class Host {
  private readonly options: HostOptions;
  private readonly engine: Engine;
  private readonly registry: Registry;
  private readonly pool: Executor;
  private readonly worker: QueueWorker;
  private readonly queue: JobQueue;
  private readonly listener: Listener;
  private readonly callers: Callers;
  private readonly keeper: Keeper;
  private readonly pulse: Pulse;
  private readonly arrivals = new Queue<Running>(Infinity, { name: 'arrivals' });
  private readonly running = new Map<string, Running>();
  private readonly idle = new Event({ name: 'idle' });
  private readonly cancelled = new Map<string, { readonly why: string; readonly until: number }>();
  private readonly renewal: NodeJS.Timeout;
  private draining = false;

  constructor(engine: Engine, options: HostOptions, registry: Registry, pool: Executor, redis: Redis) {
    this.engine = engine;
    this.options = options;
    this.registry = registry;
    this.pool = pool;
    const settings = { connection: redis, prefix: PREFIX };
    this.callers = new Callers(redis, options.queue);
    this.queue = new engine.Queue(options.queue, settings);
    this.queue.on('error', (error: Error) => this.report(error));
    this.listener = new Listener(engine, redis, controlOf(options.queue), {
      cancel: ({ jobId, reason }) => this.cancel(String(jobId), String(reason)),
    });
    this.listener.listen().catch((error: unknown) => this.report(error as Error));
    // Two parameters: BullMQ makes no signal of its own then.
    const take = (job: QueuedJob, token: string) =>
      new Promise((resolve, reject) => this.arrive(new Running(job, token, resolve, reject)));
    this.worker = new engine.Worker(options.queue, take, {
      ...settings,
      name: options.label,
      concurrency: options.concurrency,
      lockDuration: options.lease,
      stalledInterval: Math.ceil(options.lease / 3),
      // Whether a call may be tried again is its own business: see `perform`. A larger number than this would reach the
      // server as 9.0e15, which its scripts do not take for one.
      maxStalledCount: 1_000_000_000,
      // BullMQ looks at the system's clock to see when a lock is due, and that may jump.
      skipLockRenewal: true,
    });
    this.worker.on('error', (error: Error) => this.report(error));
    this.keeper = new Keeper(redis, this.queue, this.worker, options.queue);
    this.worker.on('stalled', (id: string) => this.stalled(id));
    const often = options.lease / 3;
    this.pulse = new Pulse(redis, Math.ceil(Math.max(options.lease / 2, PATIENCE) / often));
    this.renewal = setInterval(() => this.renew(), often);
  }

  /** Takes calls, also while it drains. */
  *work(): Coroutine<never> {
    for (;;) {
      const running = yield* this.arrivals.get();
      yield* spawn(this.answer(running), { name: 'answer' });
    }
  }

  // ---- one call

  private arrive(running: Running): void {
    // It was on its way when this host began to end, and nobody would look at it any more.
    if (this.draining) return void this.giveBack(running).catch((error: Error) => running.reject(error));
    // This machine has taken the same job before, and its lock was lost meanwhile.
    this.running.get(running.id)?.end({ kind: 'lost' });
    this.running.set(running.id, running);
    this.idle.clear();
    this.arrivals.putNowait(running);
  }

  private *answer(running: Running): Coroutine<void> {
    try {
      const outcome = this.draining ? undefined : yield* this.perform(running);
      yield* this.settle(running, outcome);
    } catch (error) {
      running.reject(error as Error);
    } finally {
      if (this.running.get(running.id) === running) this.running.delete(running.id);
      if (this.running.size === 0) this.idle.set();
    }
  }

  /** Runs it. Gives what has come of it; nothing when this host may not say so any more. */
  private *perform(running: Running): Coroutine<Outcome | undefined> {
    const { id, job } = running;
    let data: CallData;
    try {
      data = readCall(job.data);
      // It was over before, and then the machine died.
      if (data.outcome) return data.outcome;
    } catch (error) {
      this.report(error as Error);
      return ofError(error);
    }
    const watched = { id, data, abandon: (why: string) => running.end({ kind: 'cancelled', why }) };
    const isThere = this.callers.watch(watched);
    try {
      const earlier = this.cancelled.get(id);
      if (earlier && earlier.until > performance.now()) running.end({ kind: 'cancelled', why: earlier.why });
      if (!(isThere === true || (yield* fromPromise(Promise.resolve(isThere))))) watched.abandon('its caller is gone');
      return yield* this.run(running, data);
    } finally {
      this.callers.forget(watched);
    }
  }

  private *run(running: Running, data: CallData): Coroutine<Outcome | undefined> {
    const { job } = running;
    let { deaths } = data;
    for (;;) {
      if (running.stop) return undefined;
      if (job.stalledCounter + deaths > data.retries) return ofError(this.machineDied(job, data));
      let work;
      try {
        const module = this.registry.locate(data.module, data.export);
        const onProgress = data.progress ? { onProgress: (value: unknown) => this.progress(running, value) } : {};
        work = this.pool.apply(module, data.export, readArguments(data), { retries: 0, ...onProgress });
      } catch (error) {
        return ofError(error);
      }
      const task = (running.work = yield* spawn(work, { name: data.export }));
      yield* wait([task]);
      const error = task.error();
      if (task.state === 'succeeded') return this.valueOf(task.result(), data);
      // What had begun would begin once more: the caller says whether it may.
      if (running.isDrained && data.retries === 0) return ofError(this.stopped(data));
      if (task.state === 'cancelled') return undefined;
      const died = error instanceof WorkerDiedError;
      // It did not heed that it was ended, and its worker was ended for it.
      if (died && running.stop) return undefined;
      if (!died || job.stalledCounter + ++deaths > data.retries) return ofError(error);
      yield* fromPromise(job.updateData({ ...data, deaths }));
    }
  }

  private valueOf(value: unknown, data: CallData): Outcome {
    try {
      return ofValue(value);
    } catch (cause) {
      const what = `the result of ${data.export} cannot be sent from a machine: ${(cause as Error).message}`;
      return ofError(new TypeError(what, { cause }));
    }
  }

  private machineDied({ processedBy }: QueuedJob, data: CallData): WorkerDiedError {
    const cause = new Error('its lock has expired');
    const before =
      processedBy === undefined || processedBy === this.options.label ? 'a machine' : `machine ${processedBy}`;
    return new WorkerDiedError(before, { cause }, [data.export]);
  }

  private stopped(data: CallData): WorkerDiedError {
    const cause = new Error('the machine was stopped, and the call has no retries');
    return new WorkerDiedError(`machine ${this.options.label}`, { cause }, [data.export]);
  }

  private progress({ job, stop }: Running, value: unknown): void {
    if (stop) return;
    try {
      job.updateProgress(encode(value)).catch(() => {});
    } catch (error) {
      this.report(error as Error); // it cannot be sent, which is no reason to end the call
    }
  }

  /** Answers BullMQ, which then tells the caller. */
  private *settle(running: Running, outcome: Outcome | undefined): Coroutine<void> {
    const { job, stop } = running;
    const { UnrecoverableError, WaitingError } = this.engine;
    if (stop?.kind === 'lost') running.reject(new WaitingError());
    else if (outcome && 'error' in outcome) {
      yield* fromPromise(job.updateData({ ...fieldsOf(job), outcome }));
      running.reject(new UnrecoverableError(messageOf(outcome)));
    } else if (outcome && 'value' in outcome && isLarger(outcome.value, LARGE)) {
      yield* fromPromise(job.updateData({ ...fieldsOf(job), outcome }));
      running.resolve(stored);
    } else if (outcome) running.resolve(outcome);
    else if (stop?.kind === 'cancelled') running.resolve(ofCancellation(stop.why));
    else yield* fromPromise(this.giveBack(running));
  }

  /** Another worker takes it at once, and does not wait until its lock has expired. */
  private giveBack({ job, token, reject }: Running): Promise<void> {
    return job.moveToWait(token).then(() => reject(new this.engine.WaitingError()));
  }

  // ---- what is heard

  private cancel(id: string, why: string): void {
    const running = this.running.get(id);
    if (running) running.end({ kind: 'cancelled', why });
    else {
      const now = performance.now();
      for (const [old, { until }] of this.cancelled) if (until <= now) this.cancelled.delete(old);
      this.cancelled.set(id, { why, until: now + REMEMBERED });
    }
  }

  /** Says that it is still there. What it does not hold any more, it ends. */
  private renew(): void {
    this.pulse.tick();
    const all = [...this.running.values()];
    if (all.length === 0) return;
    const ids = all.map(({ id }) => id);
    const tokens = all.map(({ token }) => token);
    this.worker.extendJobLocks(ids, tokens, this.options.lease).then(
      (lost) => {
        for (const id of lost) {
          const running = this.running.get(id);
          // It may have ended, and come again, while this was on its way.
          if (running && tokens.includes(running.token)) running.end({ kind: 'lost' });
        }
      },
      (error: unknown) => this.report(error as Error),
    );
  }

  /** A job that nobody can read would be taken and lost again and again. */
  private stalled(id: string): void {
    this.queue.getJob(id).catch((error: unknown) => {
      if (!(error instanceof SyntaxError)) return;
      this.report(new TypeError(`the job ${id} was removed: it cannot be read`, { cause: error }));
      this.queue.remove(id).catch(() => {});
    });
  }

  /** What `onError` throws is reported, too. It must not end the host, nor the call that is answered at this moment. */
  private report(error: Error): void {
    try {
      this.options.onError(error);
    } catch (wrong) {
      reportError(wrong, 'onError of serve');
    }
  }

  // ---- the end

  /**
   * The ordered end: takes no more calls, lets those that run finish for `limit` milliseconds, cancels the rest and
   * gives it back. `work` must still run: what was on its way from the server is given back, too.
   */
  *drain(limit: number): Coroutine<void> {
    this.draining = true;
    // It takes no more from now on, and is over when all that it has is answered. (A worker of BullMQ that is paused
    // takes one more, and its marker from those that wait for one.)
    const closing = this.worker.close().catch((error: Error) => this.report(error));
    if (this.running.size > 0) yield* bounded(limit, this.idle.wait());
    for (const running of this.running.values()) running.end({ kind: 'drained' });
    for (const { work } of [...this.running.values()]) if (work) yield* wait([work]);
    if (this.running.size > 0) yield* bounded(GOODBYE, this.idle.wait());
    clearInterval(this.renewal);
    this.callers.close();
    const kept = closing.then(() => this.keeper.flush());
    yield* bounded(GOODBYE, fromPromise(Promise.allSettled([kept, this.listener.close(), this.queue.close()])));
  }
}

const fieldsOf = ({ data }: QueuedJob): object => (typeof data === 'object' && data !== null ? data : {});

/** Waits for it, but not for longer. A server that is gone gives no answer, and locks expire by themselves. */
function* bounded(limit: number, awaitable: Effect<unknown>): Coroutine<void> {
  try {
    yield* timeout(limit, awaitable);
  } catch {
    // It was too slow.
  }
}
