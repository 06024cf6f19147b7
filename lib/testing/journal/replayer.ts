// The replayer: an instrument that plays a journal back. The lines are read in their order. What the program asks for
// in a step must be what the next line says, and its answer is there or comes later. What came from outside is
// delivered at its moment, and never before or after. Nothing outside is asked for anything.
//
// When the two do not fit, that is an error, and there is no way on: every task is cancelled, so that the clean-ups
// run, in which whatever asks for the outside is thrown the same error.
//
// Relies on the kernel, host and io.

import { breakDeadlock, liveTasks } from '../../host/deadlock.ts';
import { on } from '../../io/events.ts';
import type { EmitterLike } from '../../io/events.ts';
import { openShields } from '../../kernel/cancel-scope.ts';
import { discard } from '../../kernel/discard.ts';
import { Effect, SUSPENDED } from '../../kernel/effect.ts';
import { CLOSE } from '../../kernel/modes.ts';
import { Task } from '../../kernel/task.ts';
import type { Place, Waiter } from '../../kernel/waiting.ts';
import type { Loop } from '../../loop/loop.ts';
import { show } from '../../words/show.ts';
import type { Line } from './format.ts';
import type { JournalError } from './journal-error.ts';
import { Reader } from './reader.ts';
import { Moments, pathOf } from './moments.ts';
import { isListening, isOutside, isStandIn, performedBy, performReally, textOf, wrapSource } from './outside.ts';
import { decodeValue } from './values.ts';
import type { ValueOptions } from './values.ts';

type Listener = (...args: unknown[]) => void;

/** Clean-ups may take this many steps after the program has turned out not to fit. */
const MOST_CLEANING = 10_000;

export class Replayer extends Moments {
  /** Why the program does not fit. */
  failure: JournalError | undefined = undefined;
  private readonly reader: Reader;
  private readonly options: ValueOptions;
  /** By their paths. */
  private readonly tasks = new Map<string, Task>();
  /** The tasks that wait for an answer, each with the line of what it asked for. */
  private readonly asked = new Map<Task, Line>();
  private readonly timers = new Map<number, Waiter>();
  private timersSet = 0;
  /** By the step at which it was listened, and the event's name. */
  private readonly listeners = new Map<string, Listener>();
  private main: Task | undefined = undefined;
  /** Clean-ups run, because the program does not fit: the step at which they began. */
  private cleaningSince: number | undefined = undefined;
  private time = 0;

  constructor(lines: readonly Line[], options: ValueOptions) {
    super();
    this.reader = new Reader(lines);
    this.options = options;
  }

  begin(main: Task): void {
    this.main = main;
  }

  // ---- what the program asks for, in its steps

  performEffect(task: Task, yielded: unknown, next: (yielded: unknown) => unknown): unknown {
    if (yielded instanceof Effect && !isStandIn(yielded)) {
      if (isListening(yielded)) return next(this.listen(task, yielded));
      if (isOutside(yielded)) return next(performedBy(yielded, (one) => this.perform(one, yielded)));
    }
    if (this.reader.isAsked(this.step, task, yielded)) return this.perform(task, yielded);
    const { _outside } = task.loop;
    const answer = next(yielded);
    if (task.loop._outside > _outside && !this.asked.has(task)) throw this.unknown(task, yielded);
    return answer;
  }

  /** Would a promise be waited for? It was not in the recorded run. */
  promised(task: Task, promise: unknown): void {
    if (!this.reader.isAsked(this.step, task, promise)) throw this.unknown(task, promise);
  }

  private perform(task: Task, yielded: unknown): unknown {
    if (this.failure) throw this.failure;
    if (!this.reader.isAsked(this.step, task, yielded)) throw this.unknown(task, yielded);
    const { step } = this;
    if (yielded instanceof Effect && this.reader.isOwn(step, yielded.kind)) {
      const answer = performReally(yielded, task); // and the program itself answers it, or nobody
      this.asked.set(task, this.reader.takeAsk(step));
      return answer;
    }
    const line = this.reader.takeAsk(step);
    discard(yielded); // nobody listens to its promises
    if ('error' in line) throw this.decode(line, line.error);
    if ('answer' in line) return this.decode(line, line.answer);
    this.asked.set(task, line);
    task._place = this.place;
    return SUSPENDED;
  }

