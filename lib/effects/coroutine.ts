// coroutine and call: work that runs as a frame of its own on the task's stack. Relies on the kernel.

import type { Awaitable, Result } from '../kernel/awaitable.ts';
import { giveBack, givenBackBy } from '../kernel/acquired.ts';
import { AT_ONCE, Effect, inherited, isAtOnce } from '../kernel/effect.ts';
import { isGenerator } from '../kernel/frame.ts';
import { checkFunction } from '../words/check.ts';
import { show } from '../words/messages.ts';
import type { Task } from '../kernel/task.ts';
import { checkAwaitable } from '../kernel/awaitable.ts';

/**
 * An effect, named `kind`, that runs `fn(...args)` as a frame. What `coroutine` gives to users, and what
 * the combinators are made of: `perform` is made once for each function, so that equal effects are equal.
 */
export type Perform = (task: Task, payload: unknown) => unknown;
export function frameOf(name: string, fn: (...args: never[]) => Generator<unknown, unknown, unknown>): Perform {
  return (task, payload) => {
    const generator =
      payload === undefined ? fn()
      : typeof payload === 'object' ? fn(...(payload as never[]))
      : fn(payload as never);
    if (!isGenerator(generator))
      throw new TypeError(
        `coroutine ${name} must be a generator function (function*), but it returned ${show(generator)}`,
      );
    return task._call(generator);
  };
}

/**
 * The payload of an effect with these arguments. None, and a single one that is no object, need no array. That saves 10
 * % of a call, and a quarter of a level of deep recursion, whose waiting generators hold their effects.
 */
function payloadOf(args: readonly unknown[]): unknown {
  if (args.length === 0) return undefined;
  const [only] = args;
  return args.length > 1 || only === undefined || typeof only === 'object' ? args : only;
}

/**
 * Turns a generator function into one whose calls give a re-runnable, named effect. Each call runs as a
 * frame of its own: a million nested calls are fine, resuming costs the same at any depth, and cancellation
 * closes frame by frame. Throws a `TypeError` at the call for what is no function.
 *
 * Give the name as an argument. `const f = coroutine(function* f() { yield* f() })` names the function
 * expression like its constant, which it then shadows: the inner call is native and not a frame.
 *
 * @example
 * const page = coroutine('page', function* (url: string) {
 *   const response = yield* fetch(url);
 *   return yield* response.text();
 * });
 * const text = yield* page('http://localhost:5000/');
 */
export function coroutine<A extends unknown[], T>(
  fn: (...args: A) => Generator<Awaitable<unknown>, T, any>,
): (...args: A) => Effect<T>;
export function coroutine<A extends unknown[], T>(
  name: string,
  fn: (...args: A) => Generator<Awaitable<unknown>, T, any>,
): (...args: A) => Effect<T>;
export function coroutine(first: unknown, second?: unknown): (...args: never[]) => Effect<unknown> {
  const fn = (typeof first === 'string' ? second : first) as (...args: never[]) => Generator<unknown, unknown, unknown>;
  checkFunction('coroutine', fn, 'a generator function');
  const name = typeof first === 'string' ? first : fn.name || 'coroutine';
  const perform = frameOf(name, fn);
  return Object.defineProperty((...args: never[]) => new Effect(name, payloadOf(args), perform), 'name', {
    value: name,
  });
}

/**
 * Runs an awaitable as a frame of this task and gives its result: the typed, trampolined call for a generator that was
 * not made with `coroutine`. Throws what the work throws, and a `TypeError` at the call for what cannot be awaited.
 * Cancellation closes the frame first, and then the one that called it.
 *
 * @example
 * const text = yield* call(plainGenerator());
 */
export function call<A extends Awaitable<unknown>>(work: A): Effect<Result<A>> {
  const flags = inherited(work) | (isAtOnce(work) ? AT_ONCE : 0);
  return new Effect('call', checkAwaitable(work, 'called', 'call'), performCall, flags);
}

const performCall = /* @__PURE__ */ givenBackBy(
  (task: Task, work: Awaitable<unknown>): unknown => {
    // A call of a call is unwrapped in a loop: to perform one within the other would take a level of the host's stack
    // each.
    let called: unknown = work;
    while (called instanceof Effect && called.kind === 'call' && called._handler === performCall)
      called = called.payload;
    return task._perform(called);
  },
  (work: Awaitable<unknown>, answer, task) => giveBack(work, answer, task),
);
