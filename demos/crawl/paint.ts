/**
 * Colour, where there is a terminal that wants it; plain text in a pipe, with
 * NO_COLOR, or on a dumb terminal.
 */
import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';

/** Gives the text that colour. */
export type Paint = (colour: 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan', text: string) => string;

export const plain: Paint = (_colour, text) => text;

export function paintFor(stream: Pick<WriteStream, 'isTTY'>, env: NodeJS.ProcessEnv = process.env): Paint {
  const colourless = !stream.isTTY || (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  return colourless ? plain : (colour, text) => (text === '' ? '' : styleText(colour, text, { validateStream: false }));
}
