// The chapters of the book, as they lie in docs/book/: NN-name.md is the text, and NN-name/ has what belongs to it.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, TREADLE } from './assemble.ts';

export interface Chapter {
  readonly number: number;
  /** `02-taking-turns` */
  readonly name: string;
  readonly title: string;
  /** The question that it answers. */
  readonly question: string;
  /** The path of its text, from the root. */
  readonly text: string;
  /** The path of the engine that its programs run on. The last chapter has none of its own, and runs on treadle. */
  readonly engine: string;
  /** The path of a file that belongs to it, from the root. */
  file(name: string): string;
}

function chapterOf(file: string): Chapter {
  const name = file.replace(/\.md$/, '');
  const [heading = '', question = ''] = readFileSync(join(root, 'docs/book', file), 'utf8')
    .split('\n')
    .filter(Boolean);
  const own = `docs/book/${name}/engine.ts`;
  return {
    number: Number(name.slice(0, 2)),
    name,
    title: heading.replace(/^# \d+\. /, ''),
    question: question.replace(/^\*|\*$/g, '').replaceAll('`', ''),
    text: `docs/book/${file}`,
    engine: existsSync(join(root, own)) ? own : TREADLE,
    file: (other) => `docs/book/${name}/${other}`,
  };
}

/** In their order. */
export const chapters: readonly Chapter[] = readdirSync(join(root, 'docs/book'))
  .filter((file) => /^\d\d-[\w-]+\.md$/.test(file))
  .sort()
  .map(chapterOf);

/** Those that have an engine of their own. */
export const withEngines = chapters.filter(({ engine }) => engine !== TREADLE);
