// A random program as data: a tree that can be written as JSON, cut smaller, and printed as code.
// What the parts mean is in interpret.ts; how they are chosen is in generate.ts.

/** What runs the program. `pair` is two loops that share the primitives. */
export type Mode = 'sync' | 'virtual' | 'loop' | 'system' | 'pair';
export const modes: readonly Mode[] = ['sync', 'virtual', 'loop', 'system', 'pair'];

export interface Program {
  readonly seed: number;
  readonly mode: Mode;
  /** What the tasks share. A step names one by its index. */
  resources: Resource[];
  main: Body;
  /** In mode `pair`: the main of the second loop. */
  other?: Body | undefined;
  /** In mode `pair`: which of the two loops have a virtual clock. */
  virtual?: readonly [boolean, boolean] | undefined;
  cancels: Cancel[];
  /** Nobody rescues the tasks that wait for what never comes: a deadlock report is a right answer. */
  stuck: boolean;
}

export type Resource =
  | { readonly kind: 'lock' }
  | { readonly kind: 'semaphore'; readonly permits: number }
  /** A capacity of 0 stands for Infinity in a queue. */
  | { readonly kind: 'queue'; readonly order: 'fifo' | 'lifo' | 'priority'; readonly capacity: number }
  /** A capacity of -1 stands for Infinity in a channel. */
  | { readonly kind: 'channel'; readonly capacity: number }
  | { readonly kind: 'event' }
  | { readonly kind: 'condition' }
  | { readonly kind: 'barrier'; readonly parties: number }
  /** Only in mode `loop`: `loop.createFuture()`. */
  | { readonly kind: 'future' }
  /** Tasks that wait in `suspend` or `fromCallback` until somebody calls them back. */
  | { readonly kind: 'callbacks'; readonly bridge: 'suspend' | 'fromCallback' }
  /** An EventEmitter. */
  | { readonly kind: 'emitter' }
  | { readonly kind: 'context' }
  /** A daemon that answers requests: it must outlive the clean-up of its siblings. */
  | { readonly kind: 'service' };

export type Kind = Resource['kind'];

/** A coroutine: one generator function with one `try`, and a `finally` that tells how far it came. */
export interface Body {
  /** Also the number of its task, if it is spawned. A task waits only for tasks with a higher number, so no ring of waits can arise. */
  readonly id: number;
  steps: Step[];
  /** It has a `catch` that swallows every error. */
  catches?: boolean | undefined;
  cleanUp?: CleanUp | undefined;
  /** It returns an item that it has got from a queue. */
  carries?: boolean | undefined;
  /** It looks at its `abortSignal()` after every yield. */
  watches?: boolean | undefined;
  /** Given as a generator, not as an effect made by `coroutine`. */
  raw?: boolean | undefined;
  /** It says `yield effect` instead of `yield* effect`. */
  bare?: boolean | undefined;
}

/** The steps of a `finally`: as they are, or within a `shield`, which no cancellation may cut. */
export interface CleanUp {
  kind: 'bare' | 'shield';
  steps: Step[];
}

/** What is thrown. The hostile ones cannot be looked at without throwing once more. */
export type Thrown = 'plain' | 'frozen' | 'undefined' | 'revoked' | 'message' | 'stack';

/** What a combinator, a time limit, a shield is given. */
export type Work =
  | { readonly is: 'body'; body: Body }
  /** An effect of a primitive, given directly: `lock.acquire()`, `queue.get()`. */
  | { readonly is: 'acquire' | 'get' | 'put' | 'await'; readonly resource: number }
  | { readonly is: 'sleep'; ms: number }
  /** A task that exists: the combinator only waits for it. */
  | { readonly is: 'task'; readonly slot: number };

