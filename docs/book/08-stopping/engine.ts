// Chapter 8: tasks that can be stopped.

/** A generator that somebody else drives. */
export type Coroutine<T = unknown> = Generator<unknown, T, any>;

/** What a handler returns when there is no answer yet. It has then seen to it that the task will be woken. */
export const SUSPENDED = Symbol('suspended');

type Handler = (task: Task, payload: any) => unknown;

/** One request. It does nothing until a task yields it. */
export class Effect<T> {
  readonly kind: string;
  readonly payload: unknown;
  readonly handler: Handler;

  constructor(kind: string, payload: unknown, handler: Handler) {
    this.kind = kind;
    this.payload = payload;
    this.handler = handler;
  }

  *[Symbol.iterator](): Generator<Effect<T>, T, any> {
    return yield this;
  }
}

/** One coroutine on the stack of a task. */
interface Frame {
  readonly work: Coroutine;
  /** The frame that has called this one, and waits for its result. */
  readonly caller: Frame | undefined;
  /** `return()` was called on it. What it still yields is clean-up, and when it is over, its caller is closed, too. */
  closing: boolean;
}

type End = 'succeeded' | 'failed' | 'cancelled';

/** What joining a cancelled task throws. */
export class CancelledError extends Error {
  override name = 'CancelledError';
}

/** How something has ended, once it has, and the tasks that wait for that. */
export class Outcome<T = unknown> {
  readonly loop: EventLoop;
  state: 'waiting' | End = 'waiting';
  /** The result or the error. */
  value: unknown;
  readonly joiners: Task[] = [];

  constructor(loop: EventLoop) {
    this.loop = loop;
  }

  get done(): boolean {
    return this.state !== 'waiting';
  }

  /** The result. Throws the error of a failure. */
  result(): T {
    if (this.state === 'failed') throw this.value;
    if (this.state === 'cancelled') throw new CancelledError('the task was cancelled');
    return this.value as T;
  }

  /** The end. Those who wait are woken, and each asks again in its turn. */
  settle(state: End, value: unknown): void {
    this.state = state;
    this.value = value;
    for (const joiner of this.joiners) joiner.wakePerforming(this);
  }

  *[Symbol.iterator](): Generator<Outcome<T>, T, any> {
    return yield this;
  }
}

/** An outcome that is set by hand. */
export class Future<T = unknown> extends Outcome<T> {
  setResult(value: T): void {
    this.set('succeeded', value);
  }

  setError(error: unknown): void {
    this.set('failed', error);
  }

  private set(state: End, value: unknown): void {
    if (this.done) throw new Error('this future is done already: it is set once');
    this.settle(state, value);
  }
}

/** A coroutine that a loop runs, with all that it calls. */
export class Task<T = unknown> extends Outcome<T> {
  /** The task that has spawned it. */
  readonly owner: Task | undefined;
  /** The tasks that it has spawned and that are not over. */
  readonly children = new Set<Task>();
  /** Children that have failed, as long as nobody has asked for their result. */
  readonly unheard = new Set<Task>();
  /** The innermost frame: the only one that is ever resumed. */
  frame: Frame | undefined;
  /** Somebody has asked it to end. */
  cancelling = false;
  /** That has been delivered: its frames are being closed. */
  closing = false;
  /** Its own error, and those of its clean-ups. */
  readonly errors: unknown[] = [];
  /** Undoes its wait. Undefined when it runs, or is ready. */
  withdraw: (() => void) | undefined;
  /** How it will go on: by a method of the innermost frame, or by performing what is in the inbox. */
  mode: 'next' | 'throw' | 'return' | 'perform' = 'next';
  inbox: unknown;

  constructor(loop: EventLoop, work: Coroutine<T>, owner: Task | undefined) {
    super(loop);
    this.owner = owner;
    owner?.children.add(this);
    this.call(work);
    this.wake();
  }

  /** A new innermost frame. Its result will answer the frame that has called it. */
  call(work: Coroutine): void {
    this.frame = { work, caller: this.frame, closing: false };
  }

