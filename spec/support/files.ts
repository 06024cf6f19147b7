// Files that a program and its workers leave for each other and for the spec.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sleep } from 'treadle';
import type { Coroutine } from 'treadle';

/** A folder of its own, which is gone when this process is. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'treadle-spec-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

let folder: string | undefined;
let files = 0;

/** The name of a file that does not exist yet. */
export const fresh = (): string => join((folder ??= temporaryFolder()), `${++files}`);

export const lines = (file: string): string[] =>
  existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];

/** Waits until the file has the line, and gives all its lines. */
export function* untilLine(file: string, line: string): Coroutine<string[]> {
  while (!lines(file).includes(line)) yield* sleep(5);
  return lines(file);
}
