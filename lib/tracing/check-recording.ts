// The check of the argument that all exports take. `toText(recorder)` is the mistake that everybody makes once: the
// message says that the recording is what `recorder.recording()` gives. Relies on words.

import { mustBe } from '../words/messages.ts';
import type { Recording } from './recording.ts';

/** Throws a `TypeError` for what is no recording. */
export function checkRecording(where: string, value: Recording): void {
  const { events } = (value ?? {}) as { readonly events?: unknown };
  if (typeof (events as Iterable<unknown> | undefined)?.[Symbol.iterator] !== 'function')
    throw new TypeError(mustBe(where, 'a recording, as recorder.recording() and readRecording(text) give it', value));
}
