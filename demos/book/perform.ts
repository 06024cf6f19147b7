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
  readonly code: number | null;
  /** Why it was ended from outside: it took too long, or printed too much. */
  readonly stopped: string | undefined;
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
    let stopped: string | undefined;
    const stop = (why: string) => {
      stopped = why;
      child.kill('SIGKILL');
    };
    for (const [i, stream] of child.stdio.entries())
      if (stream && 'setEncoding' in stream)
        stream.setEncoding('utf8').on('data', (text: string) => {
          texts[i] += text;
          // A program that prints without an end must not fill the memory.
          if (texts[i]!.length > 1_000_000) stop('It printed more than a million characters, and was ended');
        });
    const timer = setTimeout(() => stop(`It did not end within ${limit / 1_000} seconds`), limit);
    child.on('error', fail);
    child.on('close', (code) => {
      clearTimeout(timer);
      resume({ code, stopped, out: texts[1]!, err: texts[2]!, report: texts[3]! });
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
export function printed({ code, stopped, out, err }: Ended): string {
  if (code === 0) return out;
  if (stopped !== undefined) return `${out}${stopped}.\n`;
  const error = /^(?:\w*Error\b.*|Uncaught .*)$/m.exec(err)?.[0] ?? err.trim();
  return `${out}Uncaught ${error}\n`;
}

/**
 * Has answers judged, on the engine of their chapter or on another one. Gives the verdicts, and what the answers have
 * printed. Throws a `JudgeError` when one of them never ends.
 */
export function* judgeAll(chapter: Chapter, answers: readonly string[], engine: string, limit: number) {
  const text = `
    import * as engine from './engine.ts';
    import { check } from ${JSON.stringify(join(root, `spec/book/${chapter.name}/check.ts`))};
    import { judge, tell } from ${JSON.stringify(join(root, 'demos/book/judge.ts'))};
    ${answers.map((file, i) => `import * as answer${i} from ${JSON.stringify(resolve(root, file))};`).join('\n')}
    tell([${answers.map((_, i) => `answer${i}`).join()}].map((answer) => judge(() => check(answer, engine))));
  `;
  const { code, stopped, out, err, report } = yield* perform({ entry: chapter.name, engine, text }, limit);
  if (report) return { verdicts: JSON.parse(report) as Verdict[], out };
  const error = /^\w*Error\b.*$/m.exec(err)?.[0];
  throw new JudgeError(
    stopped !== undefined ?
      `${stopped}: somewhere it goes round for ever.`
    : `It could not be run: ${error ?? `exit code ${code}`}.`,
    out.slice(0, 2_000),
  );
}

/** There is no verdict, because the answer has ended the judge. */
export class JudgeError extends Error {
  /** What the answer had printed. */
  readonly out: string;

  constructor(message: string, out: string) {
    super(message);
    this.out = out;
  }
}

/** Has one answer judged. */
export function* judgeAnswer(chapter: Chapter, answer: string, engine: string, limit: number) {
  try {
    const { verdicts, out } = yield* judgeAll(chapter, [resolve(answer)], engine, limit);
    return { ...(verdicts[0] as Verdict), out };
  } catch (error) {
    if (!(error instanceof JudgeError)) throw error;
    return { kind: 'wrong', sentence: error.message, out: error.out } as const;
  }
}