  private readonly place: Place = { _withdraw: (waiter) => void this.asked.delete(waiter as Task) };

  private listen(task: Task, effect: Effect<unknown>): Effect<unknown> {
    if (this.failure) throw this.failure;
    if (!this.reader.isAsked(this.step, task, effect)) throw this.unknown(task, effect);
    const [source, name] = effect.payload as [EmitterLike, string];
    const { step } = this;
    this.reader.takeAsk(step);
    const wrapped = wrapSource(source, (event, listener) => {
      this.listeners.set(`${step} ${event}`, listener);
      return listener;
    });
    return on(wrapped as EmitterLike, name);
  }

  /** Time or chance. */
  drawn(kind: 'now' | 'random'): number {
    // From outside, or when it does not matter any more.
    if (!this.inside || this.failure) return kind === 'now' ? this.time : Math.random();
    const line = this.reader.next;
    if (line?.kind !== kind || line.step !== this.step)
      throw this.unfit(`the program asks for ${kind}(), ${this.reader.told()}`, line);
    this.reader.pass();
    if (kind === 'now') this.time = line.answer as number;
    return line.answer as number;
  }

  timerSet(time: number, waiter: Waiter): void {
    if (this.failure || time <= this.drawn('now')) return waiter._wake();
    if (time === Infinity) return;
    const timer = ++this.timersSet;
    this.timers.set(timer, waiter);
    waiter._place = { _withdraw: () => void this.timers.delete(timer) };
    // Those that were due by then.
    for (let line = this.reader.next; line?.kind === 'timer' && line.inside; line = this.reader.next) {
      if (line.step !== this.step) break;
      this.reader.pass();
      this.fire(line);
    }
  }

  /** Somebody is about to stand in the ready queue. */
  scheduled(waiter: Waiter): void {
    if (!this.inside || this.failure || !(waiter instanceof Task) || !this.asked.has(waiter)) return;
    const of = this.asked.get(waiter)?.step;
    this.asked.delete(waiter);
    if (waiter._mode === CLOSE) return;
    const line = this.reader.next;
    if (line?.inside && line.of === of && line.step === this.step) this.reader.pass();
    else this.unfit(`the program itself answers ${pathOf(waiter)}, ${this.reader.told()}`, line);
  }

  /** Must this step be interrupted, because something comes in the middle of it? */
  interrupts(): boolean {
    return this.failure ? this.cleaningSince === undefined : this.reader.isDue(this.step, true);
  }

  // ---- what comes from outside, between two steps

  /** Delivers what is due at this moment. */
  deliver(loop: Loop): void {
    while (this.main && !this.failure && this.reader.isDue(this.step, this.paused !== undefined)) {
      const line = this.reader.next as Line;
      this.reader.pass();
      this.deliverOne(loop, line);
    }
    if (!this.main || !this.failure) return;
    if (this.cleaningSince === undefined) this.cleanUp(loop);
    else if (this.step - this.cleaningSince > MOST_CLEANING) loop._running = false; // it would never end
  }

  private deliverOne(loop: Loop, line: Line): void {
    const { kind, problem } = line;
    if (problem !== undefined) return void this.unfit(`the journal cannot go on: ${problem}`, line);
    if (kind === 'deadlock') return void breakDeadlock(loop);
    if (kind === 'timer') return this.fire(line);
    if (kind === 'event') {
      const listener = this.listeners.get(`${line.of} ${line.event}`);
      if (listener === undefined) return void this.unfit(`nobody listens for the event ${show(line.event)}`, line);
      return this.guard(line, () => listener(...(this.decode(line, line.answer) as unknown[])));
    }
    const task = this.tasks.get(line.task as string);
    if (task === undefined) return void this.unfit(`there is no such task, ${this.reader.told(line)}`, line);
    if (kind === 'cancel') return this.guard(line, () => void task.cancel(this.decode(line, line.answer)));
    const asked = this.asked.get(task);
    if (asked?.step !== line.of || asked?.kind !== kind)
      return void this.unfit(`the task does not wait for that, ${this.reader.told(line)}`, line);
    this.asked.delete(task);
    if ('error' in line) this.guard(line, () => task._wakeThrowing(this.decode(line, line.error)));
    else this.guard(line, () => task._wake(this.decode(line, line.answer)));
  }

