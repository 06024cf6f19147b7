// The examples of the museum: each piece's program with its fault, under the schedule that kills it. What a piece says
// about itself is left out of its source: the page has it beside the code. Node only. Relies on the pieces.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../book/assemble.ts';
import type { ComparedPiece, ExploredPiece } from '../../museum/piece.ts';
import { pieces } from '../../museum/pieces.ts';
import type { Example } from './example.ts';
import { oneFile } from './one-file.ts';

const MUSEUM = join(root, 'demos/museum');
/** What a piece exports in front of its program, and behind it. */
const BEFORE = /^export const title = [\s\S]*?\n};\n\n/m;
const BEHIND = /^export const broken = [\s\S]*$/m;
/** Its test of the result, if it has one. */
const CHECK = /^  check: ([\s\S]*?),\n\} as const;/m;
const MAIN = 'export const main = () => program(false); // with true: the one that is mended\n';

const NOTE = {
  compared: {
    en: 'The piece compares three processes. This is the program of one of them, the one on treadle: it is told.',
    zh: '这一件比较的是三个进程。这里是其中用 treadle 写的那一个：它会得到报告。',
  },
};

export function museumExamples(): Example[] {
  const files = readdirSync(MUSEUM).filter((file) => /^\d\d-/.test(file));
  return pieces.map((piece, index) => exampleOf(piece, index + 1, files[index] as string));
}

function exampleOf(piece: ExploredPiece | ComparedPiece, number: number, file: string): Example {
  const { title, story } = piece;
  const about = story.wanted.replace(/\s+/g, ' ');
  const example = {
    id: `museum-${number}`,
    from: 'museum',
    number,
    title: { en: title, zh: title },
    about: { en: about, zh: about },
  } as const;
  if ('programs' in piece) {
    const program = piece.programs.find(({ about }) => about === 'treadle')?.file as string;
    return { ...example, note: NOTE.compared, code: read(program), run: {}, opensAt: 'fatal' };
  }
  return { ...example, note: undefined, code: programOf(file), run: { schedule: piece.schedule }, opensAt: 'fatal' };
}

function programOf(file: string): string {
  const source = read(file);
  const [, check] = CHECK.exec(source) ?? [];
  const test = check === undefined ? '' : `export const check = ${check.replace(/^ {2}/gm, '')};\n`;
  const program = source.replace(BEFORE, '').replace(BEHIND, () => MAIN + test);
  if (!BEFORE.test(source) || !BEHIND.test(source))
    throw new Error(`demos/museum/${file} is not written like the other pieces: where is its program?`);
  return oneFile(program, read);
}

function read(file: string): string {
  return readFileSync(join(MUSEUM, file), 'utf8');
}
