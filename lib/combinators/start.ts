// start: a child task that says when it has started. Relies on the kernel, effects/spawn, wait.

import { startChild } from '../effects/spawn.ts';
import type { ChildOptions } from '../effects/spawn.ts';
import type { Awaitable, Result } from '../kernel/awaitable.ts';
import { Effect } from '../kernel/effect.ts';
import { Future } from '../kernel/future.ts';
import type { Task } from '../kernel/task.ts';
import { checkFunction } from '../words/check.ts';
import { InvalidStateError } from '../words/errors.ts';
import { wait } from './wait.ts';

/** The options of `start`: those of `spawn`, without `detached`. */
export type StartOptions = Omit<ChildOptions, 'detached'>;

/** What `start` gives: the task, which goes on, and what it has said. */
export interface Started<T, R> {
  readonly task: Task<R>;
  readonly value: T;
}

type Work = (started: (value: unknown) => void) => Awaitable<unknown>;

function* starting(task: Task, work: Work, options: StartOptions = {}): Generator<unknown, unknown, unknown> {
  const ready = new Future<unknown>(task.loop);
  const started = (value: unknown) => {
    if (ready.done) throw new InvalidStateError(`${child} has called started before: it is called once`);
    ready.setResult(value);
  };
  const name = options.name ?? (work.name || 'start');
  // Called in the child's own first step: what the function throws is the child's failure.
  const call = new Effect(name, undefined, (child: Task) => child._perform(work(started)));
  const child = startChild(task, call, options);
  let handedOver = false;
  try {
    yield wait([ready, child], { returnWhen: 'first-completed' });
    if (!ready.done) {
      yield child; // throws its error, or a CancelledError
      throw new InvalidStateError(`${child} has ended without calling started`);
    }
    handedOver = true;
    return { task: child, value: ready.result() };
  } finally {
    // No other code knows the task, so none could end it later.
    if (!handedOver) child.cancel('the task that started it goes on without it');
  }
}

const performStart = (task: Task, [work, options]: [Work, StartOptions | undefined]): unknown =>
  task._call(starting(task, work, options));

/**
 * Spawns a child task and waits until it says that it is ready: `work` is called with a function `started`, and when
 * that is called, `start` gives `{ task, value }`, the task, which goes on, and the value that `started` was given.
 * For servers, connections and the like, which first must be there and then go on for long.
 *
 * If the child fails before, its error is thrown here. If it ends without calling `started`, that is an
 * `InvalidStateError`, and so is a second call. Cancelled while it waits, the child is cancelled as well, and its
 * owner, as always, is not over before it has cleaned up. From then on it is a child like others. Throws a `TypeError`
 * at the call when `work` is no function.
 *
 * @example
 * const { task, value: port } = yield* start(function* (started: (port: number) => void) {
 *   const server = yield* listen();
 *   started(server.port);
 *   yield* serve(server);
 * });
 */
export function start<T, A extends Awaitable<unknown>>(
  work: (started: (value: T) => void) => A,
  options?: StartOptions,
): Effect<Started<T, Result<A>>> {
  checkFunction('start', work, 'a function that is given started');
  return new Effect('start', options ? [work, options] : [work], performStart);
}