  private fire(line: Line): void {
    const waiter = this.timers.get(line.timer as number);
    if (waiter === undefined)
      return void this.unfit(`there is no timer ${line.timer}, ${this.reader.told(line)}`, line);
    this.timers.delete(line.timer as number);
    waiter._place = undefined;
    waiter._wake();
  }

  /** A value that cannot be decoded is a failure, and no error of the loop's. */
  private guard(line: Line, work: () => void): void {
    try {
      work();
    } catch (error) {
      if (error !== this.failure) this.unfit(`its answer cannot be given: ${show(error)}`, line);
    }
  }

  private decode(line: Line, stored: unknown): unknown {
    try {
      return decodeValue(stored, this.options);
    } catch (error) {
      throw this.unfit(`its value cannot be read: ${show(error)}`, line);
    }
  }

  // ---- the end

  /** Nothing is ready. True when something is, after all. */
  goesOn(loop: Loop): boolean {
    this.deliver(loop);
    if (loop._first === undefined && !this.failure) {
      const waiting = liveTasks(loop).slice(0, 5).join(', ');
      this.unfit(`the program waits (${waiting}), ${this.reader.told()}`);
      this.deliver(loop);
    }
    // Time does not matter to clean-ups any more.
    if (loop._first === undefined)
      for (const [timer, waiter] of [...this.timers]) {
        this.timers.delete(timer);
        waiter._place = undefined;
        waiter._wake();
      }
    return loop._first !== undefined && loop._running;
  }

  taskSpawned(task: Task): void {
    this.tasks.set(pathOf(task), task);
  }

  taskOver(task: Task): void {
    this.tasks.delete(pathOf(task));
    this.asked.delete(task);
    if (task !== this.main) return;
    this.main = undefined;
    if (this.failure) return;
    const line = this.reader.next;
    if (line?.kind !== 'end' || line.step !== this.step || line.state !== task.state)
      return void this.unfit(`the program is over, ${task.state}, ${this.reader.told()}`);
    this.reader.pass();
    if (this.reader.next) this.unfit(`the program is over, ${this.reader.told()}`);
  }

  private cleanUp(loop: Loop): void {
    this.cleaningSince = this.step;
    const tasks = liveTasks(loop);
    for (const task of tasks) openShields(task);
    for (const task of tasks) if (!task.cancel(this.failure)) task._interrupt();
  }

  // ---- what does not fit

  override effectPerformed(task: Task, yielded: unknown): void {
    super.effectPerformed(task, yielded);
    this.checkMissed();
  }

  override stepBegins(task: Task, how: Parameters<Moments['stepBegins']>[1]): void {
    super.stepBegins(task, how);
    this.checkMissed();
  }

  override callbackBegins(): void {
    super.callbackBegins();
    this.checkMissed();
  }

  /** The program is further than the journal: it has not done what the next line says. */
  private checkMissed(): void {
    const line = this.reader.next;
    if (line && line.step < this.step && !this.failure)
      this.unfit(`the program has not done it, ${this.reader.told()}`, line);
  }

  private unknown(task: Task, yielded: unknown): JournalError {
    if (this.failure) return this.failure;
    const line = this.reader.next;
    return this.unfit(`${pathOf(task)} asks for ${textOf(yielded)}, ${this.reader.told()}`, line);
  }

  /** Notes it, the first time, and gives it. */
  private unfit(problem: string, line?: Line): JournalError {
    return (this.failure ??= this.reader.unfit(problem, this.step, this.running, line));
  }
}
