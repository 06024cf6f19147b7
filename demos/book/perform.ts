// Runs what was assembled, each in a process of its own: a program of the book, and the judge of an answer.
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { suspend } from 'treadle';
import { assemble, root } from './assemble.ts';
import type { Parts } from './assemble.ts';
import type { Chapter } from './chapters.ts';
import type { Verdict } from './judge.ts';

export interface Ended {
  /** Undefined when it was ended, because it did not end by itself. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  /** What it has written to descriptor 3. */
  readonly report: string;
}

/** Runs Node on a file, for at most `limit` milliseconds. Cancellation kills the process. */
function start(file: string, limit: number) {
  return suspend<Ended>((resume, fail) => {
    const child = spawn(process.execPath, [file], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    const texts = ['', '', '', ''];
    for (const [i, stream] of child.stdio.entries())
      if (stream && 'setEncoding' in stream)
        stream.setEncoding('utf8').on('data', (text: string) => {
          texts[i] += text;
          // A program that prints without an end must not fill the memory.
          if (texts[i]!.length > 1_000_000) child.kill('SIGKILL');
        });
    const timer = setTimeout(() => child.kill('SIGKILL'), limit);
    child.on('error', fail);
    child.on('close', (code) => {
      clearTimeout(timer);
      resume({ code, out: texts[1]!, err: texts[2]!, report: texts[3]! });
    });
    return () => {
      clearTimeout(timer);
      child.kill('SIGKILL');
    };
  });
}

/** Assembles a program and runs it. */
export function* perform(parts: Parts, limit = 30_000) {
  const path = yield* assemble(parts);
  try {
    return yield* start(path, limit);
  } finally {
    rmSync(path, { force: true });
  }
}

/** What a run printed. An error that nobody caught is its last line: `Uncaught TypeError: ...`. */
export function printed({ code, out, err }: Ended): string {
  if (code === 0) return out;
  if (code === null) return `${out}It did not end.\n`;
  const error = /^(?:\w*Error\b.*|Uncaught .*)$/m.exec(err)?.[0] ?? err.trim();
  return `${out}Uncaught ${error}\n`;
}

/** Has answers judged, on the engine of their chapter or on another one. Throws when one of them never ends. */
export function* judgeAll(chapter: Chapter, answers: readonly string[], engine: string, limit: number) {
  const text = `
    import * as engine from './engine.ts';
    import { check } from ${JSON.stringify(join(root, `spec/book/${chapter.name}/check.ts`))};
    import { judge, tell } from ${JSON.stringify(join(root, 'demos/book/judge.ts'))};
    ${answers.map((file, i) => `import * as answer${i} from ${JSON.stringify(resolve(root, file))};`).join('\n')}
    tell([${answers.map((_, i) => `answer${i}`).join()}].map((answer) => judge(() => check(answer, engine))));
  `;
  const { code, err, report } = yield* perform({ entry: chapter.name, engine, text }, limit);
  if (report) return JSON.parse(report) as Verdict[];
  const error = err.split('\n').find((line) => /Error/.test(line));
  throw new JudgeError(
    code === null ?
      `It did not end within ${limit / 1_000} seconds: somewhere it waits, or goes round, for ever.`
    : `It could not be run: ${error ?? `exit code ${code}`}`,
  );
}

/** There is no verdict, because the answer has ended the judge. */
export class JudgeError extends Error {}

/** Has one answer judged. */
export function* judgeAnswer(chapter: Chapter, answer: string, engine: string, limit: number) {
  try {
    const [verdict] = yield* judgeAll(chapter, [resolve(answer)], engine, limit);
    return verdict as Verdict;
  } catch (error) {
    if (!(error instanceof JudgeError)) throw error;
    return { kind: 'wrong', sentence: error.message } as Verdict;
  }
}
