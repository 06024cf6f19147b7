// Promises accumulate: see promises.ts.
import * as treadle from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { chapters, withEngines } from '../../demos/book/chapters.ts';
import { promises } from './promises.ts';
import type { Engine } from './promises.ts';

/** The engines of the book, and treadle behind them. */
const engines = await Promise.all(
  withEngines.map(async ({ name, file, number }) => ({
    name,
    number,
    engine: (await import(new URL(`../../${file('engine.js')}`, import.meta.url).href)) as Engine,
  })),
);
engines.push({ name: 'treadle', number: Infinity, engine: treadle as unknown as Engine });

const test = suite('promises of the book');

for (const { since, sentence, run, prints } of promises) {
  test(`since chapter ${since}: ${sentence}`, async () => {
    for (const { name, engine } of engines.filter(({ number }) => number >= since)) {
      const printed: unknown[] = [];
      await run(engine, (text) => printed.push(text));
      // An EventLoop of treadle begins when this is over, and there is no timer in these programs.
      await new Promise((resolve) => setTimeout(resolve, 5));
      assert.equal(printed, prints, name);
    }
  });
}

test('every chapter from the first on makes some', () => {
  for (const { number } of chapters)
    assert.ok(
      promises.some(({ since }) => since === number),
      `chapter ${number}`,
    );
});

test.run();
