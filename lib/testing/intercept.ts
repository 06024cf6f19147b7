// intercept: handlers that stand between a part of a program and its effects. A handler is given an effect before it is
// performed, and says what happens instead.
//
// Handlers form layers, one for each `intercept` that is open around a task. A task finds its innermost layer in a
// context, so the tasks that it spawns find the same one, and no other task does. A handler's own work runs in the
// layer around its own: what it yields reaches the handlers further out, and never the handler itself.
//
//     intercept({ fetch: A }, ...)               the layer of A
//       intercept({ fetch: B }, ...)             the layer of B, whose `outer` is that of A
//         yield* fetch(url)                      handled by B; what B yields, by A; what A yields is performed
//
// One instrument does this for every loop in which `intercept` was ever performed.
// Relies on the kernel, effects and instruments.

import { createContext } from '../effects/context.ts';
import { attach } from '../instruments/attach.ts';
import type { Instrument } from '../instruments/instrument.ts';
import { acquires, giveBack, givenBackBy } from '../kernel/acquired.ts';
import { checkAwaitable, isAwaitable } from '../kernel/awaitable.ts';
import type { Awaitable, Result } from '../kernel/awaitable.ts';
import { Effect } from '../kernel/effect.ts';
import type { Task } from '../kernel/task.ts';
import { checkFunction } from '../words/check.ts';
import { mustBe } from '../words/messages.ts';

/** Performs an effect as the handlers further out, or the engine, do. The effect that came, or any other work. */
export type PerformOutside = <A extends Awaitable<unknown>>(work: A) => Effect<Result<A>>;

/**
 * Is given an effect of its kind, and gives what happens instead: work, whose result is then the answer, or the answer
 * itself. What it throws is thrown into the coroutine. It may be a generator function: that runs as a frame of the task
 * that yielded the effect, and is closed when the task is cancelled.
 */
export type EffectHandler = (effect: Effect<unknown>, next: PerformOutside, task: Task) => unknown;

/** By kind, which is the name in front of the brackets when an effect is printed: `fetch`, `sleep`, `jobs.get`. */
export type EffectHandlers = Readonly<Record<string, EffectHandler>>;

interface Layer {
  readonly handlers: ReadonlyMap<string, EffectHandler>;
  readonly outer: Layer | undefined;
}

const layers = /* @__PURE__ */ createContext<Layer | undefined>(undefined, { name: 'intercept' });
const innermost = /* @__PURE__ */ layers.get();

/**
 * The layer that a task is in. Asked of the context directly: the task that is in the middle of a step cannot yield.
 */
function layerOf(task: Task): Layer | undefined {
  return innermost._handler(task as never, undefined as never) as Layer | undefined;
}

const interceptor: Instrument = {
  name: 'intercept',
  performEffect(task, yielded, next) {
    if (!(yielded instanceof Effect)) return next(yielded);
    let layer = layerOf(task);
    while (layer && !layer.handlers.has(yielded.kind)) layer = layer.outer;
    if (layer === undefined) return next(yielded);
    const { outer } = layer;
    const handler = layer.handlers.get(yielded.kind) as EffectHandler;
    const outside = (work: Awaitable<unknown>) => layers.with(outer, checkAwaitable(work, `given to next`));
    const answer = handler(yielded, outside as PerformOutside, task);
    return isAwaitable(answer) ? next(outside(answer as Awaitable<unknown>)) : answer;
  },
};

const performIntercept = /* @__PURE__ */ givenBackBy(
  (task: Task, [handlers, work]: [EffectHandlers, Awaitable<unknown>]): unknown => {
    attach(task.loop, interceptor); // once for each loop, however often this is called
    const layer: Layer = { handlers: new Map(Object.entries(handlers)), outer: layerOf(task) };
    const within = layers.with(layer, work);
    return within._handler(task as never, within.payload as never);
  },
  ([, work]: [EffectHandlers, Awaitable<unknown>], answer, task) => giveBack(work, answer, task),
);

/**
 * Runs the work, and gives its result. Meanwhile the handlers are given each effect of their kind that the work yields,
 * in this task and in all tasks that are spawned within it, also by combinators. They see no effect of any other task.
 * `intercept` within the work stands further in: its handlers come first, and their `next` reaches these ones. A call
 * of a function that was made with `coroutine` is an effect as well, of the kind of its name, so it can be replaced.
 *
 * A handler `(effect, next, task)` gives an awaitable, whose result becomes the answer, or any other value, which is
 * the answer. `next(effect)`, or `next` of other work, is an effect that performs it outside of these handlers. The
 * handler runs outside of them, too: what it yields never comes back to it.
 *
 * Throws a `TypeError` at the call if `handlers` is not an object of functions, and for work that cannot be awaited. A
 * cancellation closes the handler's frames like all others.
 *
 * @example
 * const answer = runSync(intercept({ fetch: fakeFetch({ '/time': { json: 12 } }) }, program()));
 *
 * @example
 * yield* intercept({ sleep: (effect, next) => next(sleep(Number(effect.payload) / 10)) }, program());
 */
export function intercept<A extends Awaitable<unknown>>(handlers: EffectHandlers, work: A): Effect<Result<A>> {
  if (typeof handlers !== 'object' || handlers === null || Array.isArray(handlers) || isAwaitable(handlers))
    throw new TypeError(mustBe('intercept', 'an object of handlers by kind, such as { fetch: ... }', handlers));
  for (const [kind, handler] of Object.entries(handlers)) checkFunction(`the handler ${kind} of intercept`, handler);
  if (Object.hasOwn(handlers, 'currentTask'))
    throw new TypeError('intercept cannot handle currentTask: the engine yields it for its own work');
  return new Effect(
    'intercept',
    [handlers, checkAwaitable(work, 'the work of intercept', 'intercept')],
    performIntercept,
    acquires(work),
  );
}
