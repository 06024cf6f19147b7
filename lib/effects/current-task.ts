// currentTask and abortSignal: a task looks at itself. Relies on the kernel.

import { CANCELLING } from '../kernel/modes.ts';
import { Effect } from '../kernel/effect.ts';
import type { Task } from '../kernel/task.ts';

/** The task that yields it. */
export function currentTask(): Effect<Task> {
  return new Effect('currentTask', undefined, performCurrentTask);
}

function performCurrentTask(task: Task): Task {
  return task;
}

/**
 * An `AbortSignal` for functions of the platform that take one. It is aborted when this task is cancelled,
 * and at the latest when it is over.
 *
 * @example
 * const signal = yield* abortSignal();
 * element.addEventListener('click', onClick, { signal });
 */
export function abortSignal(): Effect<AbortSignal> {
  return new Effect('abortSignal', undefined, performAbortSignal);
}

const signals = /* @__PURE__ */ new WeakMap<Task, AbortSignal>();

function performAbortSignal(task: Task): AbortSignal {
  let signal = signals.get(task);
  if (signal === undefined) {
    const controller = new AbortController();
    const abort = () => controller.abort(task._flags & CANCELLING ? task._value : undefined);
    const { _watcher } = task;
    task._watcher = {
      _told() {
        _watcher?._told(task);
        abort();
      },
    };
    signals.set(task, (signal = controller.signal));
    if (task._flags & CANCELLING) abort();
  }
  return signal;
}
