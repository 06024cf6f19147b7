// The languages of the museum: what the demo says around a piece, and the piece itself in that language. It needs
// nothing of Node, so that a page can use it.
import { chinese } from './chinese.ts';
import type { Piece } from './piece.ts';

export type Language = 'en' | 'zh';
export const languages: readonly Language[] = ['en', 'zh'];

/** All that is said around the pieces. */
export interface Words {
  readonly museum: string;
  piece(number: number, title: string): string;
  readonly wanted: string;
  readonly killedBy: string;
  readonly because: string;
  readonly mended: string;
  readonly inTreadle: string;
  /** Said when the English texts have changed since. */
  readonly behind: string;
  exploring(strategy: string, seed: number): string;
  nothingFound(runs: number): string;
  kills(run: number, most: number): string;
  shrunk(switches: number): string;
  line(place: string): string;
  readonly sameProgram: string;
  readonly withLine: string;
  stillFails(error: string): string;
  survivesAll(runs: number): string;
  survives(runs: number): string;
  readonly again: string;
  readonly processes: string;
  readonly exitCode: string;
  readonly endedWell: string;
}

const english: Words = {
  museum: 'The museum of bugs (node demos museum NUMBER shows one)',
  piece: (number, title) => `Piece ${number}: ${title}`,
  wanted: 'What the program wants',
  killedBy: 'What kills it',
  because: 'Why',
  mended: 'How it was mended',
  inTreadle: 'In treadle',
  behind: '',
  exploring: (strategy, seed) => `Exploring (${strategy}, seed ${seed})`,
  nothingFound: (runs) => `Nothing was found in ${runs} schedules.`,
  kills: (run, most) => `Schedule ${run} of at most ${most} kills it:`,
  shrunk: (switches) =>
    `The order of the steps, shrunk: ${switches === 1 ? 'one step is' : `${switches} steps are`} out of the usual order (*)`,
  line: (place) => `The line that mends it, ${place}`,
  sameProgram: '(the program that died is the same one, with mended = false)',
  withLine: 'With that line',
  stillFails: (error) => `It still fails: ${error}`,
  survivesAll: (runs) => `all ${runs} schedules that there are, and none kills it.`,
  survives: (runs) => `${runs} schedules, and none kills it.`,
  again: 'To see it die again',
  processes: 'Three processes. Nothing is explored here: every schedule ends like this',
  exitCode: 'exit code',
  endedWell: 'The program ended well.',
};

const zh: Words = {
  museum: 'bug 博物馆（node demos museum NUMBER --language zh 看其中一件）',
  piece: (number, title) => `第 ${number} 件：${title}`,
  wanted: '程序想做什么',
  killedBy: '什么顺序让它出错',
  because: '为什么',
  mended: '后来怎样修好的',
  inTreadle: '在 treadle 里',
  behind: '（英文版后来改过，这里还没有跟上。）',
  exploring: (strategy, seed) => `探索（策略 ${strategy}，种子 ${seed}）`,
  nothingFound: (runs) => `试了 ${runs} 种执行顺序，没有找到。`,
  kills: (run, most) => `最多试 ${most} 种执行顺序，第 ${run} 种就让它出错：`,
  shrunk: (switches) => `各步的先后，已经缩小：与平常的顺序相比，有 ${switches} 步换了位置（*）`,
  line: (place) => `修好它的那一行，${place}`,
  sameProgram: '（出错的是同一个程序，只是 mended = false）',
  withLine: '加上这一行之后',
  stillFails: (error) => `仍然出错：${error}`,
  survivesAll: (runs) => `全部 ${runs} 种执行顺序都试过，没有一种出错。`,
  survives: (runs) => `试了 ${runs} 种执行顺序，没有一种出错。`,
  again: '想再看它出错一次',
  processes: '三个进程。这里不用探索，什么顺序都是这样结束',
  exitCode: '退出码',
  endedWell: '程序正常结束了。',
};

export const words: Record<Language, Words> = { en: english, zh };

/** The texts of a piece, the first being number 1, in this language. */
export function inLanguage(number: number, piece: Piece, language: Language): Piece & { readonly behind: boolean } {
  const { title, project, history, story } = piece;
  const own = language === 'zh' ? chinese[number - 1] : undefined;
  if (own === undefined) return { title, project, history, story, behind: false };
  return {
    title: own.title,
    project: own.project,
    history: history.map(({ name, url }, i) => ({ name: own.history[i] ?? name, url })),
    story: {
      wanted: flowing(own.story.wanted),
      killedBy: flowing(own.story.killedBy),
      because: flowing(own.story.because),
      mended: flowing(own.story.mended),
      inTreadle: flowing(own.story.inTreadle),
    },
    behind: own.behind ?? false,
  };
}

/** The text in one line. Between Chinese characters and marks there is no space. */
function flowing(text: string): string {
  return text.trim().replace(/(.)\s*\n\s*(.)/gu, (_, before: string, after: string) => {
    return isWide(before) || isWide(after) ? before + after : `${before} ${after}`;
  });
}

/** Whether a character takes two columns of a terminal: Chinese ones, and the marks among them. */
export const isWide = (character: string): boolean =>
  /[\p{Script=Han}\u3000-\u303f\uff00-\uff60“”‘’—…]/u.test(character);
