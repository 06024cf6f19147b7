// Colour where a person reads: there is none in a pipe, with NO_COLOR, or on a dumb terminal. Used sparingly: headings
// are bold, times are dim, an end that was good is green and one that was bad is red.
import type { WriteStream } from 'node:tty';

/** Where each begins and ends. `styleText` of Node does the same, from Node 20.12 on. */
const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
} as const;

/** Paints the text in this colour. */
export type Paint = (colour: keyof typeof CODES, text: string) => string;

export const plain: Paint = (_colour, text) => text;

const coloured: Paint = (colour, text) =>
  text === '' ? '' : `\u001B[${CODES[colour][0]}m${text}\u001B[${CODES[colour][1]}m`;

export function paintFor(stream: Pick<WriteStream, 'isTTY'>, env: NodeJS.ProcessEnv = process.env): Paint {
  const colourless = !stream.isTTY || (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  return colourless ? plain : coloured;
}

/** For what goes to stdout. */
export const paint: Paint = paintFor(process.stdout);
