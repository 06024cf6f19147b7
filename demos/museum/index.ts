// The museum of bugs: twelve small programs, each with a fault that really happened.
import { main } from 'treadle';
import { options } from '../support/options.ts';
import { ScheduleError } from 'treadle/testing';
import type { ExploredPiece } from './piece.ts';
import { pieces } from './pieces.ts';
import { compare } from './compare.ts';
import { inLanguage, languages, words } from './language.ts';
import type { Language } from './language.ts';
import { show, showReplay } from './show.ts';
import { padded } from './story.ts';

export const summary = 'twelve bugs that really happened: found, explained, mended';
export const help = `
Without a number it lists them. With one it tells what happened, explores the
program with the fault until a schedule kills it, shows that schedule as a
table beside the line that mends the program, and explores the mended one.

  node demos museum      the list
  node demos museum 3    the third piece

  --replay SCHEDULE   runs the program with the fault once more, in the order
                      that was found and printed before
  --language zh       what is told of it in Chinese (en)

Piece 11 is about how a process ends. It runs three processes instead.
`;

export default function (argv: string[]): void {
  const number = /^-/.test(argv[0] ?? '-') ? undefined : argv[0];
  if (number !== undefined) argv = argv.slice(1);
  const { replay, language } = options(argv, { replay: '', language: 'en' });
  if (!isLanguage(language)) return complain(`There is no language ${language}: it is ${languages.join(' or ')}`);
  if (number === undefined) {
    if (replay !== '') return complain('--replay needs the number of a piece');
    return list(language);
  }
  const piece = /^\d{1,2}$/.test(number) ? pieces[Number(number) - 1] : undefined;
  if (piece === undefined) return complain(`There is no piece ${number}: node demos museum lists the twelve`);
  if ('programs' in piece) {
    if (replay !== '') return complain(`Piece ${number} has no schedules`);
    main(compare(Number(number), piece, language));
  } else if (replay === '') show(Number(number), piece, language);
  else replayOrComplain(piece, replay, language);
}

const isLanguage = (name: string): name is Language => (languages as readonly string[]).includes(name);

function replayOrComplain(piece: ExploredPiece, schedule: string, language: Language): void {
  try {
    showReplay(piece, schedule, language);
  } catch (error) {
    if (!(error instanceof ScheduleError)) throw error;
    complain(error.message);
  }
}

function list(language: Language): void {
  console.log(`${words[language].museum}\n`);
  for (const [index, piece] of pieces.entries()) {
    const { title, project } = inLanguage(index + 1, piece, language);
    console.log(`  ${String(index + 1).padStart(2)}  ${padded(title, 48)}  ${project}`);
  }
}

function complain(what: string): void {
  console.error(what);
  process.exitCode = 2;
}
