// All examples of the playground: the twelve chapters of the book, as far as they are written, and the twelve pieces of
// the museum. They are read from the files of both, so that nothing is written twice. Node only: the page has the list
// as data.

import { chapterExamples } from './chapters.ts';
import type { Example } from './example.ts';
import { museumExamples } from './pieces.ts';

export function examples(): readonly Example[] {
  return [...chapterExamples(), ...museumExamples()];
}
