// `node demos cancel` as a person runs it.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { demo, plainDemo, type Line, succeeded, timeOf } from '../../support/demo.ts';

const test = suite('demo cancel');

const closing = ['free the buffers', 'roll it back', 'close the connection'].flatMap((what) => [
  `  ${what} ...`,
  `  ${what}: done`,
]);

test('every clean-up whole, from the inside out, no catch and no code after it', async () => {
  const ended = await demo('cancel --delay 600 --pause 100');
  succeeded(ended);
  assert.equal(ended.texts.slice(1, 4), ['connect', 'begin the transaction', 'insert row 1']);
  const asked = ended.texts.findIndex((text) => text.startsWith('cancel <Task #2 import waiting on sleep(400)'));
  const end = ended.texts.findIndex((text) => text.startsWith('A cancellation that comes when'));
  assert.equal(ended.texts.slice(asked + 1, end), [
    ...closing,
    "now it is <Task #2 import cancelled: 'too late'>",
    "join throws CancelledError: <Task #2 import cancelled: 'too late'>",
  ]);
  assert.not.match(ended.out, 'NEVER');
  assert.ok(timeOf(ended, 'cancel <Task') >= 599);
  for (let i = asked + 1; i <= asked + closing.length; i += 2) {
    const [begun, done] = ended.lines.slice(i, i + 2) as [Line, Line];
    assert.ok(done.time - begun.time >= 99, ended.out);
  }
});

test('a clean-up that is under way when the cancellation comes is cut in a finally block, and whole in ensure', async () => {
  const ended = await plainDemo('cancel --delay 0 --pause 100');
  succeeded(ended);
  const end = ended.texts.findIndex((text) => text.startsWith('A cancellation that comes when'));
  assert.equal(
    ended.texts.slice(end + 1).map((text) => text.replace(/<.*>/, '<task>')),
    [
      'work',
      '  clean up in a finally block ...',
      'cancel <task>',
      'work',
      '  clean up in ensure ...',
      'cancel <task>',
      '  clean up in ensure: done',
    ],
  );
});

test('Ctrl-C and SIGTERM run the same clean-ups; exit codes 130 and 143', async () => {
  for (const [signal, expected] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    let sent = false;
    const ended = await plainDemo('cancel --delay 20000 --pause 50', (out, { child }) => {
      if (!sent && out.includes('insert row 1')) sent = child.kill(signal);
    });
    assert.is(ended.code, expected);
    assert.is(ended.err, '');
    assert.equal(ended.texts.slice(-closing.length), closing);
    assert.not.match(ended.out, 'NEVER');
  }
});

test('a second Ctrl-C does not wait for the clean-ups', async () => {
  let sent = 0;
  const ended = await plainDemo('cancel --delay 20000 --pause 20000', (out, { child }) => {
    for (const [i, text] of ['insert row 1', 'free the buffers ...'].entries()) {
      if (sent === i && out.includes(text)) sent += Number(child.kill('SIGINT'));
    }
  });
  assert.is(ended.code, 130);
  assert.not.match(ended.out, 'free the buffers: done');
});

test.run();
