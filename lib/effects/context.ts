// Contexts: values that a task and all that it spawns can see, without being given them. The kernel knows nothing of
// them and spawning copies nothing. A task that is within `with` has a chain of scopes. Another one sees what its owner
// saw when it was spawned, and ids tell that: those given out since a scope was opened are higher than
// its `since`. When a scope closes, the children that were spawned in it and are still running get the scope.
// Relies on the kernel, coroutine, current-task.

import type { Awaitable, Result } from '../kernel/awaitable.ts';
import { Effect, inherited, PROMISED } from '../kernel/effect.ts';
import type { Task } from '../kernel/task.ts';
import { checkAwaitable } from '../kernel/awaitable.ts';
import { frameOf } from './coroutine.ts';
import { currentTask } from './current-task.ts';

interface Scope {
  readonly context: unknown;
  readonly value: unknown;
  readonly outer: Scope | undefined;
  readonly since: number;
}

/** The innermost scope of each task that has been in one of its own, or that was spawned in one that has closed. */
const scopes = /* @__PURE__ */ new WeakMap<Task, Scope | undefined>();

function seenBy(task: Task): Scope | undefined {
  for (let at: Task | undefined = task, id = Infinity; at; id = at.id, at = at.parent) {
    let scope = scopes.get(at);
    while (scope && scope.since >= id) scope = scope.outer;
    if (scopes.has(at)) return scope;
  }
  return undefined;
}

const performWith = /* @__PURE__ */ frameOf(
  'with',
  function* (context: unknown, value: unknown, work: Awaitable<unknown>) {
    const task = yield* currentTask();
    const { loop } = task;
    const scope = { context, value, outer: seenBy(task), since: loop._ids };
    scopes.set(task, scope);
    try {
      return yield work;
    } finally {
      scopes.set(task, scope.outer);
      if (loop._ids > scope.since)
        for (const child of task.children) if (child.id > scope.since && !scopes.has(child)) scopes.set(child, scope);
    }
  },
);

/** Made by `createContext`. */
export class Context<T> {
  /** Shown in reports. */
  readonly name: string;
  private readonly _default: T;

  /** @internal */
  constructor(initial: T, name: string) {
    this._default = initial;
    this.name = name;
  }

  /** The value of the innermost `with` around this, or around where this task was spawned, or the default. */
  get(): Effect<T> {
    return new Effect(`${this.name}.get`, undefined, this._performGet);
  }

  /** Runs the work, in which `get()` gives the value, also in the tasks that it spawns; gives its result. */
  with<A extends Awaitable<unknown>>(value: T, work: A): Effect<Result<A>> {
    return new Effect(
      `${this.name}.with`,
      [this, value, checkAwaitable(work, `run with ${this.name}`)],
      performWith,
      inherited(work) & PROMISED,
    );
  }

  private readonly _performGet = (task: Task): unknown => {
    for (let scope = seenBy(task); scope; scope = scope.outer) if (scope.context === this) return scope.value;
    return this._default;
  };
}

/**
 * A value for a part of a program: who asks, which request is being answered. A task sees what its owner saw when it
 * was spawned, so a detached one, which main owns, sees what main does.
 *
 * @example
 * const requestId = createContext('none', { name: 'requestId' });
 * yield* requestId.with('42', handle(request)); // in there: yield* requestId.get()
 */
export function createContext<T>(
  initial: T,
  { name = 'context' }: { readonly name?: string | undefined } = {},
): Context<T> {
  return new Context(initial, name);
}