  /** It will go on in its turn, with this answer. */
  wake(answer?: unknown): void {
    this.resumeBy('next', answer);
  }

  /** It will first perform this in its turn, as if it had yielded it just then. */
  wakePerforming(yielded: unknown): void {
    this.resumeBy('perform', yielded);
  }

  resumeBy(mode: 'next' | 'perform' | 'return', value: unknown): void {
    this.mode = mode;
    this.inbox = value;
    this.withdraw = undefined;
    this.loop.ready.push(this);
  }

  /** Asks it to end: its frames will be closed from the inside out. Returns at once. */
  cancel(): void {
    if (this.done || this.cancelling) return;
    this.cancelling = true;
    if (!this.withdraw) return; // it is ready, or it runs: the step sees it
    this.withdraw();
    this.resumeBy('return', undefined);
  }

  /** Runs it until it must wait, or is over. */
  step(): void {
    let mode = this.mode;
    let value = this.inbox;
    for (;;) {
      if (this.cancelling && !this.closing) {
        if (mode === 'throw') this.errors.push(value);
        this.closing = true;
        mode = 'return';
      }
      if (mode !== 'perform') {
        const frame = this.frame;
        if (!frame) return this.end(mode, value);
        if (mode === 'return') frame.closing = true;
        let isOver: boolean | undefined = true;
        try {
          const step = frame.work[mode](value);
          value = step.value;
          isOver = step.done;
          mode = 'next';
        } catch (error) {
          value = error;
          mode = 'throw';
        }
        if (isOver) {
          this.frame = frame.caller;
          if (frame.closing) {
            if (mode === 'throw') this.errors.push(value);
            mode = 'return';
          }
          continue;
        }
        if (this.cancelling && !this.closing) continue;
      }
      mode = 'next';
      try {
        value = this.perform(value);
      } catch (error) {
        value = error;
        mode = 'throw';
      }
      if (value === SUSPENDED) return;
    }
  }

  /** No frame is left. It is over when its children are. */
  end(mode: 'next' | 'throw' | 'return', value: unknown): void {
    if (mode === 'throw') this.errors.push(value);
    const isCut = this.cancelling || this.errors.length > 0;
    if (isCut) for (const child of this.children) child.cancel();
    if (this.children.size > 0) {
      this.mode = 'next';
      this.inbox = value;
      this.withdraw = () => {};
      return;
    }
    const errors = [...this.errors, ...[...this.unheard].map((child) => child.value)];
    if (errors.length > 0) this.settle('failed', errors[0]);
    else if (this.cancelling) this.settle('cancelled', undefined);
    else this.settle('succeeded', value);
  }

  override settle(state: End, value: unknown): void {
    super.settle(state, value);
    this.owner?.childIsOver(this);
  }

  /** If the owner waited for its last child, it ends in its turn. */
  childIsOver(child: Task): void {
    this.children.delete(child);
    if (child.state === 'failed') this.unheard.add(child);
    if (this.children.size === 0 && !this.frame && this.withdraw) this.resumeBy('next', this.inbox);
  }

  /** The caller of this hears of the failure, so the owner need not. */
  override result(): T {
    this.owner?.unheard.delete(this);
    return super.result();
  }

  perform(yielded: unknown): unknown {
    if (yielded instanceof Effect) return yielded.handler(this, yielded.payload);
    if (yielded instanceof Outcome) return this.join(yielded);
    if (isCoroutine(yielded)) return this.call(yielded);
    throw new TypeError(
      `only an effect, a task or a coroutine can be yielded, not ${Object.prototype.toString.call(yielded)}`,
    );
  }

  /** Gives the result of an outcome, or throws its error: at once when it is done, and otherwise when it is. */
  join(outcome: Outcome): unknown {
    if (outcome.done) return outcome.result();
    outcome.joiners.push(this);
    this.withdraw = () => remove(outcome.joiners, this);
    return SUSPENDED;
  }
}

function remove<T>(list: T[], item: T): void {
  const index = list.indexOf(item);
  if (index >= 0) list.splice(index, 1);
}

const isCoroutine = (value: unknown): value is Coroutine =>
  Object.prototype.toString.call(value) === '[object Generator]';

