// use: something is acquired, used and released, whatever happens. Relies on the kernel, ensure, shield.

import { giveBackNoted, givenBackBy, noteAnswer, wayBack } from '../kernel/acquired.ts';
import type { Awaitable, Coroutine, Result } from '../kernel/awaitable.ts';
import { isAwaitable } from '../kernel/awaitable.ts';
import { ACQUIRES, Effect } from '../kernel/effect.ts';
import type { Task } from '../kernel/task.ts';
import { checkFunction } from '../words/check.ts';
import { asyncDispose, dispose } from '../words/dispose.ts';
import { mustBe } from '../words/messages.ts';
import { ensured } from './ensure.ts';
import { shieldedFunction } from './shield.ts';
import type { Restore } from './shield.ts';

/** What `acquire` gives decides the type, and not what `release` takes. TypeScript 5.4 calls this NoInfer. */
type Given<R> = [R][R extends unknown ? 0 : never];

/** How something is acquired and released. Either may give an awaitable, or do it at once. */
export interface Acquirable<R> {
  acquire(): Awaitable<R> | R;
  release(resource: Given<R>): unknown;
}

/** What `use` takes: a pair of functions, or an object that knows how to dispose of itself. */
export type Resource<R> =
  Acquirable<R> | (R & { [Symbol.asyncDispose](): PromiseLike<void> }) | (R & { [Symbol.dispose](): void });

function asAcquirable(resource: unknown): Acquirable<unknown> {
  const { acquire, release } = Object(resource) as Partial<Acquirable<unknown>>;
  if (typeof acquire === 'function' && typeof release === 'function') return resource as Acquirable<unknown>;
  for (const way of [asyncDispose, dispose]) {
    const disposal = (Object(resource) as Record<symbol, unknown>)[way];
    if (typeof disposal === 'function') return { acquire: () => resource, release: () => disposal.call(resource) };
  }
  const wanted = 'an object with acquire() and release(), with [Symbol.asyncDispose]() or with [Symbol.dispose]()';
  throw new TypeError(mustBe('use', wanted, resource));
}

type Body = (resource: unknown) => Awaitable<unknown>;

const performUse = /* @__PURE__ */ givenBackBy((task: Task, [resource, body]: [unknown, Body]) => {
  const fn = (restore: Restore) => used(task, restore, asAcquirable(resource), body);
  return task._call(shieldedFunction(task, fn, (answer) => giveBackNoted(undefined, answer, task)));
}, giveBackNoted);

function* used(task: Task, restore: Restore, resource: Acquirable<unknown>, body: Body): Coroutine<unknown> {
  const given = resource.acquire();
  // To wait for it may be cancelled: then nothing was acquired. From its answer on the release is certain.
  const acquired: unknown = isAwaitable(given) ? yield restore(given as Awaitable<unknown>) : given;
  // What the body gives may be something that was acquired as well: `use(connection, () => jobs.get())`.
  let way: (() => void) | undefined;
  const keep = (work: Awaitable<unknown>, answer: unknown) => void (way = wayBack(work, answer, task));
  const using = withBody(task, () => body(acquired), keep);
  const release = () => resource.release(acquired) as void;
  const answer: unknown = yield ensured(restore, using, release, () => way?.());
  noteAnswer(task, way); // not before: the release may have noted another answer
  return answer;
}

/** A function of its own, made once: made anew for each `use`, it is a new shape of generator, which takes 2 µs. */
function* withBody(
  task: Task,
  start: () => Awaitable<unknown>,
  keep: (work: Awaitable<unknown>, answer: unknown) => void,
): Coroutine<unknown> {
  noteAnswer(task);
  const work = start(); // called within the frame that is followed by the release: it may throw
  const answer: unknown = yield work;
  keep(work, answer);
  return answer;
}

/**
 * Acquires the resource, runs the body with it, and releases it, however the body ends. No cancellation can cut the
 * release. To wait for `acquire()` may be cancelled, and so may the body. Gives the result of the body. Takes a pair of
 * functions, or an object with `Symbol.asyncDispose` or `Symbol.dispose`. Throws a `TypeError` at the call for
 * anything else.
 *
 * @example
 * const connection = { acquire: () => pool.connect(), release: (client: Client) => pool.giveBack(client) };
 * const rows = yield* use(connection, (client) => client.query('select 7'));
 */
export function use<R, A extends Awaitable<unknown>>(
  resource: Resource<R>,
  body: (resource: R) => A,
): Effect<Result<A>> {
  asAcquirable(resource);
  checkFunction('use', body, 'a function that is given the resource');
  return new Effect('use', [resource, body], performUse, ACQUIRES);
}
