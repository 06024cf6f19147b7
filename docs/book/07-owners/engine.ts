// Chapter 7: tasks with owners.

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
}

/** How something has ended, once it has, and the tasks that wait for that. */
export class Outcome<T = unknown> {
  readonly loop: EventLoop;
  state: 'waiting' | 'succeeded' | 'failed' = 'waiting';
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
    return this.value as T;
  }

  /** The end. Those who wait are woken, and each asks again in its turn. */
  settle(state: 'succeeded' | 'failed', value: unknown): void {
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

  private set(state: 'succeeded' | 'failed', value: unknown): void {
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
  /** How it will go on: by `next` or `throw`, or by performing what is in the inbox. */
  mode: 'next' | 'throw' | 'perform' = 'next';
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
    this.frame = { work, caller: this.frame };
  }

  /** It will go on in its turn, with this answer. */
  wake(answer?: unknown): void {
    this.mode = 'next';
    this.inbox = answer;
    this.loop.ready.push(this);
  }

  /** It will first perform this in its turn, as if it had yielded it just then. */
  wakePerforming(yielded: unknown): void {
    this.mode = 'perform';
    this.inbox = yielded;
    this.loop.ready.push(this);
  }

  /** Runs it until it must wait, or is over. */
  step(): void {
    let mode = this.mode;
    let value = this.inbox;
    for (;;) {
      if (mode !== 'perform') {
        const frame = this.frame;
        if (!frame) return this.end(mode, value);
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
          continue;
        }
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
  end(mode: 'next' | 'throw', value: unknown): void {
    this.mode = mode;
    this.inbox = value;
    if (this.children.size > 0) return;
    const [failed] = this.unheard;
    if (mode === 'throw') this.settle('failed', value);
    else if (failed) this.settle('failed', failed.value);
    else this.settle('succeeded', value);
  }

  override settle(state: 'succeeded' | 'failed', value: unknown): void {
    super.settle(state, value);
    this.owner?.childIsOver(this);
  }

  /** If the owner waited for its last child, it ends in its turn. */
  childIsOver(child: Task): void {
    this.children.delete(child);
    if (child.state === 'failed') this.unheard.add(child);
    if (this.children.size === 0 && !this.frame) this.loop.ready.push(this);
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
    return SUSPENDED;
  }
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
    this.timers.splice(later < 0 ? this.timers.length : later, 0, { time, task });
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
