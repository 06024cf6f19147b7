// A survey of running loops: every live task, as plain data. It is the first half of a dump. The second half, the
// lines, needs the inspector, which this process asks about itself (dump.ts), and `treadle ps` about another one.
//
// The function is sent to that other process as text. So it uses nothing from outside itself, and what it needs is
// given to it. It must not throw, whatever a program has made of its objects. Relies on the shapes of the engine.

import type { Stack } from '../lines/frames.ts';
import type { Task } from '../kernel/task.ts';
import type { Loop } from '../loop/loop.ts';

/** What is known of a task. */
export interface TaskFacts {
  /** The number of its loop, from 1 in the order in which loops were started. */
  readonly loop: number;
  readonly id: number;
  readonly name: string;
  readonly state: string;
  /** It was asked to end, and cleans up. */
  readonly cancelling: boolean;
  readonly daemon: boolean;
  /** How deep it stands in the tree: 0 for main. Its owner is the last task before it that is one less deep. */
  readonly depth: number;
  /** The id of the task that owns it. */
  readonly owner: number | undefined;
  /** As it prints: `sleep(100)`. */
  readonly waitingOn: string | undefined;
  /** For how many milliseconds it has been waiting, if that is known: of `sleep`, and of all in debug mode. */
  readonly waited: number | undefined;
  /** Who holds what it waits for: `#3 save`. */
  readonly heldBy: string | undefined;
  /** The ids of tasks of the same loop without which it cannot go on. */
  readonly waitsFor: readonly number[];
}

/** A loop of a dump: how much is alive in it, how old it is, and since when the host waits for its turn. */
export interface LoopFacts {
  /** How many tasks are alive. */
  readonly tasks: number;
  /** Milliseconds since it was made; of a virtual clock, what it shows. */
  readonly age: number;
  /** Milliseconds since the host had its turn, if that is known. Longer than a few means that a step takes long. */
  readonly slice: number | undefined;
}

export interface Facts {
  readonly loops: readonly LoopFacts[];
  /** Each task before its children, in the order in which they were spawned. */
  readonly tasks: readonly TaskFacts[];
}

/** The facts, and what the inspector must be asked about. */
export interface Survey {
  readonly facts: Facts;
  /** For each task of `facts`. */
  readonly stacks: readonly Stack[];
  readonly engineClasses: readonly unknown[];
}

/**
 * Looks at the loops, or at one task and its children. At most `limit` tasks are described.
 */
export function survey(
  loops: readonly Loop[],
  root: Task<any> | undefined,
  limit: number,
  waitsFor: (task: Task<any>) => Task<any>[],
  stackOf: (task: Task<any>) => Stack,
  engineClassOf: (loop: object) => unknown,
): Survey {
  const attempt = <T, D>(work: () => T, otherwise: D): T | D => {
    try {
      return work();
    } catch {
      return otherwise;
    }
  };
  const waitedOf = (task: Task<any>, now: number): number | undefined => {
    const { _waitingSince: since, _place: place } = task as unknown as {
      _waitingSince?: number;
      _place?: { _time?: number };
    };
    if (task.state !== 'waiting') return undefined;
    if (since !== undefined) return now - since;
    const { kind, payload } = (task.waitingOn ?? {}) as { kind?: string; payload?: unknown };
    return kind === 'sleep' && typeof payload === 'number' && place?._time !== undefined ?
        Math.max(0, now - (place._time - payload))
      : undefined;
  };
  const factsOf = (task: Task<any>, loop: number, depth: number, now: number): TaskFacts => {
    const text = attempt(() => String(task), '');
    const label = attempt(() => String(task.name), '?');
    const holder = task._place?._holder as Task<any> | undefined;
    return {
      loop,
      id: task.id,
      // As the task prints itself: without line breaks, and not too long.
      name: /^<Task #\d+ (.*?) (?:ready|running|waiting)\b/s.exec(text)?.[1] ?? label.slice(0, 99),
      state: task.state,
      cancelling: /, cancelling>$/.test(text),
      daemon: (task._flags & 2) !== 0,
      depth,
      owner: task.parent?.id,
      waitingOn: / waiting on (.*?)(?:, cancelling)?>$/s.exec(text)?.[1],
      waited: attempt(() => waitedOf(task, now), undefined),
      heldBy: holder && attempt(() => `#${holder.id} ${holder.name}`, undefined),
      waitsFor: attempt(() => waitsFor(task), []).flatMap((other) => (other.loop === task.loop ? [other.id] : [])),
    };
  };

  const tasks: TaskFacts[] = [];
  const stacks: Stack[] = [];
  const loopFacts: LoopFacts[] = [];
  for (const [index, loop] of loops.entries()) {
    const now = loop.now();
    let count = 0;
    // From the end: the next one is the last.
    const open = (root ? [root] : [...loop._scope.children].sort((a, b) => b.id - a.id)).map((task) => ({
      task,
      depth: 0,
    }));
    for (let next = open.pop(); next; next = open.pop()) {
      const { task, depth } = next;
      count++;
      if (tasks.length < limit) {
        tasks.push(factsOf(task, index + 1, depth, now));
        stacks.push(stackOf(task));
      }
      for (const child of task.children.sort((a, b) => b.id - a.id)) open.push({ task: child, depth: depth + 1 });
    }
    const { sliceStart } = loop._pace as unknown as { sliceStart: number };
    const slice = loop._awake && sliceStart < Infinity ? performance.now() - sliceStart : undefined;
    loopFacts.push({ tasks: count, age: now, slice });
  }
  return { facts: { loops: loopFacts, tasks }, stacks, engineClasses: loops.map(engineClassOf) };
}
