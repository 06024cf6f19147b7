// A flight recorder: a ring that keeps the last events only, and hands them over when something goes wrong. So it can
// stay attached to a program that runs for months. Relies on recorder and alive.

import type { Cause } from '../instruments/instrument.ts';
import type { Task } from '../kernel/task.ts';
import type { Loop } from '../loop/loop.ts';
import { checkDuration, checkFunction } from '../words/check.ts';
import { DeadlockError } from '../words/errors.ts';
import { isInstance } from '../words/thrown.ts';
import { Alive } from './alive.ts';
import { EventLog } from './event-log.ts';
import { checkLimit, Recorder } from './recorder.ts';
import type { Recording } from './recording.ts';

/** What went wrong: a task failed, nothing could go on, or a step held up all others for `took` milliseconds. */
export interface Trouble {
  readonly kind: 'failure' | 'deadlock' | 'slow step';
  /** The id and the name of the task. */
  readonly task: number;
  readonly name: string;
  /** What it failed with. */
  readonly error?: unknown;
  /** How long the step took, in milliseconds. */
  readonly took?: number;
}

/** The options of a `FlightRecorder`: how much it keeps, what counts as trouble, and who hears of it. */
export interface FlightRecorderOptions {
  /** How many events are kept, and up to an eighth more: 100,000 by default, 32 bytes each. */
  readonly events?: number | undefined;
  /** Of those, only the last `last` milliseconds of the loop's time are handed over: all by default. */
  readonly last?: number | undefined;
  /** A step that takes this many milliseconds is trouble: 100 by default. With `Infinity`, no step is. */
  readonly slowStep?: number | undefined;
  /**
   * Called when there is trouble. It must not yield. If it throws, that is reported once, and changes nothing for the
   * program or the recorder.
   */
  readonly onTrouble: (recording: Recording, trouble: Trouble) => void;
  /**
   * For how many milliseconds after a call `onTrouble` is not called again for the same kind of trouble: 1,000 by
   * default.
   */
  readonly quiet?: number | undefined;
}

/**
 * Records the last events only, and hands them to `onTrouble` when a task fails, when the program is deadlocked, or
 * when a step is slow. An error that goes on to other tasks is trouble once, where it came from.
 *
 * @example
 * const flight = new FlightRecorder({
 *   last: 10_000,
 *   onTrouble: (recording, { kind, name }) => writeFileSync(`${kind} in ${name}.jsonl`, toJsonLines(recording)),
 * });
 * run(main(), { instruments: [flight] });
 */
export class FlightRecorder extends Recorder {
  override readonly name = 'flight recorder';
  private readonly options: Required<{
    [Name in keyof FlightRecorderOptions]: NonNullable<FlightRecorderOptions[Name]>;
  }>;
  /** What is alive where the ring begins. */
  private alive = new Alive(false, () => {});
  /** Told when the step that runs is over, so that the recording has it. */
  private pending: Trouble | undefined;
  /** Errors that were told: they go from task to task. */
  private readonly told = new WeakSet<object>();
  /** By kind of trouble. */
  private readonly quietUntil = new Map<Trouble['kind'], number>();
  private hasComplained = false;

  /** Throws a `TypeError` or a `RangeError` for wrong options. */
  constructor(options: FlightRecorderOptions) {
    super();
    const { events = 100_000, last = Infinity, slowStep = 100, onTrouble, quiet = 1_000 } = options ?? {};
    checkFunction('the option onTrouble', onTrouble, 'a function (recording, trouble) => void');
    checkDuration('the option last', last);
    checkDuration('the option slowStep', slowStep);
    checkDuration('the option quiet', quiet);
    this.options = { events: checkLimit('the option events', events), last, slowStep, onTrouble, quiet };
    this.log = new EventLog(events, (...row) => this.alive.apply(...row));
  }

  override attached(loop: Loop): void {
    super.attached(loop);
    this.alive = new Alive(this.isVirtual, (task) => this.names.delete(task), this.alive.tasks);
  }

  override loopEnds(loop: Loop): void {
    super.loopEnds(loop);
    this.tellPending();
  }

  override stepEnds(task: Task): void {
    const { looked: began, takenForLines } = this;
    super.stepEnds(task);
    const took = this.looked - began - (this.takenForLines - takenForLines);
    // A failure in the same step tells more.
    if (took >= this.options.slowStep) this.pending ??= { kind: 'slow step', ...whoIs(task), took };
    if (this.pending !== undefined) this.tellPending();
  }

  override cancelAsked(task: Task, reason: unknown, by: Cause): void {
    super.cancelAsked(task, reason, by);
    // The engine gives a main task the report first, and cancels all tasks then.
    const error = by === undefined ? task._errors?.at(-1) : undefined;
    if (isInstance(error, DeadlockError) && this.isNews(error)) {
      this.pending = { kind: 'deadlock', ...whoIs(task), error };
      this.tellPending(); // no step runs
    }
  }

  override taskOver(task: Task): void {
    super.taskOver(task);
    if (task.state === 'failed' && this.isNews(task._value))
      this.pending ??= { kind: 'failure', ...whoIs(task), error: task._value };
  }

  private isNews(error: unknown): boolean {
    if (typeof error !== 'object' || error === null) return true;
    const isNews = !this.told.has(error);
    this.told.add(error);
    // Several failures of children are one error of their owner.
    return isNews && !this.isMadeOfKnown(error);
  }

  private isMadeOfKnown(error: object): boolean {
    try {
      return error instanceof AggregateError && error.errors.every((one) => this.told.has(one as object));
    } catch {
      return false; // it cannot be looked at: a revoked proxy, for instance
    }
  }

  private tellPending(): void {
    const trouble = this.pending;
    this.pending = undefined;
    if (trouble === undefined || performance.now() < (this.quietUntil.get(trouble.kind) ?? 0)) return;
    try {
      this.options.onTrouble(this.recording(), trouble);
    } catch (error) {
      if (!this.hasComplained) console.warn('treadle: onTrouble of a flight recorder threw, and records on:', error);
      this.hasComplained = true;
    }
    this.lookAgain(); // what it took is not to be blamed on the next step
    this.quietUntil.set(trouble.kind, this.looked + this.options.quiet);
  }

  override recording(): Recording {
    const alive = new Alive(this.isVirtual, () => {}, this.alive.tasks);
    const log = this.log.copy();
    const until = this.until();
    log.forgetBefore(until - this.options.last, (...row) => alive.apply(...row));
    return this.recorded({ log, alive, until });
  }
}

function whoIs({ id: task, name }: Task): { task: number; name: string } {
  return { task, name };
}
