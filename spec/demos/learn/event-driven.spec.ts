// `node demos event-driven` as a person runs it.
import { existsSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { demo, succeeded, timeOf, type Watch, runProgram } from '../../support/demo.ts';

const test = suite('demo event-driven');

test('without a terminal a timer types; a slow handler does not hold up the others', async () => {
  const ended = await demo('event-driven --keys hsc?q --delay 40');
  succeeded(ended);
  const slow = (text: string) => text.startsWith('slow');
  assert.equal(
    ended.texts.filter((text) => !slow(text)),
    [
      'A timer types "hsc?q".',
      'hello',
      'count: 1',
      'no handler for "?": h greets, c counts, s is slow, q quits',
      'quit',
      'no more events: you pressed q',
    ],
  );
  assert.equal(ended.texts.filter(slow), [
    'slow: begins; meanwhile, other keys are handled',
    'slow: done',
    'slow: cleans up',
  ]); // it was waited for
  assert.ok(timeOf(ended, 'count: 1') < timeOf(ended, 'slow: done'), ended.out);
  assert.ok(timeOf(ended, 'slow: done') - timeOf(ended, 'slow: begins') >= 999, ended.out);
});

test('when nobody quits, time does', async () => {
  const ended = await demo('event-driven --keys h --delay 20 --limit 300');
  succeeded(ended);
  assert.equal(ended.texts, ['A timer types "h".', 'hello', 'no more events: nobody pressed q for 300 ms']);
  assert.ok(timeOf(ended, 'no more events') >= 299, ended.out);
});

/** Presses each key when the text has been printed that it waits for. */
function typing(keys: readonly (readonly [after: string, key: string])[]): Watch {
  let next = 0;
  return (out, { child }) => {
    for (let key; (key = keys[next]) && out.includes(key[0]); next++) child.stdin!.write(key[1]);
  };
}

const CTRL_C = '\x03';

test('keys of a terminal, which is given back as it was, also after Ctrl-C', async () => {
  // A pipe that says that it is a terminal, and tells what is done to it.
  const terminal =
    "process.stdin.isTTY = true; process.stdin.setRawMode = (on) => (console.log('raw', on), process.stdin)";
  const env = {
    NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} --import=data:text/javascript,${encodeURIComponent(terminal)}`,
  };
  const type = (...keys: [string, string][]) => demo('event-driven', typing(keys), { stdin: 'pipe', env });
  const start = ['raw true', 'Press keys: h greets, c counts, s is slow, q quits.'];

  const [quit, interrupted] = await Promise.all([
    type(['Press keys', 'hx'], ['no handler', 'c'], ['count: 1', 'q']),
    type(['Press keys', 's'], ['slow: begins', CTRL_C]),
  ]);
  succeeded(quit);
  assert.equal(quit.texts, [
    ...start,
    'hello',
    'no handler for "x": h greets, c counts, s is slow, q quits',
    'count: 1',
    'quit',
    'no more events: you pressed q',
    'raw false',
  ]);
  assert.is(interrupted.err, '');
  assert.is(interrupted.code, 130);
  assert.equal(interrupted.texts.slice(0, 3), [...start, 'slow: begins; meanwhile, other keys are handled']);
  assert.equal(interrupted.texts.slice(3).sort(), ['raw false', 'slow: cleans up']);
});

test('a real terminal, where the system can make one, has its lines and echo back', async () => {
  // Without script(1) of util-linux there is no terminal to be had, and the spec above has to do.
  if (process.platform !== 'linux' || !existsSync('/usr/bin/script')) return;
  const settings = "stty -a | tr ' ;' '\\n\\n' | grep -xE -e '-?(icanon|echo|isig)' | sort | tr '\\n' ' '; echo";
  const shell = `echo before; ${settings}; "${process.execPath}" demos event-driven; echo "code $?"; ${settings}`;
  for (const [key, code] of [
    ['q', 0],
    [CTRL_C, 130],
  ] as const) {
    const run = await runProgram(
      '/usr/bin/script',
      ['-qec', shell, '/dev/null'],
      typing([
        ['Press keys', 'h'],
        ['hello', key],
      ]),
      { stdin: 'pipe' },
    );
    const texts = run.out
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter(Boolean);
    assert.is(texts[1], 'echo icanon isig', run.out);
    assert.match(run.out, 'hello');
    assert.equal(texts.slice(-2), [`code ${code}`, texts[1]], run.out);
  }
});

test.run();
