// Shows a piece: its story, the schedule that kills it, the line that mends it, and that this helps.
import { readdirSync, readFileSync } from 'node:fs';
import { explore, replay } from 'treadle/testing';
import type { Failure } from 'treadle/testing';
import type { ExploredPiece } from './piece.ts';
import { words } from './language.ts';
import type { Language } from './language.ts';
import { heading, tell, wrap } from './story.ts';

/** The mended program is tried with at least so many schedules, or with all that there are. */
export const ENOUGH = 5_000;

export function show(number: number, piece: ExploredPiece, language: Language): void {
  const say = words[language];
  tell(number, piece, language);

  const { find } = piece;
  heading(say.exploring(find.strategy ?? 'random', find.seed ?? 1));
  const { failure, runs } = explore(piece.broken, find);
  if (failure === undefined) return console.log(`  ${say.nothingFound(runs)}`);
  console.log(`  ${say.kills(failure.run, find.runs ?? runs)}\n`);
  showFailure(failure, language);

  const { file, line, lines } = mendingLine(number);
  heading(say.line(`${file}:${line}`));
  console.log(`  ${say.sameProgram}\n`);
  for (const [number, text] of lines)
    console.log(`${number === line ? '>' : ' '} ${String(number).padStart(3)}  ${text}`.trimEnd());

  heading(say.withLine);
  const fixed = explore(piece.fixed, { ...find, strategy: 'exhaustive', runs: ENOUGH });
  if (fixed.failure) return console.log(wrap(say.stillFails(String(fixed.failure.error))));
  console.log(`  ${fixed.complete ? say.survivesAll(fixed.runs) : say.survives(fixed.runs)}`);

  heading(say.again);
  const option = language === 'en' ? '' : ` --language ${language}`;
  console.log(`  node demos museum ${number} --replay ${failure.schedule}${option}`);
}

/** Throws a `ScheduleError` for what is no schedule of this piece. */
export function showReplay({ broken, find }: ExploredPiece, schedule: string, language: Language): void {
  const { failure } = replay(broken, schedule, find);
  if (failure) showFailure(failure, language);
  else console.log(words[language].endedWell);
}

function showFailure({ error, table, switches }: Failure, language: Language): void {
  for (const line of String(error).split('\n')) console.log(`  ${line}`);
  console.log(`\n${words[language].shrunk(switches)}\n`);
  console.log(table);
}

/** A few lines of the piece's source around the one with the comment `// mends it`. */
export function mendingLine(number: number): { file: string; line: number; lines: [number, string][] } {
  const start = `${String(number).padStart(2, '0')}-`;
  const file = readdirSync(new URL('.', import.meta.url)).find((name) => name.startsWith(start)) as string;
  const source = readFileSync(new URL(file, import.meta.url), 'utf8').split('\n');
  const line = source.findIndex((text) => text.includes('// mends it')) + 1;
  const first = Math.max(1, line - 4);
  const shown = source.slice(first - 1, line + 3).map((text) => text.replace(/ *\/\/ mends it$/, ''));
  const indent = Math.min(...shown.filter(Boolean).map((text) => text.search(/\S/)));
  const lines = shown.map((text, index): [number, string] => [first + index, cut(text.slice(indent))]);
  return { file: `demos/museum/${file}`, line, lines };
}

function cut(text: string): string {
  return text.length > 73 ? `${text.slice(0, 70)}...` : text;
}
