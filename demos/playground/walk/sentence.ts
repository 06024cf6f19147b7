// The type of the sentences, of which there are two objects: english (sentences-english.ts) and chinese
// (sentences-chinese.ts). Relies on nothing: there are only types here.

import type { LogEvent } from './log.ts';
import type { Doing, State } from './state.ts';

export interface Sentences {
  /** `en`, `zh`: for the attribute `lang`. */
  readonly language: string;
  /** Before the first event. */
  readonly beginning: string;
  /**
   * The event in one sentence, or two. `after` is the state behind it, `before` the one in front of it. It is what the
   * page shows largest, and what a screen reader says.
   */
  of(event: LogEvent, before: State, after: State): string;
  /** `waiting`, or `cleaning up, waiting`. */
  doing(doing: Doing, closing: boolean): string;
}
