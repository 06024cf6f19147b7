// Events of the world outside: of Node's emitters and of the platform's event targets. Both by their shape, so that no
// type of Node or of the DOM is needed, and look-alikes do. Relies on the kernel, effects, sync/channel.

import { frameOf } from '../effects/coroutine.ts';
import { currentTask } from '../effects/current-task.ts';
import { performSuspend } from '../effects/suspend.ts';
import { Effect } from '../kernel/effect.ts';
import { mustBe } from '../words/messages.ts';
import type { Task } from '../kernel/task.ts';
import { Channel } from '../sync/channel.ts';

type Listener = (...args: unknown[]) => void;

/** An `EventEmitter`, as far as it is needed. */
export interface EmitterLike {
  on(event: string | symbol, listener: Listener): unknown;
  off(event: string | symbol, listener: Listener): unknown;
}

/** An `EventTarget`, as far as it is needed. */
export interface TargetLike {
  addEventListener(event: string, listener: (event: Event) => void): unknown;
  removeEventListener(event: string, listener: (event: Event) => void): unknown;
}

// Who has both (a MessagePort of Node) is taken for an emitter, as Node does.
const isEmitter = (source: unknown): source is EmitterLike => {
  const { on, off } = (source ?? {}) as Partial<EmitterLike>;
  return typeof on === 'function' && typeof off === 'function';
};

/** Listens; gives the way to stop. An emitter's 'error' goes to `fail`, unless that is the event that is wanted. */
function listen(
  source: EmitterLike | TargetLike,
  event: string,
  take: (item: unknown) => void,
  fail: (error: unknown) => void,
): () => void {
  if (!isEmitter(source)) {
    source.addEventListener(event, take);
    return () => source.removeEventListener(event, take);
  }
  const listener = (...args: unknown[]) => take(args);
  source.on(event, listener);
  if (event !== 'error') source.on('error', fail);
  return () => {
    source.off(event, listener);
    source.off('error', fail);
  };
}

function performOnce(task: Task, [source, event]: [EmitterLike, string]): unknown {
  const start = (resume: (item: never) => void, fail: (error: unknown) => void) => {
    let stop: (() => void) | undefined;
    let over = false;
    const then = (answer: (value: never) => void) => (value: unknown) => {
      over = true;
      stop?.();
      answer(value as never);
    };
    stop = listen(source, event, then(resume), then(fail));
    if (over) stop(); // it happened while the listeners were added
    return stop;
  };
  return performSuspend(task, [start]);
}

const performOn = /* @__PURE__ */ frameOf('on', function* (source: EmitterLike, event: string) {
  const task = yield* currentTask();
  const channel = new Channel<unknown>(Infinity, { name: String(event) });
  const stop = listen(
    source,
    event,
    (item) => channel.sendNowait(item),
    (error) => channel.close(error),
  );
  const close = () => channel.close();
  task.addDoneCallback(close);
  channel._release = () => {
    stop();
    task.removeDoneCallback(close);
  };
  return channel;
});

function checked(where: string, source: unknown, event: unknown): unknown[] {
  const { addEventListener } = (source ?? {}) as Partial<TargetLike>;
  if (!isEmitter(source) && typeof addEventListener !== 'function')
    throw new TypeError(mustBe(where, 'an EventEmitter or EventTarget', source));
  return [source, event];
}

/**
 * Waits for an event. Of an `EventTarget` it gives the event, of an emitter the arguments of its listener, as an array;
 * an emitter's `'error'` is thrown, if that is not the event that is waited for. The listeners are removed when it has
 * come, and when the wait is cancelled.
 *
 * @example
 * const [code] = yield* once<[number]>(child, 'exit');
 * const click = yield* once<MouseEvent>(button, 'click');
 */
export function once<A extends readonly unknown[] = unknown[]>(emitter: EmitterLike, event: string | symbol): Effect<A>;
export function once<E = Event>(target: TargetLike, event: string): Effect<E>;
export function once(source: EmitterLike | TargetLike, event: string | symbol): Effect<unknown> {
  return new Effect('once', checked('once', source, event), performOnce);
}

/**
 * Listens from now on, and gives a channel of what comes, as `once` has it; nothing is missed between two `receive`s.
 * An emitter's `'error'` closes the channel with that error. Listening ends when the channel is closed, as
 * `forEach` and `map` do when they are left early, and at the latest with this task.
 *
 * @example
 * yield* forEach(yield* on<[Socket]>(server, 'connection'), function* ([socket]) { ... });
 */
export function on<A extends readonly unknown[] = unknown[]>(
  emitter: EmitterLike,
  event: string | symbol,
): Effect<Channel<A>>;
export function on<E = Event>(target: TargetLike, event: string): Effect<Channel<E>>;
export function on(source: EmitterLike | TargetLike, event: string | symbol): Effect<Channel<unknown>> {
  return new Effect('on', checked('on', source, event), performOn);
}
