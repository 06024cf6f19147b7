// Kinds of waits, and what a picture can tell of them at a glance: does a task wait for a time, for the world outside,
// for other tasks, or for something that tasks share? Relies on nothing.

/** What a wait is counted as: `sleep` for `sleep(100)`, `join` for a task that was yielded as it is. */
export function kindOf(on: string): string {
  return on.startsWith('#') ? 'join' : (/^[^(]*/.exec(on)?.[0] ?? on);
}

export type WaitGroup = 'time' | 'outside' | 'tasks' | 'shared';

/** How pictures and legends name the groups. */
export const WAIT_GROUPS: Readonly<Record<WaitGroup, string>> = {
  time: 'waits for a time',
  outside: 'for the world outside',
  tasks: 'for other tasks',
  shared: 'for what tasks share',
};

const KINDS: Readonly<Record<Exclude<WaitGroup, 'shared'>, readonly string[]>> = {
  time: ['sleep', 'sleepUntil'],
  outside: ['fetch', 'suspend', 'fromPromise', 'fromCallback', 'a promise', 'a future', 'once', 'job'],
  tasks: ['join', 'its children', 'cancel', 'wait', 'all', 'allSettled', 'race', 'any', 'map', 'forEach'],
};

export function groupOf(on: string): WaitGroup {
  const kind = kindOf(on);
  if (kind.startsWith('response.')) return 'outside';
  if (kind.startsWith('asCompleted')) return 'tasks';
  const groups = Object.keys(KINDS) as (keyof typeof KINDS)[];
  return groups.find((group) => KINDS[group].includes(kind)) ?? 'shared';
}
