// Chapter 10: when nobody can move any more, that is said, and everybody is ended.

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

  /** As it was written: `sleep(100)`. */
  toString(): string {
    return `${this.kind}(${this.payload === undefined ? '' : show(this.payload)})`;
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

/** Where a task waits, or what it was handed and has not used yet: what a cancellation must undo. */
interface Place {
  /** Forgets the task, or takes back what it was handed. Does not wake it. */
  withdraw(task: Task): void;
  /** The task that could end the wait, if that is known. */
  readonly holder?: Task | undefined;
}

/** Tasks that wait for the same thing, in the order in which they came. */
class List implements Place {
  private readonly tasks: Task[] = [];

  park(task: Task): void {
    this.tasks.push(task);
    task.place = this;
  }

  withdraw(task: Task): void {
    remove(this.tasks, task);
  }

  /** Takes out the one that has waited longest. */
  shift(): Task | undefined {
    return this.tasks.shift();
  }
}

/** Wakes a task and hands it something over, which is its own from now on. `takeBack` undoes that until its turn. */
function handOver(task: Task, takeBack: Place): void {
  task.wake();
  task.place = takeBack;
}

/** A value in a report. */
const show = (value: unknown): string => (value instanceof Task ? `#${value.id} ${value.name}` : String(value));

type End = 'succeeded' | 'failed' | 'cancelled';

/** What joining a cancelled task throws. */
export class CancelledError extends Error {
  override name = 'CancelledError';
}

/** How something has ended, once it has, and the tasks that wait for that. */
export class Outcome<T = unknown> {
  readonly loop: EventLoop;
  state: 'ready' | 'running' | 'waiting' | End = 'waiting';
  /** The result or the error. */
  value: unknown;
  readonly joiners = new List();

  constructor(loop: EventLoop) {
    this.loop = loop;
  }

  get done(): boolean {
    return this.state === 'succeeded' || this.state === 'failed' || this.state === 'cancelled';
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
    for (let joiner = this.joiners.shift(); joiner; joiner = this.joiners.shift()) joiner.wakePerforming(this);
  }

  *[Symbol.iterator](): Generator<Outcome<T>, T, any> {
    return yield this;
  }

  toString(): string {
    return `<Future ${this.state}>`;
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
  /** Counted from 1 in each loop. */
  readonly id: number;
  readonly name: string;
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
  /** Where it waits, or what it was handed. Undefined when there is nothing to undo. */
  place: Place | undefined;
  /** How it will go on: by a method of the innermost frame, or by performing what is in the inbox. */
  mode: 'next' | 'throw' | 'return' | 'perform' = 'next';
  inbox: unknown;
  /** What it has yielded and waits on. */
  waitingOn: unknown;

  constructor(loop: EventLoop, work: Coroutine<T>, owner: Task | undefined, name: string | undefined) {
    super(loop);
    this.id = ++loop.ids;
    this.name = name ?? `task-${this.id}`;
    this.owner = owner;
    (owner?.children ?? loop.roots).add(this);
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
    this.place = undefined;
    this.state = 'ready';
    this.loop.ready.push(this);
  }

  /** Asks it to end: its frames will be closed from the inside out. Returns at once. */
  cancel(): void {
    if (this.done || this.cancelling) return;
    this.cancelling = true;
    this.place?.withdraw(this);
    this.place = undefined;
    if (this.state === 'waiting') this.resumeBy('return', undefined); // otherwise its step sees it
  }

  /** Runs it until it must wait, or is over. */
  step(): void {
    let mode = this.mode;
    let value = this.inbox;
    this.place = undefined;
    this.state = 'running';
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
      const yielded = value;
      mode = 'next';
      try {
        value = this.perform(yielded);
      } catch (error) {
        value = error;
        mode = 'throw';
      }
      if (value === SUSPENDED) {
        if (this.state === 'running') {
          this.state = 'waiting';
          this.waitingOn = yielded;
        }
        return;
      }
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
      this.state = 'waiting';
      return;
    }
    const errors = [...this.errors, ...[...this.unheard].map((child) => child.value)];
    if (errors.length > 0) this.settle('failed', errors[0]);
    else if (this.cancelling) this.settle('cancelled', undefined);
    else this.settle('succeeded', value);
  }

  override settle(state: End, value: unknown): void {
    super.settle(state, value);
    if (this.owner) this.owner.childIsOver(this);
    else this.loop.roots.delete(this);
  }

  /** If the owner waited for its last child, it ends in its turn. */
  childIsOver(child: Task): void {
    this.children.delete(child);
    if (child.state === 'failed') this.unheard.add(child);
    if (this.children.size === 0 && !this.frame && this.state === 'waiting') this.resumeBy('next', this.inbox);
  }

  /** The caller of this hears of the failure, so the owner need not. */
  override result(): T {
    this.owner?.unheard.delete(this);
    return super.result();
  }

  /** What it is, and what it waits on. */
  override toString(): string {
    const on = this.state !== 'waiting' ? '' : ` on ${this.frame ? show(this.waitingOn) : 'its children'}`;
    return `<Task ${show(this)} ${this.state}${on}${this.cancelling && !this.done ? ', cancelling' : ''}>`;
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
    outcome.joiners.park(this);
    return SUSPENDED;
  }
}

function remove<T>(list: T[], item: T): void {
  const index = list.indexOf(item);
  if (index >= 0) list.splice(index, 1);
}

const isCoroutine = (value: unknown): value is Coroutine =>
  Object.prototype.toString.call(value) === '[object Generator]';

/** What tasks and locks are called in a report. */
interface NameOption {
  readonly name?: string;
}

export class EventLoop {
  readonly ready: Task[] = [];
  /** The tasks that sleep, the first to be woken first. */
  readonly timers: { readonly time: number; readonly task: Task }[] = [];
  /** The tasks that no task owns. */
  readonly roots = new Set<Task>();
  /** How many tasks there have been. */
  ids = 0;
  /** What the clock shows, in milliseconds. */
  time = 0;
  /** The last report of a deadlock. */
  deadlock: DeadlockError | undefined;

  createTask<T>(work: Coroutine<T>, { name }: NameOption = {}, owner?: Task): Task<T> {
    return new Task(this, work, owner, name);
  }

  wakeAt(time: number, task: Task): void {
    const later = this.timers.findIndex((timer) => timer.time > time);
    const timer = { time, task };
    this.timers.splice(later < 0 ? this.timers.length : later, 0, timer);
    task.place = { withdraw: () => remove(this.timers, timer) };
  }

  runForever(): void {
    this.deadlock = undefined;
    do {
      for (let task = this.ready.shift(); task; task = this.ready.shift()) task.step();
    } while (this.moveOn() || breakDeadlock(this));
    if (this.deadlock) throw this.deadlock;
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

/** Every task waits, and nothing can wake any of them. */
export class DeadlockError extends Error {
  override name = 'DeadlockError';
}

/** All tasks of a loop that are not over: its own, and after them their children, generation by generation. */
function liveTasks(loop: EventLoop): Task[] {
  const tasks = [...loop.roots];
  for (const task of tasks) tasks.push(...task.children);
  return tasks;
}

/** Nothing is ready, and no timer is set. Ends all tasks that are left. False when none of them can be ended. */
function breakDeadlock(loop: EventLoop): boolean {
  const tasks = liveTasks(loop);
  if (tasks.length === 0) return false;
  loop.deadlock = report(tasks);
  for (const task of tasks) task.cancel();
  return loop.ready.length > 0;
}

function report(tasks: readonly Task[]): DeadlockError {
  const lines = tasks.map((task) => {
    const holder = task.place?.holder;
    return `\n  ${task}${holder ? `, held by ${show(holder)}` : ''}`;
  });
  return new DeadlockError(`every task waits and nothing can wake them:${lines.join('')}`);
}

/** Runs a program to its end, and gives its result. */
export function runSync<T>(main: Coroutine<T>): T {
  const loop = new EventLoop();
  const task = loop.createTask(main, { name: 'main' });
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
export const spawn = <T>(work: Coroutine<T>, options?: NameOption): Effect<Task<T>> =>
  new Effect('spawn', work, (task, work: Coroutine<T>) => task.loop.createTask(work, options, task));

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

/** The tasks that wait for a lock. The report asks their place who could end the wait. */
class Waiters extends List {
  holder: Task | undefined;
}

/** Lets one task at a time hold it. */
export class Lock {
  readonly name: string;
  private taken = false;
  private readonly waiters = new Waiters();
  /** Where a task is that was handed the lock and has not had its turn. */
  private readonly handedOver: Place = { withdraw: () => this.release() };

  constructor({ name = 'lock' }: NameOption = {}) {
    this.name = name;
  }

  get locked(): boolean {
    return this.taken;
  }

  /** Takes the lock: at once when it is free, and otherwise when all who have asked before have had it. */
  acquire(): Effect<void> {
    return new Effect(`${this.name}.acquire`, undefined, (task) => {
      if (this.taken) {
        this.waiters.park(task);
        return SUSPENDED;
      }
      this.taken = true;
      this.waiters.holder = task;
      return undefined;
    });
  }

  /** Hands the lock to the task that has waited longest, or opens it. */
  release(): void {
    if (!this.taken) throw new Error('the lock is released, but nobody has acquired it');
    const next = this.waiters.shift();
    this.taken = next !== undefined;
    this.waiters.holder = next;
    if (next) handOver(next, this.handedOver);
  }

  /** Runs the work while holding the lock. */
  with<T>(work: Coroutine<T>): Effect<T> {
    return call(holding(this, work));
  }
}

function* holding<T>(lock: Lock, work: Coroutine<T>): Coroutine<T> {
  yield* lock.acquire();
  try {
    return yield* call(work);
  } finally {
    lock.release();
  }
}

/** Items that some tasks put in, and others take out in the order in which they came. */
export class Queue<T> {
  private readonly items: T[] = [];
  private readonly takers = new List();
  /** How many of the items are promised to tasks that were woken and have not had their turn. */
  private promisedItems = 0;

  /** How many items are in it. */
  get size(): number {
    return this.items.length;
  }

  put(item: T): Effect<void> {
    return new Effect('put', item, () => {
      this.items.push(item);
      this.promiseItem();
    });
  }

  get(): Effect<T> {
    return new Effect('queue.get', undefined, (task) => {
      if (this.items.length > this.promisedItems) return this.items.shift();
      this.takers.park(task);
      return SUSPENDED;
    });
  }

  /** Is there an item for one more task? The one that has waited longest is promised it. */
  private promiseItem(): void {
    const taker = this.items.length > this.promisedItems ? this.takers.shift() : undefined;
    if (!taker) return;
    this.promisedItems++;
    taker.wakePerforming(this.redemption);
    taker.place = this.itemPromise;
  }

  /** What a task performs first in its turn that was promised an item. */
  private readonly redemption = new Effect<T>('queue.get', undefined, () => {
    this.promisedItems--;
    return this.items.shift();
  });

  /** Where a task is that was promised an item and has not had its turn. */
  private readonly itemPromise: Place = {
    withdraw: () => {
      this.promisedItems--;
      this.promiseItem();
    },
  };
}
