// `node demos mini` as a person runs it.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { demo, sourceOf, succeeded } from '../../support/demo.ts';

const test = suite('demo mini');

test('the library of 60 lines and treadle print the same', async () => {
  const ended = await demo('mini');
  succeeded(ended);
  const rows = ended.texts.slice(2, -1).map((line) => line.trim().split(/ {2,}/));
  const expected = [
    'main starts them',
    'ping is ready',
    'pong is ready',
    'ping hits ball 1',
    'pong hits ball 2',
    'ping hits ball 3',
    'pong hits ball 4',
    'ping hits ball 5',
    'pong goes, it rains',
    'pong puts the racket away',
    'ping puts the racket away',
    'ping has failed: it rains',
    'pong has hit 2',
    'main ends',
  ];
  assert.equal(
    rows.map(([left]) => left),
    expected,
  );
  assert.equal(
    rows.map(([, right]) => right),
    expected,
  );
  assert.is(ended.texts.at(-1), 'The two columns are the same.');
});

test('its library has 60 lines, without the explanation above it', () => {
  const [library = ''] = /^type Body[^]*?(?=^\/\/ -+$)/m.exec(sourceOf('mini')) ?? [];
  assert.match(library, 'class Coroutine');
  const lines = library.trim().split('\n').length;
  assert.ok(lines <= 62, `${lines} lines`);
});

test.run();
