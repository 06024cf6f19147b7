/**
 * Where the demo prints, how wide it is, and whether it shows colour.
 */
import { paintFor } from '../../support/colour.ts';
import type { Paint } from '../../support/colour.ts';

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
