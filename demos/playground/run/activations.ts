// What the marks of a program tell (marks.ts): which of its generators is about to yield, and at which line.
//
// A mark is good for one thing only: what the task does next. So whoever looks at it takes it away. A join that is
// performed a second time, because the other task is over by then, has no mark of its own. It would be given that of
// the task that ran last.
//
// Relies on nothing.

import type { Activation } from '../walk/log.ts';

/** One run of a generator function of the program. */
export interface LiveActivation {
  readonly name: string;
  /** What it was called with. */
  readonly given: ArrayLike<unknown>;
  line: number;
  /** The generator that runs it by `yield*`, within the same frame. */
  readonly outer: LiveActivation | undefined;
}

/** Of generators within generators, the outermost one and this many of the innermost ones are told. */
const MOST = 8;

export class Activations {
  /** The last mark, if nobody has taken it. */
  private marked: LiveActivation | undefined = undefined;
  /** Is told of each generator that begins and is not run by another one's `yield*`. */
  onEnter: ((activation: LiveActivation) => void) | undefined = undefined;

  /** A generator begins. If another one has just come to a yield, and nobody has performed that, it is its `yield*`. */
  readonly enter = (name: string, given: ArrayLike<unknown> = []): LiveActivation => {
    const outer = this.marked;
    this.marked = undefined;
    const activation = { name, given, line: 0, outer };
    if (outer === undefined) this.onEnter?.(activation);
    return activation;
  };

  /** The generator is about to yield this value, at this line. */
  readonly at = (activation: LiveActivation, line: number, value: unknown): unknown => {
    activation.line = line;
    this.marked = activation;
    return value;
  };

  /** The mark, which is gone then. The outermost generator stands first. */
  take(): readonly Activation[] | undefined {
    let activation = this.marked;
    if (activation === undefined) return undefined;
    this.marked = undefined;
    const chain: Activation[] = [];
    for (; activation; activation = activation.outer) {
      const { name, line, outer } = activation;
      if (chain.length < MOST || outer === undefined) chain.push({ name, line });
    }
    return chain.reverse();
  }
}
