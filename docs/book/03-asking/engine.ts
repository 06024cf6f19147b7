// Chapter 3: a loop that coroutines can ask for something.

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

/** A coroutine that a loop runs. */
export class Task<T = unknown> {
  readonly loop: EventLoop;
  readonly work: Coroutine<T>;
  /** What its `yield` will give when it goes on. */
  inbox: unknown;
  result: T | undefined;

  constructor(loop: EventLoop, work: Coroutine<T>) {
    this.loop = loop;
    this.work = work;
    this.wake();
  }

  /** It will go on in its turn, with this answer. */
  wake(answer?: unknown): void {
    this.inbox = answer;
    this.loop.ready.push(this);
  }

  /** Runs it until it must wait, or is over. */
  step(): void {
    let resume = () => this.work.next(this.inbox);
    for (;;) {
      const { done, value } = resume();
      if (done) {
        this.result = value;
        return;
      }
      try {
        const answer = this.perform(value);
        if (answer === SUSPENDED) return;
        resume = () => this.work.next(answer);
      } catch (error) {
        resume = () => this.work.throw(error);
      }
    }
  }

  perform(yielded: unknown): unknown {
    if (yielded instanceof Effect) return yielded.handler(this, yielded.payload);
    throw new TypeError(`only an effect can be yielded, not ${Object.prototype.toString.call(yielded)}`);
  }
}

export class EventLoop {
  readonly ready: Task[] = [];
  /** The tasks that sleep, the first to be woken first. */
  readonly timers: { readonly time: number; readonly task: Task }[] = [];
  /** What the clock shows, in milliseconds. */
  time = 0;

  createTask<T>(work: Coroutine<T>): Task<T> {
    return new Task(this, work);
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
  return task.result as T;
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

/** Starts another task, which will have its turns beside this one. */
export const spawn = <T>(work: Coroutine<T>): Effect<Task<T>> =>
  new Effect('spawn', work, (task, work: Coroutine<T>) => task.loop.createTask(work));
