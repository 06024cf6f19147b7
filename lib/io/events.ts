// Events from outside: those of Node's emitters and of the platform's event targets. Both are known by their shape. So
// no types of Node or of the DOM are needed, and any object that has the methods will do.
// Relies on the kernel, effects, sync/channel.

import { startChildIn } from '../effects/spawn.ts';
import { performSuspend } from '../effects/suspend.ts';
import type { Coroutine } from '../kernel/awaitable.ts';
import { Effect, LISTENS } from '../kernel/effect.ts';
import { rootScope } from '../kernel/scope.ts';
import { mustBe } from '../words/messages.ts';
import type { Task } from '../kernel/task.ts';
import { Channel } from '../sync/channel.ts';

type Listener = (...args: unknown[]) => void;

/** What is used of an `EventEmitter`. */
export interface EmitterLike {
  on(event: string | symbol, listener: Listener): unknown;
  off(event: string | symbol, listener: Listener): unknown;
}

/** What is used of an `EventTarget`. */
export interface TargetLike {
  addEventListener(event: string, listener: (event: Event) => void): unknown;
  removeEventListener(event: string, listener: (event: Event) => void): unknown;
}

/** An object that is both, such as Node's MessagePort, is taken for an emitter, as Node does. */
function isEmitter(source: unknown): source is EmitterLike {
  const { on, off } = (source ?? {}) as Partial<EmitterLike>;
  return typeof on === 'function' && typeof off === 'function';
}

/**
 * Adds listeners, and gives the function that removes them. An emitter's `'error'` goes to `fail`, unless it is the
 * event that is wanted. A listener that is removed while its event is being emitted may still be called: emitters work
 * on a copy of their list.
 */
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
    let answered = false;
    let stop: (() => void) | undefined;
    const take = (item: unknown) => {
      answered = true;
      stop?.();
      resume(item as never);
    };
    const takeError = (error: unknown) => {
      answered = true;
      stop?.();
      fail(error);
    };
    stop = listen(source, event, take, takeError);
    if (answered) stop(); // the event came while the listeners were being added
    return stop;
  };
  return performSuspend(task, [start]);
}

function performOn(task: Task, [source, event]: [EmitterLike, string]): Channel<unknown> {
  const channel = new Channel<unknown>(Infinity, { name: String(event) });
  // Both may still be called when the channel is closed: by another listener of the same event, say. To throw there
  // would throw out of an `emit` in code that knows nothing of this.
  const take = (item: unknown) => {
    if (!channel.closed) channel.sendNowait(item);
  };
  const fail = (error: unknown) => {
    if (channel.closed) return;
    const failure = keepFailure(task, error, String(event));
    channel._closeThrowing(error, () => failure?._observe());
  };
  const stop = listen(source, event, take, fail);
  const close = () => channel.close();
  task.addDoneCallback(close);
  channel._release = () => {
    stop();
    task.removeDoneCallback(close);
  };
  return channel;
}

/**
 * A child that fails with the error: so the task fails with it when it ends, unless somebody has received it by then.
 */
function keepFailure(task: Task, error: unknown, event: string): Task | undefined {
  if (task.done) return undefined;
  function* failing(): Coroutine<never> {
    throw error;
  }
  // In the task's root: the scope that is the innermost one just now has nothing to do with the emitter.
  return startChildIn(rootScope(task), failing(), { name: `on ${event}` }) as Task;
}

function checked(where: string, source: unknown, event: unknown): unknown[] {
  const { addEventListener } = (source ?? {}) as Partial<TargetLike>;
  if (!isEmitter(source) && typeof addEventListener !== 'function')
    throw new TypeError(mustBe(where, 'an EventEmitter or EventTarget', source));
  return [source, event];
}

/**
 * Waits for an event. An `EventTarget` gives the event itself, an emitter the arguments that its listeners are called
 * with, as an array. An emitter's `'error'` is thrown, unless it is the event that is waited for. The listeners are
 * removed when the event has come and when the wait is cancelled. Throws a `TypeError` at the call for a source that is
 * neither.
 *
 * @example
 * const [code] = yield* once<[number]>(child, 'exit');
 * const click = yield* once<MouseEvent>(button, 'click');
 */
export function once<A extends readonly unknown[] = unknown[]>(emitter: EmitterLike, event: string | symbol): Effect<A>;
export function once<E = Event>(target: TargetLike, event: string): Effect<E>;
export function once(source: EmitterLike | TargetLike, event: string | symbol): Effect<unknown> {
  return new Effect('once', checked('once', source, event), performOnce, LISTENS);
}

/**
 * Listens from now on and gives a channel of the events, each in the form in which `once` gives it. Nothing is missed
 * between two `receive`s. Listening ends when the channel is closed, which `forEach` and `map` do when they are left
 * early, and at the latest when this task ends or is cancelled. Throws a `TypeError` at the call for a source that is
 * neither an emitter nor a target.
 *
 * An emitter's `'error'` closes the channel with that error, which `receive` throws behind the events before it. If
 * nobody receives it, this task fails with it when it ends.
 *
 * @example
 * yield* forEach(yield* on<[Socket]>(server, 'connection'), function* ([socket]) {
 *   yield* serve(socket);
 * });
 */
export function on<A extends readonly unknown[] = unknown[]>(
  emitter: EmitterLike,
  event: string | symbol,
): Effect<Channel<A>>;
export function on<E = Event>(target: TargetLike, event: string): Effect<Channel<E>>;
export function on(source: EmitterLike | TargetLike, event: string | symbol): Effect<Channel<unknown>> {
  return new Effect('on', checked('on', source, event), performOn, LISTENS);
}
