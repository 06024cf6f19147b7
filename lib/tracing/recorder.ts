// A recorder: an instrument that writes down what the tasks of a loop do. Its methods are called in the
// middle of steps, so they only put numbers into a log (event-log.ts). The rest is done when `recording()` is called.
//
// It looks at the clock once a step, when the step ends: that takes half of its time. The next step has begun then,
// unless the loop has been asleep, which `passBegins` tells. It looks again when a task is spawned, woken by another
// one, cancelled or over, so that these have their true place within a long step. What frames do is placed at the
// beginning of their step.
//
// Relies on instruments, event-log, labels and recording.

import '../instruments/attach.ts';
import { WAITING } from '../kernel/modes.ts';
import { Task } from '../kernel/task.ts';
import { checkCount } from '../words/check.ts';
import { linesOf, showFrame } from '../lines/frames.ts';
import { InvalidStateError } from '../words/errors.ts';
import { show } from '../words/messages.ts';
import type { Cause, Instrument } from '../instruments/instrument.ts';
import type { Loop } from '../loop/loop.ts';
import {
  ALIVE,
  BY_CALLBACK,
  CALLBACK,
  CANCEL,
  DETAIL,
  ENDS,
  EventLog,
  FRAME_CALLED,
  FRAME_CLOSING,
  FRAME_ENDED,
  KINDS,
  OUTSIDE,
  OVER,
  READY,
  SPAWNED,
  STEP,
  WOKEN,
} from './event-log.ts';
import { cut, Labels } from './labels.ts';
import type { Alive } from './alive.ts';
import { Recorded } from './recorded.ts';
import type { LongStep } from './recorded.ts';
import type { Recording } from './recording.ts';

/** To ask for a line takes 20 to 150 ms the first time, and 1 ms from then on. */
const WORTH_A_LINE = 50;

/** The options of a `Recorder`: how much it keeps. */
export interface RecorderOptions {
  /**
   * How many events are kept at most, 32 bytes each: 1,000,000 by default. A usual step is one event, and with a
   * wake-up by another task two. When there is no room left, the recording ends, and says how many events are missing.
   */
  readonly limit?: number | undefined;
}

/**
 * Records what the tasks of a loop do: their steps, what they wait on, who woke them, how they end.
 *
 * It records one loop. Attached to a second one it throws an `InvalidStateError`, and so it is detached there and
 * reported.
 *
 * @example
 * const recorder = new Recorder();
 * runSync(main(), { instruments: [recorder] });
 * console.log(toText(recorder.recording()));
 */
export class Recorder implements Instrument {
  /** Shown in warnings. */
  readonly name: string = 'recorder';
  /** @internal */ protected log: EventLog;
  private readonly labels = new Labels();
  /** By id. What has a name of its own keeps it here, so that no task is kept. */
  protected readonly names = new Map<number, string>();
  /** Not kept alive, because it keeps its main task and what that has returned. */
  private loop: WeakRef<Loop> | undefined;
  /** The loop's time when it was over, or the recorder was detached. */
  private ended: number | undefined;
  protected isVirtual = false;
  /** What `performance.now()` showed when the loop's clock showed 0. */
  private zero = 0;
  /** The loop's time; on the system's clock that of the last look. */
  private time = 0;
  /** What `performance.now()` showed when the step began that runs now, or the last one ended. */
  protected looked = 0;
  /** Milliseconds of the longest step up to now, or what a step must exceed to have its line asked for. */
  private longest = WORTH_A_LINE;
  private readonly lines: LongStep[] = [];
  /** Milliseconds that lines have taken, behind the steps that they were asked for. */
  protected takenForLines = 0;

  /** Throws for a limit that is no whole number from 1 on. */
  constructor({ limit = 1_000_000 }: RecorderOptions = {}) {
    this.log = new EventLog(checkLimit('the option limit', limit));
  }

  /** The task in whose step the recorder was attached. It may not be told when that step ends. */
  private unfinished: Task | undefined;
  private attachedAt = 0;

  // ---- The loop

  attached(loop: Loop): void {
    if (this.loop !== undefined && this.loop.deref() !== loop)
      throw new InvalidStateError('a recorder records one loop: make another one for each other loop');
    this.loop = new WeakRef(loop);
    this.ended = undefined;
    this.isVirtual = loop._clock._moveOn !== undefined;
    this.looked = performance.now();
    this.time = loop.now();
    this.zero = this.looked - this.time;
    this.attachedAt = this.time;
  }

  loopEnds(loop: Loop): void {
    this.ended = loop.now();
  }

  detached(loop: Loop): void {
    if (loop === this.loop?.deref()) this.ended ??= loop.now(); // else it was refused there
  }

  clockMoved(time: number): void {
    if (this.unfinished !== undefined) this.finish(this.unfinished);
    this.time = time;
  }

  passBegins(): void {
    this.ended = undefined;
    if (this.unfinished !== undefined) this.finish(this.unfinished);
    this.looked = performance.now();
    if (!this.isVirtual) this.time = this.looked - this.zero;
  }

  // ---- Tasks

  taskSpawned(task: Task, by: Cause): void {
    if (task.loop !== this.loop?.deref()) return; // told of a loop that was refused
    if (!this.log.full) this.names.set(task.id, cut(task.name));
    const owner = task.parent?.id ?? OUTSIDE;
    if (by === undefined && task.state !== 'ready') this.noteAlive(task, owner);
    else this.log.add(SPAWNED, task.id, idOf(by), this.now(), owner);
  }

