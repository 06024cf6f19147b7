// What an effect has acquired (a lock, a permit, an item of a queue) and how it is given back.
//
// A combinator may hold an answer for a while before it can hand it over: `all([lock.acquire(), slow()])` has the lock
// long before `slow` is over. If it is cancelled then, or fails, nobody gets that answer, and so the lock is released,
// the item goes back to the front of its queue. Only effects that are given to a combinator as they are can be undone
// in this way. What a coroutine has acquired is its own business: it has seen the answer, and has its `finally`.
// Relies on effect, words.

import { show } from '../words/show.ts';
import type { Awaitable } from './awaitable.ts';
import { ACQUIRES, Effect } from './effect.ts';
import type { Handler } from './effect.ts';
import type { Task } from './task.ts';

/** Gives back what the effect's answer stands for. The task is the one that performed the effect. */
export type GiveBack<T = never> = (payload: never, answer: T, task: Task) => void;

/**
 * A handler carries the way in which the answers of its effects are given back. In a property and not in a WeakMap:
 * each lock and each queue has a handler of its own, and an entry for it makes `new Lock()` take 1,800 ns, not 40.
 */
type Acquirer = Handler & { giveBack?: GiveBack };

/** The handler, whose effects (those with the flag ACQUIRES) are from now on given back in this way. */
export function givenBackBy<H extends Handler, P>(
  handler: H,
  giveBack: (payload: P, answer: unknown, task: Task) => void,
): H {
  (handler as Acquirer).giveBack = giveBack as GiveBack;
  return handler;
}

/** Marks an effect as one that acquires something, and says how to give its answer back. */
export function acquiring<T>(effect: Effect<T>, giveBack: GiveBack<T>): Effect<T> {
  givenBackBy(effect._handler, giveBack as GiveBack<unknown>);
  effect._flags |= ACQUIRES;
  return effect;
}

/** ACQUIRES, when the answer of this awaitable can be given back, for effects that are made of it; else 0. */
export function acquires(work: unknown): number {
  return work instanceof Effect ? work._flags & ACQUIRES : 0;
}

/**
 * The answer will not be handed to anyone: gives back what it acquired, if the work is an effect that acquires. This
 * may throw, when the program has released a lock behind the back of the task that holds it. No coroutine is at fault
 * then, so the error is reported, and the combinator goes on.
 */
export function giveBack(work: Awaitable<unknown>, answer: unknown, task: Task): void {
  if (!acquires(work)) return;
  const { _handler, payload } = work as Effect<unknown>;
  try {
    (_handler as Acquirer).giveBack?.(payload as never, answer as never, task);
  } catch (error) {
    task.loop._report(error, `the give-back of ${show(work)}`);
  }
}

/**
 * An effect that takes a function, such as `retry(() => jobs.get())`, learns only when it calls that function what
 * acquires something. So it always has the flag, and notes for its task how to give back the answer that it hands over.
 */
const notes = /* @__PURE__ */ new WeakMap<Task, () => void>();

/** The answer that the task is about to be given can be given back in this way, or, without one, not at all. */
export function noteAnswer(task: Task, way?: () => void): void {
  if (way) notes.set(task, way);
  else notes.delete(task);
}

/** How the answer of this work can be given back later, when the task may have noted another one. */
export function wayBack(work: Awaitable<unknown>, answer: unknown, task: Task): (() => void) | undefined {
  if (!acquires(work)) return undefined;
  const noted = notes.get(task); // by the work itself
  return () => {
    noteAnswer(task, noted);
    giveBack(work, answer, task);
  };
}

/** For `givenBackBy`, and effects that note their answers. */
export function giveBackNoted(_payload: unknown, _answer: unknown, task: Task): void {
  notes.get(task)?.();
}
