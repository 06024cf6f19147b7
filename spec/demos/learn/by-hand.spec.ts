// `node demos by-hand` as a person runs it.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { demo, succeeded } from '../../support/demo.ts';

const test = suite('demo by-hand');

test('next, throw and return, with both sides of the conversation', async () => {
  const start = performance.now();
  const ended = await demo('by-hand');
  succeeded(ended);
  assert.ok(performance.now() - start < 30_000, 'nobody sleeps');
  const expected = [
    'breakfast() -> Object [Generator] {}',
    '| I start, but only at the first next()',
    ".next() -> { value: 'Tea or coffee?', done: false }",
    '| I was sent "coffee"',
    '.next("coffee") -> { value: \'With milk?\', done: false }',
    '| I caught "no milk" and carry on',
    '.throw(new Error("no milk")) -> { value: \'Anything else?\', done: false }',
    '| return() was called: I clean up in `finally`',
    '.return("closed") -> { value: \'closed\', done: true }',
    '.next() -> { value: undefined, done: true }',
  ];
  const texts = ended.texts.map((text) => text.trim().replace(/ +/g, ' '));
  assert.equal(texts.slice(0, expected.length), expected);
  assert.equal(texts.slice(-4), [
    'nap() -> Object [Generator] {}',
    '.next().value -> sleep(60000)',
    'does it equal sleep(60_000)? -> true',
    ".next() -> { value: 'rested', done: true }",
  ]);
  assert.not.match(ended.out, 'never reached');
});

test.run();
