// The book: lists its chapters, runs what belongs to one, and judges answers to the exercises.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { main } from 'treadle';
import { options } from '../support/options.ts';
import { AssemblyError, root, TREADLE } from './assemble.ts';
import { chapters, withEngines } from './chapters.ts';
import type { Chapter } from './chapters.ts';
import { judgeAnswer, perform, printed } from './perform.ts';
import { drawAll } from './pictures/index.ts';

export const summary = 'the book: chapters with programs, failures and exercises';
export const help = `
The book is in docs/book/. It builds an engine like treadle in small steps.

  node demos book                 lists the chapters
  node demos book 2               runs what chapter 2 has: its program, the
                                  failure that it ends in, and that failure
                                  again with the engine of the next chapter
  node demos book check 2 FILE    judges your answer to the exercise
  node demos book draw            draws the pictures anew

  --engine N   runs the chapter's program and failure, or your answer, with
               the engine of chapter N, or with the word treadle. Chapter 12
               has no engine: its programs run on treadle and nothing else
  --limit MS   how long your answer may take to be judged (10000)
`;

/** What the command line asks for makes no sense. */
class Misuse extends Error {}

export default function (argv: string[]): void {
  const words: string[] = [];
  while (argv.length > 0 && !/^-/.test(argv[0]!)) words.push(argv.shift()!);
  const { engine, limit } = options(argv, { engine: '', limit: 10_000 });
  main(book(words, engine, limit));
}

function* book([command, ...rest]: string[], engine: string, limit: number) {
  try {
    if (command === undefined) return list();
    if (command === 'draw') return yield* drawAll();
    if (command === 'check') return yield* check(rest, engine, limit);
    if (rest.length > 0) throw new Misuse(`Only one chapter is shown at a time, not also ${rest.join(' ')}`);
    yield* show(chapterOf(command), engine);
  } catch (error) {
    if (!(error instanceof Misuse || error instanceof AssemblyError)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
}

function chapterOf(number: string | undefined): Chapter {
  const found = chapters.find((chapter) => String(chapter.number) === number);
  if (found) return found;
  const last = chapters.at(-1)?.number;
  throw new Misuse(
    number === undefined ?
      `Which chapter? They are 1 to ${last}: node demos book check 2 FILE`
    : `There is no chapter ${number}: node demos book lists them, 1 to ${last}`,
  );
}

/** The path of the engine that the option names; without it, that of the chapter. */
function engineOf(name: string, { engine, number }: Chapter): string {
  if (name === '') return engine;
  const named = name === 'treadle' ? TREADLE : ownEngineOf(chapterOf(name));
  if (engine === TREADLE && named !== TREADLE)
    throw new Misuse(`Chapter ${number} is about treadle itself, and runs on no other engine: leave out --engine`);
  return named;
}

function ownEngineOf({ engine, number }: Chapter): string {
  if (engine !== TREADLE) return engine;
  const last = withEngines.at(-1)?.number;
  throw new Misuse(`Chapter ${number} has no engine of its own: say --engine treadle, or a chapter from 1 to ${last}`);
}

function list(): void {
  console.log('The book (docs/book/README.md)\n');
  for (const { number, title, question } of chapters)
    console.log(`  ${String(number).padStart(2)}  ${title.padEnd(22)}  ${question}`);
}

function* show(chapter: Chapter, engine: string) {
  const path = engineOf(engine, chapter);
  console.log(`${chapter.number}. ${chapter.title}: ${chapter.question}\n(${chapter.text})`);
  if (chapter.engine === TREADLE) {
    for (const file of shownIn(chapter)) yield* section(chapter, file, path);
    return;
  }
  yield* section(chapter, 'program.ts', path);
  yield* section(chapter, 'failure.ts', path);
  if (engine !== '') return;
  const next = chapters.find(({ number }) => number === chapter.number + 1);
  yield* section(chapter, 'failure.ts', next?.engine ?? TREADLE);
}

/** The programs of a chapter whose output stands in its text, in that order. */
function shownIn({ text }: Chapter): string[] {
  const outputs = readFileSync(join(root, text), 'utf8').matchAll(/^```text output of ([\w-]+\.ts)$/gm);
  return [...new Set([...outputs].map(([, file = '']) => file))];
}

function* section(chapter: Chapter, file: string, engine: string) {
  console.log(`\n---- ${file}, with ${engine}\n`);
  process.stdout.write(printed(yield* perform({ entry: chapter.file(file), engine })));
}

function* check([number, file, ...others]: string[], engine: string, limit: number) {
  const chapter = chapterOf(number);
  if (file === undefined) throw new Misuse(`Which file? node demos book check ${number} FILE`);
  if (others.length > 0) throw new Misuse(`Only one file is judged at a time, not also ${others.join(' ')}`);
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found) throw new Misuse(`There is no file ${file}`);
  if (!found.isFile() || !/\.[mc]?[jt]s$/.test(file))
    throw new Misuse(`${file} is no file of TypeScript or JavaScript`);
  const { kind, sentence, out } = yield* judgeAnswer(chapter, file, engineOf(engine, chapter), limit);
  if (kind === 'no answer') throw new Misuse(`${file} is no answer to exercise ${number}: ${sentence}`);
  process.stdout.write(out); // what the answer itself has printed
  if (kind === 'right') return console.log(`Right. That is exercise ${number}.`);
  console.log(`Not yet. ${sentence}`);
  process.exitCode = 1;
}
