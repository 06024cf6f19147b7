// What is told of a piece, in lines of at most 80 columns.
import type { Piece } from './piece.ts';

const WIDTH = 76;

export function tell(number: number, { title, project, history, story }: Piece): void {
  console.log(`Piece ${number}: ${title}\n${project}\n`);
  for (const { name, url } of history) console.log(`  ${name}\n    ${url}`);
  const parts = [
    ['What the program wants', story.wanted],
    ['What kills it', story.killedBy],
    ['Why', story.because],
    ['How it was mended', story.mended],
    ['In treadle', story.inTreadle],
  ] as const;
  for (const [heading, text] of parts) console.log(`\n${heading}\n${wrap(text)}`);
}

export function heading(text: string): void {
  console.log(`\n${text}`);
}

/** Breaks a text at its spaces. Line breaks of its own mean nothing. */
export function wrap(text: string, indent = '  '): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.trim().split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  return [...lines, line].map((one) => indent + one).join('\n');
}