export class EventLoop {
  readonly ready: Task[] = [];
  /** The tasks that sleep, the first to be woken first. */
  readonly timers: { readonly time: number; readonly task: Task }[] = [];
  /** What the clock shows, in milliseconds. */
  time = 0;

  createTask<T>(work: Coroutine<T>, owner?: Task): Task<T> {
    return new Task(this, work, owner);
  }

  wakeAt(time: number, task: Task): void {
    const later = this.timers.findIndex((timer) => timer.time > time);
    const timer = { time, task };
    this.timers.splice(later < 0 ? this.timers.length : later, 0, timer);
    task.withdraw = () => remove(this.timers, timer);
  }

  runForever(): void {
    do {
      for (let task = this.ready.shift(); task; task = this.ready.shift()) task.step();
    } while (this.moveOn());
  }

  /** Nothing is ready: the clock moves on to the next deadline. False when there is none. */
  moveOn(): boolean {
    const next = this.timers[0];
    if (!next) return false;
    this.time = next.time;
    while (this.timers[0]?.time === this.time) this.timers.shift()?.task.wake();
    return true;
  }
}

/** Runs a program to its end, and gives its result. */
export function runSync<T>(main: Coroutine<T>): T {
  const loop = new EventLoop();
  const task = loop.createTask(main);
  loop.runForever();
  return task.result();
}

/** Lets the others have a turn. */
export const yieldNow = (): Effect<void> =>
  new Effect('yieldNow', undefined, (task) => {
    task.wake();
    return SUSPENDED;
  });

/** Waits for `ms` milliseconds. */
export const sleep = (ms: number): Effect<void> =>
  new Effect('sleep', ms, (task, ms: number) => {
    task.loop.wakeAt(task.loop.time + ms, task);
    return SUSPENDED;
  });

/** What the clock shows. */
export const now = (): Effect<number> => new Effect('now', undefined, (task) => task.loop.time);

/** Starts another task, which will have its turns beside this one. This one owns it, and is not over before it. */
export const spawn = <T>(work: Coroutine<T>): Effect<Task<T>> =>
  new Effect('spawn', work, (task, work: Coroutine<T>) => task.loop.createTask(work, task));

/** Waits until the task, or the future, is done. Gives its result, or throws its error. */
export const join = <T>(outcome: Outcome<T>): Effect<T> =>
  new Effect('join', outcome, (task, outcome: Outcome) => task.join(outcome));

/** The task that performs this. */
export const currentTask = (): Effect<Task> => new Effect('currentTask', undefined, (task) => task);

/** Calls `work` as a frame of its own. */
export const call = <T>(work: Coroutine<T>): Effect<T> =>
  new Effect('call', work, (task, work: Coroutine) => task.call(work));

/** Turns a generator function into one whose calls are effects: each runs as a frame of its own. */
export const coroutine =
  <A extends unknown[], T>(name: string, fn: (...args: A) => Coroutine<T>) =>
  (...args: A): Effect<T> =>
    new Effect(name, args, (task, args: A) => task.call(fn(...args)));

/** Asks a task to end, and waits until it has. True if it was cancelled, false if it was over before. */
export const cancel = coroutine('cancel', function* (target: Task<any>): Coroutine<boolean> {
  if (target.done) return target.state === 'cancelled';
  target.cancel();
  try {
    yield* join(target);
    return false;
  } catch (error) {
    if (error instanceof CancelledError) return true;
    throw error;
  }
});

/** Items that some tasks put in, and others take out in the order in which they came. */
export class Queue<T> {
  readonly items: T[] = [];
  readonly takers: Task[] = [];

  put(item: T): Effect<void> {
    return new Effect('put', item, () => {
      const taker = this.takers.shift();
      if (taker) taker.wake(item);
      else this.items.push(item);
    });
  }

  get(): Effect<T> {
    return new Effect('get', undefined, (task) => {
      if (this.items.length > 0) return this.items.shift();
      this.takers.push(task);
      task.withdraw = () => remove(this.takers, task);
      return SUSPENDED;
    });
  }
}
