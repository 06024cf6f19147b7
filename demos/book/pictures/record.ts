// Records a program of the book: every next(), throw() and return() of every generator, what it gave, and what the loop
// knew at that moment. It is assembled in front of the program, and runs with it in a process of its own.
//
// The language's own methods are replaced for that, so neither the program nor the engine is changed; `yield*` uses
// these methods, too. What is not on a generator is its name. So each `function* name` of the program is wrapped (see
// `withNames`), and the wrapper notes the name and the arguments.
import { writeSync } from 'node:fs';

export interface Resume {
  readonly kind: 'resume';
  /** `player('ping')`: which generator. Without a name it is one of the engine's. */
  readonly who: string;
  readonly method: 'next' | 'throw' | 'return';
  readonly argument: string;
  /** How many generators are being resumed around this one. */
  readonly depth: number;
  /** The clock, in milliseconds; 0 if the engine has none. */
  readonly time: number;
  /** Who else is ready, in order. */
  readonly ready: readonly string[];
  /** What those who are ready were handed: the value that each will be resumed with, or `a promise` of one. */
  readonly handed: Readonly<Record<string, string>>;
}
export interface Outcome {
  readonly kind: 'yields' | 'ends' | 'throws';
  readonly who: string;
  readonly value: string;
  readonly depth: number;
}
export interface Said {
  readonly kind: 'says';
  readonly text: string;
}
/** Of engines whose tasks have owners: a task is over, and its outcome is there. */
export interface Settled {
  readonly kind: 'settles';
  readonly who: string;
  readonly owner: string;
  readonly state: string;
  readonly time: number;
  /** The numbers of both, if tasks have numbers. */
  readonly id: number | undefined;
  readonly ownerId: number | undefined;
}
export type Event = Resume | Outcome | Said | Settled;
/** Of engines that live in a host: it calls back, and the callback returns. `slice` is what the loop has asked for. */
export interface HostCall {
  readonly kind: 'calls' | 'returns';
  /** The name of the callback. A timer has none. */
  readonly what: string;
  readonly time: number;
}

interface Task {
  readonly id?: number;
  readonly work?: object;
  readonly frame?: { readonly work: object };
  readonly owner?: Task & object;
  readonly inbox?: unknown;
  readonly place?: object | undefined;
}
interface Loop {
  readonly ready: readonly (Task & object)[];
  readonly time?: number;
}

const events: (Event | HostCall)[] = [];
const names = new WeakMap<object, string>();
/** By task: its outermost generator. */
const works = new WeakMap<object, object>();
let loop: Loop | undefined;
let depth = 0;

function show(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (value instanceof Error) return `new Error('${value.message}')`;
  if (typeof value === 'object' && value !== null) {
    const { kind, payload } = value as { kind?: string; payload?: unknown };
    if (kind !== undefined) return `${kind}(${payload === undefined ? '' : show(payload)})`;
    return names.get(value) ?? 'a generator';
  }
  return String(value);
}

const nameOf = (waiter: object): string => names.get(works.get(waiter) ?? waiter) ?? '';

const handedTo = (waiter: Task & object): string | undefined =>
  waiter.place ? 'a promise'
  : waiter.inbox === undefined ? undefined
  : show(waiter.inbox);

const prototype = Object.getPrototypeOf(Object.getPrototypeOf((function* () {})())) as Record<
  string,
  (this: object, value: unknown) => IteratorResult<unknown>
>;
for (const method of ['next', 'throw', 'return'] as const) {
  const own = prototype[method]!;
  prototype[method] = function (value, ...rest) {
    const who = names.get(this) ?? '';
    const argument = arguments.length === 0 || (value === undefined && method === 'next') ? '' : show(value);
    const ready = (loop?.ready ?? []).map(nameOf);
    const handed: Record<string, string> = {};
    for (const waiter of loop?.ready ?? []) {
      const what = handedTo(waiter);
      if (what !== undefined) handed[nameOf(waiter)] = what;
    }
    events.push({ kind: 'resume', who, method, argument, depth: depth++, time: loop?.time ?? 0, ready, handed });
    try {
      const result = own.call(this, value, ...rest);
      events.push({ kind: result.done ? 'ends' : 'yields', who, value: show(result.value), depth: --depth });
      return result;
    } catch (error) {
      events.push({ kind: 'throws', who, value: show(error), depth: --depth });
      throw error;
    }
  };
}

const log = console.log;
console.log = (text: string) => {
  events.push({ kind: 'says', text });
  log(text);
};

/** The function, whose generators have names from now on. */
export function named<F extends (...args: unknown[]) => object>(name: string, fn: F): F {
  return ((...args: unknown[]) => {
    const generator = fn(...args);
    names.set(generator, `${name}(${args.map(show).join(', ')})`);
    return generator;
  }) as F;
}

interface Engine {
  readonly EventLoop?: { readonly prototype: object };
  readonly Task?: { readonly prototype: object };
  readonly VirtualHost?: { readonly prototype: object };
}

/** Looks into the loops of this engine, and at the ends of its tasks. */
export function watch({ EventLoop, Task, VirtualHost }: Engine): void {
  if (VirtualHost) watchHost(VirtualHost.prototype as WatchedHost);
  if (!EventLoop) return;
  const loops = EventLoop.prototype as { createTask(this: Loop, work: object, ...rest: unknown[]): object };
  const { createTask } = loops;
  loops.createTask = function (work, ...rest) {
    loop = this;
    const task = createTask.call(this, work, ...rest);
    if (task) works.set(task, work);
    return task;
  };
  if (!Task || !Object.hasOwn(Task.prototype, 'settle')) return;
  const tasks = Task.prototype as { settle(this: Task & object, state: string, value: unknown): void };
  const { settle } = tasks;
  tasks.settle = function (state, value) {
    const owner = this.owner ? nameOf(this.owner) : '';
    const { id, owner: { id: ownerId } = {} } = this;
    events.push({ kind: 'settles', who: nameOf(this), owner, state, time: loop?.time ?? 0, id, ownerId });
    settle.call(this, state, value);
  };
}

interface WatchedHost {
  now(): number;
  soon(this: WatchedHost, callback: () => void): void;
  later(this: WatchedHost, ms: number, callback: () => void): unknown;
}

/** Looks at what such a host calls back. */
function watchHost(host: WatchedHost): void {
  const { soon, later } = host;
  let isSlice = false;
  host.soon = function (callback) {
    isSlice = true;
    soon.call(this, callback);
    isSlice = false;
  };
  host.later = function (ms, callback) {
    const what = isSlice ? 'slice' : callback.name;
    return later.call(this, ms, () => {
      events.push({ kind: 'calls', what, time: this.now() });
      callback();
      events.push({ kind: 'returns', what, time: this.now() });
    });
  };
}

/** Hands over what was recorded. */
export function tell(): void {
  writeSync(3, JSON.stringify(events));
}
