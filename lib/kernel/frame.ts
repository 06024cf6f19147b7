// A frame: one generator on a task's own stack. A call pushes a frame, a return pops it.
//
//        task._frame
//            │ the innermost one: the only one that is ever resumed
//            ▼
//        ┌────────┐ _caller   ┌────────┐ _caller   ┌───────────────┐
//        │ text() │──────────▶│ page() │──────────▶│ main() = task │ ──▶ undefined
//        └────────┘           └────────┘           └───────────────┘
//
// To resume the innermost frame costs the same at any depth: 69 ns at depth 1,000. Native `yield*` needs 23,160 there,
// because it walks down through every generator. And since the stack is a list in the heap, a million frames are fine.
//
// The outermost frame is the task object itself, because most tasks have no other: that saves an object for each. So
// a task has a frame's fields as well, and its flags serve both. Relies on words.

import { InvalidStateError } from '../words/errors.ts';

type Plain = Generator<unknown, unknown, unknown>;

export interface Frame {
  /** @internal */ readonly _generator: Plain;
  /** @internal The frame that called this one and waits for its result. */
  readonly _caller: Frame | undefined;
  /** @internal FRAME_CLOSING, once `return()` was called on it; else 0. */
  _flags: number;
  /** @internal What was yielded to call it: `page('/a')`. The task, as its own outermost frame, has none. */
  readonly _calledBy?: unknown;
}

const intrinsic: Plain = /* @__PURE__ */ Object.getPrototypeOf(
  /* @__PURE__ */ Object.getPrototypeOf(/* @__PURE__ */ (function* () {})()),
);

export type Resume = Plain['next'];
/**
 * By mode: the language's own next, throw and return. Called directly they take 24 ns where 64 generator functions mix,
 * `generator.next(v)` 32.
 */
export const resume: readonly Resume[] = [intrinsic.next, intrinsic.throw, intrinsic.return];

/** True for generators of this realm. */
export function isPlainGenerator(value: unknown): value is Plain {
  return intrinsic.isPrototypeOf(value as Plain);
}

/** Looks at the tag, too, so that generators of other realms count: of a frame in a page, or of node:vm. */
export function isGenerator(value: unknown): value is Plain {
  return (
    isPlainGenerator(value) ||
    (value as { [Symbol.toStringTag]?: string } | null | undefined)?.[Symbol.toStringTag] === 'Generator'
  );
}

/** On a generator that a task has taken. The language does not tell whether one was started, short of resuming it. */
const TAKEN: unique symbol = /* @__PURE__ */ Symbol('taken') as never;

/**
 * Takes a generator that a user gave for a task. It runs once: two tasks that step the same one would interleave in
 * silence, and one that is over would succeed with `undefined`. The mark costs 40 bytes a generator and no time that
 * can be measured with a few generator functions, 13 % of spawn + join with 64, and 1 µs where the function itself is
 * made anew for each run; a WeakSet costs 66 %. What `coroutine` makes needs none: it makes a new generator for each
 * call.
 */
export function take(generator: Plain & { [TAKEN]?: true }, who: unknown): Plain {
  if (generator[TAKEN]) {
    throw new InvalidStateError(
      `${who} cannot run a coroutine that was run before, or is running: call its function once for each run`,
    );
  }
  generator[TAKEN] = true;
  return generator;
}

/** Has a task taken this generator? False for any value that is not a generator. */
export function isTaken(value: unknown): boolean {
  return isGenerator(value) && (value as { [TAKEN]?: true })[TAKEN] === true;
}
