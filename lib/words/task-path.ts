// The path of an error: the tasks that it crossed on its way to the one that handles it. The stack that the language
// gives an error ends at the scheduler, which calls every coroutine. So each task that fails adds a line of its own,
// with the calls that the error came out of (kernel/way.ts):
//
//     Error: no such page
//         at page (file:///app.js:12:11)
//         in page('/a') in section(7) in task worker, spawned by crawl
//         in task crawl, spawned by main
//
// Relies on show.

import { oneLine } from './show.ts';

/** What the path says of a task. */
export interface Named {
  readonly name: string;
  readonly parent: Named | undefined;
  /** @internal Where it was spawned, if debug mode saw it: ' at file:///app.js:5:10'. */
  _spawnedAt?: string;
}

/** A stack of this length gains no more lines: an error may cross a million tasks. */
const LONGEST_STACK = 10_000;

/** A task that an error has crossed: its name, and whose it was. */
export function origin(task: Named): string {
  const { name, parent, _spawnedAt = '' } = task;
  return parent ? `${oneLine(name)}, spawned by ${oneLine(parent.name)}${_spawnedAt}` : oneLine(name);
}

/**
 * The error, which has crossed this task. Never throws: an error that is frozen, or has no stack, keeps what it has.
 */
export function addTaskPath(error: unknown, task: Named, calls: readonly string[] = []): unknown {
  try {
    const failed = error as { stack?: unknown };
    const { stack } = failed;
    // Asked for, because the stack of a frozen error can be set from Node 21 on.
    if (typeof stack === 'string' && stack.length < LONGEST_STACK && !Object.isFrozen(error))
      failed.stack = `${stack}\n    ${calls.map((call) => `in ${call} `).join('')}in task ${origin(task)}`;
  } catch {
    // It cannot be looked at, or not be changed.
  }
  return error;
}
