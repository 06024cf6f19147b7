// Judging an answer to an exercise. This runs in a process of its own, together with the answer, because an answer may
// well be a program that never ends.
import { writeSync } from 'node:fs';

/** What a reader's file exports. */
export type Answer = Readonly<Record<string, unknown>>;
/** What the engine exports that the answer runs on. */
export type Engine = Readonly<Record<string, never>> & typeof import('../../docs/book/11-the-world-outside/engine.ts');

/** The answer is wrong; the message is a sentence that says in what. */
export class WrongAnswer extends Error {}
/** The file is no answer to this exercise: it exports something else. */
export class NoAnswer extends Error {}

/** The function or class that the answer must export under this name. */
export function exported<F>(answer: Answer, name: string): F {
  const found = answer[name];
  if (Object.prototype.toString.call(found) === '[object AsyncFunction]')
    throw new NoAnswer(`its ${name} is an async function; write it with function* and yield`);
  if (typeof found === 'function') return found as F;
  throw new NoAnswer(
    found === undefined ?
      `it exports no ${name} (it exports ${Object.keys(answer).join(', ') || 'nothing'})`
    : `its ${name} is no function, but ${typeof found}`,
  );
}

/** If this does not hold, `sentence` says what is wrong. */
export function must(holds: boolean, sentence: string): asserts holds {
  if (!holds) throw new WrongAnswer(sentence);
}

export interface Verdict {
  readonly kind: 'right' | 'wrong' | 'no answer';
  readonly sentence: string;
}

export function judge(check: () => void): Verdict {
  try {
    check();
    return { kind: 'right', sentence: '' };
  } catch (error) {
    if (error instanceof NoAnswer) return { kind: 'no answer', sentence: error.message };
    if (error instanceof WrongAnswer) return { kind: 'wrong', sentence: error.message };
    return { kind: 'wrong', sentence: `Your code threw an error of its own: ${error}.` };
  }
}

/** For the process that has started this one. */
export function tell(verdicts: readonly Verdict[]): void {
  writeSync(3, JSON.stringify(verdicts));
}
