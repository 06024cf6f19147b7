// The exercises have teeth: the right answer passes on every engine from its own on and on treadle, and every wrong one
// is refused with a sentence of its own.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { TREADLE } from '../../demos/book/assemble.ts';
import { chapters, withEngines } from '../../demos/book/chapters.ts';
import type { Chapter } from '../../demos/book/chapters.ts';
import { judgeAll } from '../../demos/book/perform.ts';
import { root } from '../support/package.ts';

const LIMIT = 200_000;
const wrongOf = ({ name }: Chapter) =>
  readdirSync(join(root, 'spec/book', name, 'wrong'))
    .sort()
    .map((file) => `spec/book/${name}/wrong/${file}`);

const test = suite('exercises of the book');

for (const chapter of chapters) {
  test(`${chapter.number}: every wrong answer is refused, with a sentence of its own, and so is the untouched file`, async () => {
    const wrong = wrongOf(chapter);
    assert.ok(wrong.length >= 5, `only ${wrong.length} wrong answers`);
    const answers = [...wrong, chapter.file('exercise.ts')];
    const { verdicts } = await run(judgeAll(chapter, answers, chapter.engine, LIMIT));
    assert.equal(
      answers.filter((_, i) => verdicts[i]!.kind !== 'wrong'),
      [],
    );
    for (const [i, { sentence }] of verdicts.entries()) {
      assert.match(sentence, /^[A-Z'].*\.$/, answers[i]);
      assert.ok(sentence.length < 250, `${answers[i]}: ${sentence}`);
    }
  });

  test(`${chapter.number}: the right answer passes, on every engine from its own on and on treadle`, async () => {
    const newest = withEngines.at(-1)!;
    // Its own, the newest one, and treadle.
    for (const engine of new Set([chapter.engine, ...(chapter.engine === TREADLE ? [] : [newest.engine]), TREADLE])) {
      const { verdicts } = await run(judgeAll(chapter, [`spec/book/${chapter.name}/right.ts`], engine, LIMIT));
      assert.equal(verdicts, [{ kind: 'right', sentence: '' }], engine);
    }
  });
}

test.run();
