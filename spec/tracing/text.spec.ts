// The timeline as text.
import { runSync, sleep, spawn } from 'treadle';
import type { Coroutine } from 'treadle';
import { Recorder, toText } from 'treadle/tracing';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { columns, cutTo } from '../../lib/tracing/names.ts';
import { recorded, wildly } from './world.ts';

const test = suite('toText');

test('draws what each task did, below its owner, with an axis and a legend', () => {
  assert.is(
    toText(recorded(), { columns: 61 }),
    [
      '           │0 ms              │20 ms              │40 ms',
      'main       ····················-----------------------------✓',
      '  locked   ====================··········✓',
      '  failing  ······························✗',
      '  cleaning ······························%%%%%%%%%%%%%%%%%%%/',
      '',
      '· waits for a time   - for other tasks',
      '= for what tasks share   % cleans up   ✓ succeeded   ✗ failed',
      '/ cancelled',
      '',
    ].join('\n'),
  );
});

test('no line is wider than the terminal, whatever the names', () => {
  for (const width of [40, 80, 133]) {
    const lines = toText(recorded(wildly), { columns: width }).split('\n');
    for (const line of lines) {
      assert.ok(columns(line) <= width, line);
      assert.not.match(line, /[\u0000-\u001f\u2028]/);
      assert.not.match(line, /\p{Surrogate}/u);
    }
    assert.is(lines.filter((line) => line.endsWith('✓')).length, 13);
  }
});

test('of many tasks those are shown that fit, and the others are counted', () => {
  function* main(): Coroutine<void> {
    for (let i = 0; i < 100; i++) yield* spawn(sleep(i), { name: `task ${i}` });
  }
  const text = toText(recorded(main), { rows: 10 });
  assert.match(text, /^\.\.\. and 91 more tasks$/m);
  assert.match(text, /^ {2}task 99 /m);
  assert.not.match(text, /task 5\b/);
});

test('a task that goes on ends in an arrow', () => {
  const recorder = new Recorder();
  let text = '';
  runSync(
    (function* () {
      yield* sleep(10);
      text = toText(recorder.recording());
    })(),
    { instruments: [recorder] },
  );
  assert.match(text, /^main ·+>$/m);
  assert.match(text, /> goes on/);
});

test('nothing was recorded: it says so', () => {
  assert.is(toText(new Recorder().recording()), 'no tasks were recorded\n');
});

test('options that are none are refused', () => {
  assert.throws(
    () => toText(recorded(), { columns: 10 }),
    /the option columns takes a number of columns of 40 or more/,
  );
  assert.throws(() => toText(recorded(), { rows: 0 }), /the option rows/);
});

test('wide characters take two columns, and are not cut in half', () => {
  assert.equal(['abc', '汉字', '🧵', 'e\u0301'].map(columns), [3, 4, 2, 1]);
  assert.is(cutTo(4, '汉字汉字'), '汉…');
  assert.is(cutTo(5, '🧵🧵🧵'), '🧵🧵…');
  assert.is(cutTo(5, 'abcde'), 'abcde');
});

test.run();
