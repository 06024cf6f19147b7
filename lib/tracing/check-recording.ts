// The check of the argument that all exports take. `toText(recorder)` is an easy mistake, so the
// message says that `recorder.recording()` returns the recording. Relies on words.

import { mustBe } from '../words/messages.ts';
import type { Recording } from './recording.ts';

/** Throws a `TypeError` if the value is not a recording. */
export function checkRecording(where: string, value: Recording): void {
  const { events } = (value ?? {}) as { readonly events?: unknown };
  if (typeof (events as Iterable<unknown> | undefined)?.[Symbol.iterator] !== 'function')
    throw new TypeError(mustBe(where, 'a recording, as recorder.recording() and readRecording(text) give it', value));
}
