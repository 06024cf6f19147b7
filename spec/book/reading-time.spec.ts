// The table of the book says how long each chapter takes to read.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { chapters } from '../../demos/book/chapters.ts';
import { read, root } from '../support/package.ts';

const WORDS_A_MINUTE = 150;
/** In Chinese, where a word of Latin letters takes as long as an English one. */
const CHARACTERS_A_MINUTE = 240;
const SECONDS_A_LINE = 2;

/** In minutes: the prose read aloud, and a glance at each line of code and of output. */
function readingTime(text: string): number {
  let lines = 0;
  const prose = text
    .replaceAll(/^```.*\n([^]*?)^```$/gm, (_, code: string) => {
      lines += code.split('\n').filter((line) => line.trim()).length;
      return '';
    })
    .replaceAll(/\]\([^)]*\)/g, ''); // where a link leads to is not read aloud
  const characters = prose.match(/\p{Script=Han}/gu)?.length ?? 0;
  const words = prose
    .replace(/\p{Script=Han}+/gu, ' ')
    .split(/\s+/)
    .filter((word) => /\w/.test(word)).length;
  return words / WORDS_A_MINUTE + characters / CHARACTERS_A_MINUTE + (lines * SECONDS_A_LINE) / 60;
}

const test = suite('reading time of the book');

test('counts words and lines of code, but no link and no empty line', () => {
  const words = 'word '.repeat(WORDS_A_MINUTE - 1);
  assert.is(readingTime(`${words} | [word](a-link.md) |`), 1);
  assert.is(readingTime(`${'一个字'.repeat(CHARACTERS_A_MINUTE / 3)} ${words} word`), 2);
  assert.is(readingTime(`${words} word\n\n\`\`\`ts\n${'code in a line\n\n'.repeat(30)}\`\`\`\n`), 2);
});

/** What the table of a book says of its chapters, and how long they really take. */
function wrongIn(folder: string, unit: string): string[] {
  const table = read(`${folder}/README.md`).matchAll(
    new RegExp(`\\]\\((\\d\\d-[\\w-]+)\\.md\\) \\|.*\\| (\\d+) ${unit} \\|$`, 'gm'),
  );
  const said = new Map([...table].map(([, name = '', minutes]) => [name, Number(minutes)]));
  return chapters
    .filter(({ name }) => existsSync(join(root, folder, `${name}.md`)))
    .map(({ name }) => ({ name, said: said.get(name), now: readingTime(read(`${folder}/${name}.md`)) }))
    .filter((one) => !(Math.abs((one.said ?? NaN) - one.now) <= 2))
    .map((one) => `${one.name}: ${one.said} ${unit}, but ${one.now.toFixed(1)}`);
}

test('is in the table for every chapter, within two minutes', () => {
  assert.equal(wrongIn('docs/book', 'min'), []);
});

test('is in the Chinese table for every chapter that is there in Chinese', () => {
  assert.equal(wrongIn('docs/zh/book', '分钟'), []);
});

test.run();
