// The table of the book says how long each chapter takes to read.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { chapters } from '../../demos/book/chapters.ts';
import { read } from '../support/package.ts';

const WORDS_A_MINUTE = 150;
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
  const words = prose.split(/\s+/).filter((word) => /\w/.test(word)).length;
  return words / WORDS_A_MINUTE + (lines * SECONDS_A_LINE) / 60;
}

const test = suite('reading time of the book');

test('counts words and lines of code, but no link and no empty line', () => {
  const words = 'word '.repeat(WORDS_A_MINUTE - 1);
  assert.is(readingTime(`${words} | [word](a-link.md) |`), 1);
  assert.is(readingTime(`${words} word\n\n\`\`\`ts\n${'code in a line\n\n'.repeat(30)}\`\`\`\n`), 2);
});

test('is in the table for every chapter, within two minutes', () => {
  const said = new Map(
    [...read('docs/book/README.md').matchAll(/\]\((\d\d-[\w-]+)\.md\) \|.*\| (\d+) min \|$/gm)].map(
      ([, name, minutes]) => [name, Number(minutes)],
    ),
  );
  const wrong = chapters
    .map(({ name, text }) => ({ name, said: said.get(name), now: readingTime(read(text)) }))
    .filter((one) => !(Math.abs((one.said ?? NaN) - one.now) <= 2));
  assert.equal(wrong, [], wrong.map((one) => `${one.name}: ${one.said} min, but ${one.now.toFixed(1)}`).join('\n'));
});

test.run();
