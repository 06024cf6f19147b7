// Shows a piece whose fault is how a process ends: runs its programs, and puts their exit codes side by side.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { coroutine, map, suspend } from 'treadle';
import type { ComparedPiece, ComparedProgram } from './piece.ts';
import { words } from './language.ts';
import type { Language } from './language.ts';
import { heading, tell } from './story.ts';

export interface Ended {
  readonly about: string;
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** Runs one of the programs to its end. It is killed when this is cancelled. */
export const runProgram = coroutine('runProgram', function* ({ file, about }: ComparedProgram) {
  const path = fileURLToPath(new URL(file, import.meta.url));
  return yield* suspend<Ended>((resume) => {
    const child = execFile(process.execPath, [path], (failure, out, error) => {
      resume({ about, code: failure === null ? 0 : Number(failure.code), out, error });
    });
    return () => child.kill();
  });
});

export const compare = coroutine('compare', function* (number: number, piece: ComparedPiece, language: Language) {
  tell(number, piece, language);
  heading(`${words[language].processes}\n`);
  const ended = yield* map(piece.programs, runProgram, { concurrency: 3 });
  for (const { about, code, out, error } of ended) {
    console.log(`  ${words[language].exitCode} ${String(code).padEnd(4)} ${about}`);
    // Node names a file with its whole path, which may be long.
    const said = `${out}${error}`.trim().replaceAll(new URL('silent-end/', import.meta.url).href, '');
    for (const line of said.split('\n')) console.log(`      ${line}`);
  }
});