  /** It was there before the recorder was. */
  private noteAlive(task: Task, owner: number): void {
    const label = task.state === 'waiting' ? this.labels.of(task.waitingOn) : READY;
    if (label !== READY) this.noteDetail(task.id);
    this.log.add(ALIVE, task.id, label, this.time, owner);
    if (task.state === 'running') this.unfinished = task;
  }

  /** Its step has ended in the meantime. What it waits on is known, and not when it began to. */
  private finish(task: Task): void {
    this.unfinished = undefined;
    if (task.state !== 'waiting') return;
    const label = this.labels.of(task.waitingOn);
    this.noteDetail(task.id);
    this.log.add(STEP, task.id, label, this.attachedAt, this.isVirtual ? 0 : this.attachedAt);
  }

  taskWoken(task: Task, by: Cause): void {
    if (by === task) return; // its step will say that it is ready
    this.log.add(WOKEN, task.id, idOf(by), this.now(), 0);
  }

  /**
   * What every turn pays. The row is written right here, because numbers with fractions that are handed to a function
   * are put into objects first: that took 30 ns.
   */
  stepEnds(task: Task): void {
    if (this.unfinished !== undefined) this.finish(this.unfinished);
    const began = this.looked;
    const ended = (this.looked = performance.now());
    let label = READY;
    if (task._status === WAITING) {
      label = this.labels.of(task.waitingOn);
      this.noteDetail(task.id);
    }
    const at = this.log.next();
    const { rows } = this.log;
    rows[at] = task.id * KINDS + STEP;
    rows[at + 1] = label;
    rows[at + 2] = this.time;
    if (this.isVirtual) rows[at + 3] = ended - began;
    else rows[at + 3] = this.time = ended - this.zero;
    if (ended - began > this.longest)
      this.noteLine(task, ended - began, rows[at + 2] as number, rows[at + 3] as number);
  }

  /** The line that the longest step has come to. A task that is over has none. */
  private noteLine(task: Task, took: number, time: number, number: number): void {
    this.longest = took;
    const before = performance.now();
    const frame = linesOf([task])[0]?.[0];
    if (frame !== undefined) this.lines.push({ task: task.id, time, number, line: showFrame(frame) });
    this.lookAgain();
    this.takenForLines += this.looked - before;
  }

  /** What was done since the last look is the recorder's own, and not to be blamed on the next step. */
  protected lookAgain(): void {
    this.looked = performance.now();
    if (!this.isVirtual) this.time = this.looked - this.zero;
  }

  private noteDetail(task: number): void {
    const { detail } = this.labels;
    if (detail === detail) this.log.add(DETAIL, task, 0, this.time, detail); // not NaN
  }

  cancelAsked(task: Task, reason: unknown, by: Cause): void {
    const label = reason === undefined ? READY : this.labels.plain(show(reason));
    this.log.add(CANCEL, task.id, idOf(by), this.now(), label);
  }

  taskOver(task: Task): void {
    const how = ENDS.indexOf(task.state as (typeof ENDS)[number]);
    // error() would count as seeing it.
    const label = task.state === 'failed' ? this.labels.plain(show(task._value)) : READY;
    this.log.add(OVER, task.id, how, this.now(), label);
  }

  // ---- Frames and callbacks

  frameCalled(task: Task, depth: number, yielded: unknown): void {
    this.log.add(FRAME_CALLED, task.id, this.labels.ofFrame(yielded), this.time, depth);
  }

  frameEnded(task: Task, depth: number): void {
    this.log.add(FRAME_ENDED, task.id, 0, this.time, depth);
  }

  frameClosing(task: Task, depth: number): void {
    this.log.add(FRAME_CLOSING, task.id, 0, this.time, depth);
  }

  callbackEnds(): void {
    const began = this.looked;
    const ended = (this.looked = performance.now());
    if (this.isVirtual) this.log.add(CALLBACK, 0, 0, this.time, ended - began);
    else this.log.add(CALLBACK, 0, 0, this.time, (this.time = ended - this.zero));
  }

  /** The loop's time in the middle of a step. */
  private now(): number {
    return this.isVirtual ? this.time : performance.now() - this.zero;
  }

  // ---- What was recorded

  /** What was recorded up to now, while the program runs or when it is over. It does not grow when more is recorded. */
  recording(): Recording {
    return this.recorded({ log: this.log.copy(), until: this.until() });
  }

  protected recorded(parts: { log: EventLog; until: number; alive?: Alive }): Recording {
    return new Recorded({
      ...parts,
      labels: this.labels,
      names: new Map(this.names),
      lines: [...this.lines],
      clock: this.isVirtual ? 'virtual' : 'system',
      startedAt: performance.timeOrigin + this.zero,
    });
  }

  /** The loop's time; when it is over, that of its end. */
  protected until(): number {
    return this.ended ?? this.loop?.deref()?.now() ?? this.time;
  }
}

/** Who did something, as a number. */
function idOf(by: Cause): number {
  if (by === undefined) return OUTSIDE;
  return by instanceof Task ? by.id : BY_CALLBACK;
}

/** A number of events, for which memory has room: not `Infinity`. */
export function checkLimit(where: string, limit: number): number {
  return checkCount(where, limit, 'a number of events', 1);
}
