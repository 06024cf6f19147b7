// `node demos slow-server` as a person runs it.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { demo, plainDemo, patiently, succeeded } from '../../support/demo.ts';
import type { Ended } from '../../support/demo.ts';

const test = suite('demo slow-server');

test('five answers one after the other take five times as long as together', () =>
  patiently((factor) => demo(`slow-server --delay ${300 * factor}`), look));

function look(ended: Ended, factor: number): void {
  succeeded(ended);
  const answers = ended.texts.filter((text) => text.startsWith('the answer to'));
  const five = [1, 2, 3, 4, 5].map((n) => `the answer to /${n}`);
  assert.equal(answers.slice(0, 5), five);
  assert.equal(answers.slice(5).sort(), five);
  const [slow, quick] = [...ended.out.matchAll(/that took (\d+\.\d+) s/g)].map((match) => Number(match[1])) as [
    number,
    number,
  ];
  assert.ok(slow >= 1.49 * factor && slow < 4 * factor, `${slow} s`);
  assert.ok(quick >= 0.29 * factor && quick < 0.9 * factor, `${quick} s`);
  const [, times] = /(\d+\.\d) times as fast/.exec(ended.out) ?? [];
  assert.ok(Number(times) > 2.5 && Number(times) < 8, `${times} times`);
}

test('Ctrl-C gives up the requests and closes the server', async () => {
  const start = performance.now();
  const { code, out, err } = await plainDemo('slow-server --delay 100000', (soFar, { child }) => {
    if (soFar.includes('one after another')) setTimeout(() => child.kill('SIGINT'), 100);
  });
  assert.is(code, 130);
  assert.is(err, '');
  assert.not.match(out, 'the answer');
  assert.ok(performance.now() - start < 60_000);
});

test.run();
