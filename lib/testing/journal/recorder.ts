// The recorder: an instrument that sees everything that enters a program from outside, at its moment, and writes a line
// for it. The program runs as it would without.
//
// All that wakes somebody passes through the loop's `_schedule`. When no step runs, it comes from outside: an answer to
// an effect, or a timer. Time and chance are asked of the loop. What is left is events, for which `on` is given another
// source, and cancellations, of which instruments are told. Relies on the kernel and io.

import { Task } from '../../kernel/task.ts';
import { Effect, SUSPENDED } from '../../kernel/effect.ts';
import { CLOSE, NEXT, THROW } from '../../kernel/modes.ts';
import type { Waiter } from '../../kernel/waiting.ts';
import { on } from '../../io/events.ts';
import type { EmitterLike } from '../../io/events.ts';
import { DeadlockError } from '../../words/errors.ts';
import { show } from '../../words/show.ts';
import { isInstance } from '../../words/thrown.ts';
import type { Entry } from './format.ts';
import { JournalError } from './journal-error.ts';
import { Moments, pathOf } from './moments.ts';
import {
  isListening,
  isOutside,
  isStandIn,
  kindOf,
  performedBy,
  performReally,
  textOf,
  wrapSource,
} from './outside.ts';
import { encodeValue } from './values.ts';
import type { ValueOptions } from './values.ts';

/** An effect that was asked for and is not answered yet. */
interface Ask {
  readonly step: number;
  readonly kind: string;
  readonly text: string;
}

export class Recorder extends Moments {
  private readonly write: (entry: Entry) => void;
  private readonly options: ValueOptions;
  private readonly asks = new Map<Task, Ask>();
  private readonly timers = new WeakMap<Waiter, number>();
  private timersSet = 0;
  private isParking = false;
  /** What came from outside just now, so that tasks become ready because of it. A set holds the tasks it cancelled. */
  private cause: Set<Task> | 'event' | 'deadlock' | undefined = undefined;
  private main: Task | undefined = undefined;
  private hadDeadlock = false;

  constructor(write: (entry: Entry) => void, options: ValueOptions) {
    super();
    this.write = write;
    this.options = options;
  }

  // ---- what happens in steps

  override stepBegins(task: Task, how: Parameters<Moments['stepBegins']>[1]): void {
    this.cause = undefined;
    super.stepBegins(task, how);
  }

  override callbackBegins(): void {
    this.cause = undefined;
    super.callbackBegins();
  }

  /** Time or chance, of which the program was given this much. */
  drawn(kind: 'now' | 'random', answer: number): void {
    if (this.inside) this.add({ ...(this.running ? this.of(this.running) : {}), kind, answer });
  }

  performEffect(task: Task, yielded: unknown, next: (yielded: unknown) => unknown): unknown {
    if (yielded instanceof Effect && !isStandIn(yielded)) {
      if (isListening(yielded)) return next(this.listen(task, yielded));
      if (isOutside(yielded)) return next(performedBy(yielded, (one) => this.perform(one, yielded)));
    }
    const { _outside } = task.loop;
    const answer = next(yielded);
    // Unless what it performs in its turn, as `call` does, was seen.
    if (answer === SUSPENDED && task.loop._outside > _outside && !this.asks.has(task)) this.ask(task, yielded);
    return answer;
  }

  /** An effect that may also be answered at once, by the world outside all the same. */
  private perform(task: Task, effect: Effect<unknown>): unknown {
    const line = { ...this.of(task), kind: effect.kind, ask: textOf(effect) };
    try {
      const answer = performReally(effect, task);
      if (answer === SUSPENDED) this.ask(task, effect);
      else this.add({ ...line, ...this.answer(task, effect.kind, answer) });
      return answer;
    } catch (error) {
      this.add({ ...line, error: this.encodeError(error) });
      throw error;
    }
  }

  private ask(task: Task, yielded: unknown): void {
    const ask = { step: this.step, kind: kindOf(yielded), text: textOf(yielded) };
    this.asks.set(task, ask);
    this.add({ ...this.of(task), kind: ask.kind, ask: ask.text });
  }

  /** `{ answer }`. Throws a `JournalError` for what cannot be kept. */
  private answer(task: Task, kind: string, value: unknown): { answer: unknown } {
    try {
      return { answer: encodeValue(value, this.options) };
    } catch (cause) {
      const error = new JournalError(
        `the journal cannot keep what ${kind} answered to ${pathOf(task)}: ${messageOf(cause)}. ` +
          'Take what is needed of it where it comes from, or give record an encode',
        { step: this.step, task: pathOf(task) },
        { cause },
      );
      throw error;
    }
  }

  private encodeError(error: unknown): unknown {
    try {
      return encodeValue(error, this.options);
    } catch {
      return encodeValue(new Error(show(error)));
    }
  }

  // ---- what comes from outside