export type Step =
  | { readonly do: 'sleep'; ms: number }
  | { readonly do: 'sleepUntil'; at: number }
  | { readonly do: 'turns'; count: number }
  /**
   * Effects that are answered inline: more than 100 of them, and the loop puts the next one off. With a resource they
   * are about that: its lock is taken and released, an item put and got.
   */
  | { readonly do: 'inline'; count: number; readonly resource?: number | undefined }
  /** `below`: only in the first attempts of a `retry`. */
  | { readonly do: 'throw'; error: Thrown; readonly below?: number | undefined }
  /** Prints every task, whatever its values are. */
  | { readonly do: 'show' }
  // ---- tasks
  | { readonly do: 'call'; readonly how: 'effect' | 'call'; body: Body }
  | { readonly do: 'spawn'; body: Body; daemon?: boolean | undefined; detached?: boolean | undefined }
  | { readonly do: 'join'; readonly how: 'join' | 'yield'; readonly slot: number }
  | {
      readonly do: 'wait';
      readonly slots: readonly number[];
      readonly returnWhen: 'all' | 'first-completed' | 'first-failed';
      readonly timeout?: number | undefined;
    }
  | { readonly do: 'cancel'; readonly slot: number; waits: boolean }
  | { readonly do: 'callback'; readonly slot: number; throws?: boolean | undefined }
  // ---- combinators. `keep`: how long what was acquired is held.
  | { readonly do: 'all' | 'allSettled'; works: Work[]; shape: 'array' | 'object'; keep: number }
  | { readonly do: 'any' | 'race'; works: Work[]; shape: 'array' | 'object'; keep: number }
  | { readonly do: 'timeout'; ms: number; work: Work; keep: number }
  | { readonly do: 'shield'; work: Work; keep: number }
  | {
      readonly do: 'map' | 'forEach';
      /** The index of a queue or channel, or undefined: `count` numbers. */
      readonly from?: number | undefined;
      count: number;
      concurrency: number;
      body: Body;
    }
  | { readonly do: 'asCompleted'; works: Work[]; leave: number }
  | { readonly do: 'group'; body: Body }
  /** Within a group's body, or a task of the group. */
  | { readonly do: 'groupSpawn'; body: Body; daemon?: boolean | undefined }
  | { readonly do: 'retry'; attempts: number; delay: number; body: Body }
  /** `restore`: the same by hand, with `shield(function* (restore) { ... })`. */
  | { readonly do: 'ensure' | 'restore'; body: Body; cleanUp: Body }
  | { readonly do: 'use'; readonly resource: number; body: Body }
  // ---- primitives
  | { readonly do: 'hold'; readonly resource: number; readonly how: 'acquire' | 'with'; steps: Step[] }
  | { readonly do: 'put' | 'get'; readonly resource: number; now?: boolean | undefined }
  /**
   * Waits at an event, a condition, a barrier, a future, an emitter, for a callback. `atOnce`: while the wait for a
   * callback is being started, it is called back, or the task is cancelled.
   */
  | { readonly do: 'await'; readonly resource: number; readonly atOnce?: 'call' | 'cancel' | undefined }
  /** Sets an event or a future, notifies a condition, emits, calls one back. */
  | { readonly do: 'set'; readonly resource: number; error?: Thrown | undefined }
  | { readonly do: 'clear'; readonly resource: number }
  /** `on(emitter)`, and then some `receive`s with a time limit. */
  | { readonly do: 'listen'; readonly resource: number; count: number }
  | { readonly do: 'with'; readonly resource: number; readonly value: number; body: Body }
  | { readonly do: 'serve'; readonly resource: number }
  | { readonly do: 'ask'; readonly resource: number }
  // ---- the world outside: not in mode `sync`
  | {
      readonly do: 'promise';
      readonly after: 'microtask' | 'turn';
      readonly how: 'yield' | 'promise' | 'function';
      error?: Thrown | undefined;
    }
  | { readonly do: 'iterate'; count: number; leave: number }
  | { readonly do: 'feed'; count: number; leave: number };

/** When somebody who is no part of the program cancels a task. */
export interface Cancel {
  /** The body of the task. */
  readonly slot: number;
  readonly when:
    /** At a virtual time, before (`late`: behind) the timers that were set for it earlier. */
    | { readonly time: number; readonly late: boolean }
    /** When a body has come to a point. */
    | { readonly body: number; readonly point: Point; readonly step: number };
  /** So many turns of the loop later; -1: in that very step, while the body is running. */
  readonly turns: number;
}

/** Points of a body: before and behind a step, before its `finally`, behind it. */
export type Point = 'before' | 'behind' | 'finally' | 'over';

/** The bodies that a step holds. */
export function bodiesOf(step: Step): Body[] {
  const found: Body[] = [];
  if ('body' in step) found.push(step.body);
  if ('cleanUp' in step) found.push(step.cleanUp);
  if ('works' in step) for (const work of step.works) if (work.is === 'body') found.push(work.body);
  if ('work' in step && step.work.is === 'body') found.push(step.work.body);
  return found;
}

/** The lists of steps that a body, or a step, holds directly. */
export function listsOf(holder: Body | Step): Step[][] {
  if ('id' in holder) return holder.cleanUp ? [holder.steps, holder.cleanUp.steps] : [holder.steps];
  return holder.do === 'hold' ? [holder.steps] : [];
}

/** Every body of a program, outermost first. */
export function allBodies(program: Program): Body[] {
  const found: Body[] = [];
  const visitList = (steps: readonly Step[]): void => {
    for (const step of steps) {
      for (const body of bodiesOf(step)) visit(body);
      for (const list of listsOf(step)) visitList(list);
    }
  };
  const visit = (body: Body): void => {
    found.push(body);
    for (const list of listsOf(body)) visitList(list);
  };
  visit(program.main);
  if (program.other) visit(program.other);
  return found;
}
