// The examples of the book: for each chapter its program. The engine is treadle, because a program that runs with the
// engine of a chapter runs with treadle as well. Some programs are changed a little; the note says in what. Node only.
//
// Relies on the chapters of demos/book.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../book/assemble.ts';
import { chapters } from '../../book/chapters.ts';
import type { Chapter } from '../../book/chapters.ts';
import { edited } from './edit.ts';
import type { Edit } from './edit.ts';
import type { Example, Text } from './example.ts';
import { oneFile } from './one-file.ts';

interface Change {
  /** The path of the program from the root, if it is not `program.ts`. */
  readonly file?: string;
  readonly edits?: readonly Edit[];
  /** The whole program, if it is put together in another way. */
  readonly code?: string;
  readonly note: Text;
  readonly run?: Example['run'];
  readonly opensAt?: Example['opensAt'];
}

const CHANGES: Readonly<Record<number, (chapter: Chapter) => Change>> = {
  1: () => ({
    edits: [
      ['const talk = breakfast();\n', 'function* main() {\n  const talk = breakfast();\n'],
      ['\nshow(`next()`', '\n  show(`next()`'],
      ["\nshow(`next('coffee')`", "\n  show(`next('coffee')`"],
      ['\nshow(`throw(', '\n  show(`throw('],
      ["talk.return('I must go'));\n", "talk.return('I must go'));\n}\n"],
      ['\nshow(`return(', '\n  show(`return('],
    ],
    note: {
      en: 'The conversation stands in a main here. It is held by hand, so the loop sees one task and one step.',
      zh: '这里把对话放进了 main。对话是手动进行的，所以事件循环只看到一个任务、一步。',
    },
  }),
  2: () => ({
    edits: [
      ['import { EventLoop, yieldNow }', 'import { spawn, yieldNow }'],
      ['const loop = new EventLoop();\n\n', ''],
      ["loop.createTask(dish('jam', 'open the jar'));", "yield* spawn(dish('jam', 'open the jar'));"],
      ["\nloop.createTask(dish('tea'", "\nfunction* main() {\n  yield* spawn(dish('tea'"],
      ["\nloop.createTask(dish('toast'", "\n  yield* spawn(dish('toast'"],
      ["\nloop.createTask(dish('eggs'", "\n  yield* spawn(dish('eggs'"],
      ['loop.runForever();\n', '}\n'],
    ],
    note: {
      en: 'The tasks are started by a main here, with spawn, because the playground makes the loop.',
      zh: '这里由 main 用 spawn 创建任务，因为事件循环由演练场来建。',
    },
  }),
  3: () => ({
    edits: [
      ['const start = performance.now();\n', ''],
      ['const seconds = (performance.now() - start) / 1_000;\n', ''],
      ["console.log(seconds < 10 ? 'The hour took less than 10 seconds.' : `It took ${seconds} seconds.`);\n", ''],
    ],
    note: {
      en: 'The real time is not measured here: it would differ in each run.',
      zh: '这里不测量真实的时间：每次运行都会不同。',
    },
  }),
  5: () => ({
    edits: [
      ['// A chain of a million calls.', '// A chain of twelve calls.'],
      ['length(1_000_000)', 'length(12)'],
    ],
    note: {
      en: 'There are twelve calls here and not a million: each of them is an event to step through.',
      zh: '这里是十二次调用，不是一百万次：每一次都是可以走的一个事件。',
    },
  }),
  9: () => ({
    edits: [
      [
        'for (let turns = 0; turns < 6; turns++) console.log(`${turns} turns: ${runSync(office(turns))}`);\n',
        'console.log(runSync(office(2))); // 0 to 5 turns are worth a look\n',
      ],
    ],
    note: {
      en: 'One run is shown here. The chapter has six, with 0 to 5 turns.',
      zh: '这里只演示一次运行。书里有六次，从 0 到 5 轮。',
    },
  }),
  11: () => ({
    file: 'demos/playground/examples/post-office.ts',
    note: {
      en: 'A simulated post office answers here, and there is no network. The tasks are those of the chapter.',
      zh: '这里由模拟的邮局来答复，没有网络。任务和书里的一样。',
    },
  }),
  12: (chapter) => ({
    code: testedIn(chapter),
    note: {
      en: 'What the chapter tests at its end, under the schedule that nobody had tried. “Find a failing seed” finds one, too.',
      zh: '本章最后测试的那个程序，用的是没有人试过的执行顺序。“找一个出错的种子”也能找到。',
    },
    run: { schedule: storedIn(chapter) },
    opensAt: 'fatal',
  }),
};

export function chapterExamples(): Example[] {
  return chapters.filter((chapter) => existsSync(join(root, chapter.file('program.ts')))).map(exampleOf);
}

function exampleOf(chapter: Chapter): Example {
  const { number, title, question } = chapter;
  const chinese = inChinese(chapter);
  const {
    file = chapter.file('program.ts'),
    edits = [],
    code,
    note,
    run = {},
    opensAt = 'start',
  }: Partial<Change> = CHANGES[number]?.(chapter) ?? {};
  return {
    id: `ch-${number}`,
    from: 'book',
    number,
    title: { en: title, zh: chinese.title ?? title },
    about: { en: question, zh: chinese.question ?? question },
    note,
    code: oneFile(code ?? edited(read(file), edits, file), (name) => read(chapter.file(name))),
    run,
    opensAt,
  };
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

/** The heading of the Chinese chapter, and its question. */
function inChinese({ name }: Chapter): { readonly title?: string | undefined; readonly question?: string | undefined } {
  const file = `docs/zh/book/${name}.md`;
  if (!existsSync(join(root, file))) return {};
  const text = read(file);
  const [, title] = /^# \d+\. (.*)$/m.exec(text) ?? [];
  const [, question] = /^\*(.*)\*$/m.exec(text) ?? [];
  return { title, question: question?.replaceAll('`', '') };
}

/** What chapter 12 explores in its failure.ts: the program, and the check of its result. */
function testedIn(chapter: Chapter): string {
  const file = chapter.file('failure.ts');
  const source = read(file);
  const parts = ['program', 'check'].map((name) => new RegExp(`^const ${name} = .*;$`, 'm').exec(source)?.[0]);
  if (parts[0] === undefined) throw new Error(`${file} has no line const program = ...;`);
  const helpers = source.match(/^import \{.*\} from '\.\/.*';$/gm) ?? [];
  const main = parts.map((part) =>
    part?.replace(/^const (program|check)/, (_, name) => `export const ${name === 'program' ? 'main' : name}`),
  );
  return `${[...helpers, '', ...main].filter((line) => line !== undefined).join('\n')}\n`;
}

/** The schedule that chapter 12 has stored. */
function storedIn(chapter: Chapter): string {
  const file = chapter.file('mended.ts');
  const [, schedule] = /\bstored = '(\w+)'/.exec(read(file)) ?? [];
  if (schedule === undefined) throw new Error(`${file} has no schedule called stored`);
  return schedule;
}
