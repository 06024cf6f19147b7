// spawn: a child task. Relies on the kernel.

import type { Awaitable, Result } from '../kernel/awaitable.ts';
import { Effect } from '../kernel/effect.ts';
import { innermostScope, rootScope } from '../kernel/scope.ts';
import type { Scope } from '../kernel/scope.ts';
import { Task } from '../kernel/task.ts';
import { checkAwaitable } from '../kernel/awaitable.ts';

/** How a task is spawned: its name, and whether its owner waits for it. */
export interface SpawnOptions {
  /** Shown in reports; by default the coroutine's own name. */
  readonly name?: string | undefined;
  /** Cancelled, not waited for, when its owner ends normally. */
  readonly daemon?: boolean | undefined;
}

/** The options of `spawn`: the name of the task, whether its owner waits for it, and who owns it. */
export interface ChildOptions extends SpawnOptions {
  /** Owned by the main task instead, and cancelled when that ends. */
  readonly detached?: boolean | undefined;
}

function performSpawn(task: Task, work: Awaitable<unknown>): Task {
  return new Task(task.loop, innermostScope(task), work);
}

function performSpawnWith(task: Task, [work, options]: [Awaitable<unknown>, ChildOptions]): Task {
  const { name, daemon, detached } = options;
  const owner = detached ? detachedOwner(task) : innermostScope(task);
  return new Task(task.loop, owner, work, name, daemon ?? detached);
}

/** What is spawned detached belongs to the topmost task: main, usually. */
function detachedOwner(task: Task): Scope {
  return rootScope(innermostScope(task).top ?? task);
}

/** A new task in the owner's scope, at the end of the ready queue. */
export function startChild<T>(owner: Task, work: Awaitable<T>, options?: SpawnOptions): Task<T> {
  return startChildIn(innermostScope(owner), work, options);
}

/** The same in another scope of a task. */
export function startChildIn<T>(scope: Scope, work: Awaitable<T>, options?: SpawnOptions): Task<T> {
  return new Task<T>((scope.task as Task).loop, scope, work, options?.name, options?.daemon);
}

/**
 * Starts a child task and gives it at once. The child is queued, never started inline. The task that spawns owns it: it
 * is not over until the child is, and it fails with the child's error if nobody joined it. Cancelling the owner cancels
 * the child, too, and waits for its clean-up. Throws a `TypeError` at the call for what cannot be awaited.
 *
 * @example
 * const child = yield* spawn(page('/slow'), { name: 'slow' });
 * const text = yield* join(child);
 */
export function spawn<A extends Awaitable<unknown>>(work: A, options?: ChildOptions): Effect<Task<Result<A>>> {
  checkAwaitable(work, 'spawned', 'spawn');
  return options ? new Effect('spawn', [work, options], performSpawnWith) : new Effect('spawn', work, performSpawn);
}
