// Names of tasks as pictures show them: one line, cut to a width. Names are the program's, and may hold anything.
// Relies on words.

import { oneLine } from '../words/show.ts';

/** Without control characters, line breaks and halves of characters. */
export function clean(name: string): string {
  return oneLine(name).replace(/\p{Surrogate}/gu, '\ufffd');
}

// East Asian scripts and most emoji take two columns; what is combined with the character before it takes none.
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/;
const NONE = /[\p{Mn}\p{Me}\p{Cf}]/u;

/** How many columns of a terminal a character takes. */
function columnsOf(character: string): number {
  if (NONE.test(character)) return 0;
  return WIDE.test(character) || /\p{Emoji_Presentation}|[\u{20000}-\u{3fffd}]/u.test(character) ? 2 : 1;
}

/** How many columns of a terminal a text takes. */
export function columns(text: string): number {
  let sum = 0;
  for (const character of text) sum += columnsOf(character);
  return sum;
}

/** Cut to at most `most` columns, with three dots as one character where something is missing. */
export function cutTo(most: number, text: string): string {
  if (columns(text) <= most) return text;
  let kept = '';
  let used = 1;
  for (const character of text) {
    used += columnsOf(character);
    if (used > most) break;
    kept += character;
  }
  return `${kept}…`;
}

/** Filled up with spaces to `width` columns. */
export function padTo(width: number, text: string): string {
  return text + ' '.repeat(Math.max(0, width - columns(text)));
}