  /** Somebody is about to stand in the ready queue. */
  scheduled(waiter: Waiter): void {
    const timer = this.timers.get(waiter);
    this.timers.delete(waiter);
    const task = waiter instanceof Task ? (waiter as Task) : undefined;
    const ask = task && this.asks.get(task);
    if (task && ask) {
      this.asks.delete(task);
      if (task._mode === CLOSE) return; // cancelled: nobody waits for the answer any more
      if (this.inside) this.add({ ...this.of(task), kind: ask.kind, of: ask.step, inside: true });
      else this.answered(task, ask);
      return;
    }
    if (this.inside) {
      if (this.isParking && timer !== undefined)
        this.add({ ...(task ? this.of(task) : {}), kind: 'timer', timer, inside: true });
      return;
    }
    if (this.main === undefined) return;
    if (timer !== undefined && (task === undefined || task._mode === NEXT))
      this.add({ ...(task ? this.of(task) : {}), kind: 'timer', timer });
    else if (this.cause === undefined && !this.isDeadlock()) this.cannotFollow(waiter);
  }

  /** The answer lies in the task's inbox. */
  private answered(task: Task, { step, kind }: Ask): void {
    const line = { ...this.of(task), kind, of: step };
    if (task._mode === THROW) return this.add({ ...line, error: this.encodeError(task._inbox) });
    try {
      this.add({ ...line, ...this.answer(task, kind, task._inbox) });
    } catch (error) {
      task._mode = THROW;
      task._inbox = error;
      this.add({ ...line, error: this.encodeError(error) });
    }
  }

  /** A timer is set, in a step. It, or another one, may be due by then, and the clock wakes its waiter at once. */
  timerSet(waiter: Waiter, park: () => void): void {
    this.timers.set(waiter, ++this.timersSet);
    this.isParking = true;
    park();
    this.isParking = false;
  }

  cancelAsked(task: Task, reason: unknown): void {
    if (this.inside || this.main === undefined || this.isDeadlock()) return;
    if (this.cause instanceof Set && hasOwnerIn(task, this.cause)) return; // it follows from the owner's
    this.follow((this.cause instanceof Set ? this.cause : new Set<Task>()).add(task));
    this.add({ ...this.of(task), kind: 'cancel', answer: this.reasonOf(reason) });
  }

  /** Every task is being cancelled, because every task waited for ever. */
  private isDeadlock(): boolean {
    if (this.cause === 'deadlock') return true;
    if (this.hadDeadlock || !this.main?._errors?.some((error) => isInstance(error, DeadlockError))) return false;
    this.hadDeadlock = true;
    this.follow('deadlock');
    this.add({ kind: 'deadlock' });
    return true;
  }

  private reasonOf(reason: unknown): unknown {
    try {
      return encodeValue(reason, this.options);
    } catch {
      return show(reason);
    }
  }

  /** Events that are emitted between two steps have a line each. Those that the program emits come by themselves. */
  private listen(task: Task, effect: Effect<unknown>): Effect<unknown> {
    const [source, name] = effect.payload as [EmitterLike, string];
    const of = this.step;
    this.add({ ...this.of(task), kind: 'on', ask: textOf(effect) });
    const wrapped = wrapSource(source, (event, listener) => (...args) => {
      if (this.inside || this.main === undefined) return listener(...args);
      this.follow('event');
      try {
        this.add({ kind: 'event', of, event, ...this.answer(task, `the event ${event}`, args) });
      } catch (error) {
        this.isBroken((error as Error).message);
      }
      listener(...args);
    });
    return on(wrapped as EmitterLike, name);
  }

  /** Something woke this one, and a journal knows nothing that did. */
  private cannotFollow(waiter: Waiter): void {
    const who = waiter instanceof Task ? pathOf(waiter) : 'a callback';
    this.isBroken(
      `${who} was woken from outside of the program, by something that a journal cannot repeat: ` +
        'let what comes from outside come by suspend, fromCallback, fromPromise, once or on',
    );
  }

  /** The program goes on. Only its journal ends here. */
  private isBroken(problem: string): void {
    this.add({ kind: 'unknown', problem });
    console.warn(`treadle: the journal cannot be played back beyond step ${this.step}: ${problem}`);
  }

  /** What becomes ready from now on follows from this, until the loop or the host goes on. */
  private follow(cause: Set<Task> | 'event' | 'deadlock'): void {
    if (this.cause === undefined) void Promise.resolve().then(() => (this.cause = undefined));
    this.cause = cause;
  }

  // ---- the beginning and the end

  begin(main: Task): void {
    this.main = main;
  }

  taskOver(task: Task): void {
    this.asks.delete(task);
    if (task !== this.main) return;
    this.add({ kind: 'end', state: task.state });
    this.main = undefined; // nothing that comes from now on is the program's
  }

  // ---- lines

  private of(task: Task): { task: string } {
    return { task: pathOf(task) };
  }

  private add(entry: Omit<Entry, 'step'>): void {
    const within = this.paused !== undefined && !this.inside;
    this.write({ step: this.step, ...entry, ...(within ? { within } : {}) } as Entry);
  }
}

function hasOwnerIn(task: Task, tasks: ReadonlySet<Task>): boolean {
  for (let owner: Task | undefined = task; owner; owner = owner.parent) if (tasks.has(owner)) return true;
  return false;
}

function messageOf(error: unknown): string {
  return isInstance(error, Error) ? error.message : show(error);
}
