// What is told of a piece, in lines of at most 80 columns.
import { inLanguage, isWide, words } from './language.ts';
import type { Language } from './language.ts';
import type { Piece } from './piece.ts';

const WIDTH = 76;

export function tell(number: number, piece: Piece, language: Language): void {
  const { title, project, history, story, behind } = inLanguage(number, piece, language);
  const say = words[language];
  console.log(`${say.piece(number, title)}\n${project}\n`);
  if (behind) console.log(`${say.behind}\n`);
  for (const { name, url } of history) console.log(`  ${name}\n    ${url}`);
  for (const part of ['wanted', 'killedBy', 'because', 'mended', 'inTreadle'] as const)
    console.log(`\n${say[part]}\n${wrap(story[part])}`);
}

export function heading(text: string): void {
  console.log(`\n${text}`);
}

/**
 * Breaks a text at its spaces, and between Chinese characters, but not in front of a mark. Line breaks of its own mean
 * nothing.
 */
export function wrap(text: string, indent = '  '): string {
  const lines: string[] = [];
  let line = '';
  // A piece that stays together, with the spaces in front of it: `sleep()`, or one Chinese character with its marks.
  for (const [, spaces, piece = ''] of text.trim().matchAll(PIECE)) {
    const space = spaces && line !== '' ? ' ' : '';
    if (line !== '' && columns(line + space + piece) > WIDTH) {
      lines.push(line);
      line = piece;
    } else line += space + piece;
  }
  return [...lines, line].map((one) => indent + one).join('\n');
}

const OPENING = '“‘（《';
const CLOSING = '”’）》，。：；、？！—…';
const HAN = '\\p{Script=Han}';
const PIECE = new RegExp(
  `(\\s*)([${OPENING}]*(?:${HAN}|[^\\s${HAN}${OPENING}${CLOSING}]+|(?=[${CLOSING}]))[${CLOSING}]*)`,
  'gu',
);

/** How many columns of a terminal a text takes. */
export const columns = (text: string): number => [...text].reduce((sum, one) => sum + (isWide(one) ? 2 : 1), 0);

export const padded = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - columns(text)));
