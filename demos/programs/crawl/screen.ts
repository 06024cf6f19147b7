/**
 * Where the demo prints: how wide it is, and whether it shows colour. There is no
 * colour in a pipe, with NO_COLOR, or on a dumb terminal.
 */
import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';

/** Paints the text in this colour. */
export type Paint = (
  colour: 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan',
  text: string,
) => string;

export const plain: Paint = (_colour, text) => text;

export function paintFor(stream: Pick<WriteStream, 'isTTY'>, env: NodeJS.ProcessEnv = process.env): Paint {
  const colourless = !stream.isTTY || (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  return colourless ? plain : (colour, text) => (text === '' ? '' : styleText(colour, text, { validateStream: false }));
}

export class Screen {
  readonly out: NodeJS.WriteStream;
  readonly paint: Paint;
  readonly width: number;

  constructor(out: NodeJS.WriteStream) {
    this.out = out;
    this.paint = paintFor(out);
    this.width = out.columns || 100;
  }

  print(...lines: string[]): void {
    this.out.write(`${lines.join('\n')}\n`);
  }

  heading(text: string): void {
    this.print('', this.paint('bold', text));
  }
}
