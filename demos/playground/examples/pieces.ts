// The examples of the museum: each piece's program with its fault, under the schedule that kills it. What a piece says
// about itself is left out of its source: the page has it beside the code. Node only. Relies on the pieces.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../book/assemble.ts';
import { inLanguage, words } from '../../museum/language.ts';
import type { ComparedPiece, ExploredPiece } from '../../museum/piece.ts';
import { pieces } from '../../museum/pieces.ts';
import type { Example, Text } from './example.ts';
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
  const [en, zh] = [inLanguage(number, piece, 'en'), inLanguage(number, piece, 'zh')];
  const example = {
    id: `museum-${number}`,
    from: 'museum',
    number,
    title: { en: en.title, zh: zh.title },
    about: { en: inOneLine(en.story.wanted), zh: inOneLine(zh.story.wanted) },
  } as const;
  if ('programs' in piece) {
    const program = piece.programs.find(({ about }) => about === 'treadle')?.file as string;
    return { ...example, note: NOTE.compared, code: read(program), run: {}, opensAt: 'fatal' };
  }
  return { ...example, note: undefined, code: programOf(file), run: { schedule: piece.schedule }, opensAt: 'fatal' };
}

/** What is told of each piece, as Markdown: its heading, and the five parts of its story. */
export function museumTexts(): readonly { readonly id: string; readonly text: Text }[] {
  return pieces.map((piece, index) => ({
    id: `museum-${index + 1}`,
    text: { en: told(index + 1, piece, 'en'), zh: told(index + 1, piece, 'zh') },
  }));
}

function told(number: number, piece: ExploredPiece | ComparedPiece, language: 'en' | 'zh'): string {
  const { title, project, history, story, behind } = inLanguage(number, piece, language);
  const said = words[language];
  const links = history.map(({ name, url }) => `[${name}](${url})`).join(' · ');
  const parts = (['wanted', 'killedBy', 'because', 'mended', 'inTreadle'] as const).map(
    (part) => `## ${said[part]}\n\n${inOneLine(story[part])}\n`,
  );
  return [`# ${number}. ${title}\n`, `*${project}* · ${links}\n`, behind ? `*${said.behind}*\n` : '', ...parts].join(
    '\n',
  );
}

/** Line breaks in a text of the museum mean nothing. */
function inOneLine(text: string): string {
  return text.trim().replace(/\s+/g, ' ');
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
