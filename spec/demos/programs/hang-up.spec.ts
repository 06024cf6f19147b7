// `node demos hang-up` as a person runs it, to its end and interrupted.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { demo, numbers, patiently, succeeded } from '../../support/demo.ts';
import type { Ended } from '../../support/demo.ts';

const test = suite('demo hang-up');

test('cancels the work for clients that have gone, and gives their connections back', () =>
  patiently((factor) => demo(`hang-up --step ${120 * factor}`), look));

function look(ended: Ended, factor: number): void {
  succeeded(ended);
  const { out } = ended;
  const waited = (name: string, ms: number) =>
    new RegExp(
      `${name} has waited for ${ms} ms, and hangs up\\n +\\d+ ms {2}server: ${name}: the client has hung up, after`,
    );
  assert.match(out, waited('Bob', 300 * factor));
  assert.match(out, waited('Grace', 660 * factor));
  assert.match(out, /server: Ada is answered\n +\d+ ms {2}Ada has the report for Ada\n/);
  assert.match(out, '\nanswered     Ada; cut short: Bob, Grace\n');
  assert.match(out, 'connections  0 still held\n');
  const [[steps, without] = []] = numbers(out, /^steps +(\d+); without cancellation (\d+)$/gm);
  assert.is(without, 30);
  assert.ok(steps! >= 10 && steps! < 30, `${steps} steps`);
}

test('Ctrl-C ends it in the middle of that', async () => {
  let sent = false;
  const { code, err, out } = await demo('hang-up --step 200', (out, { child }) => {
    if (!sent && out.includes('Bob has waited')) sent = child.kill('SIGINT');
  });
  assert.is(err, '');
  assert.is(code, 130);
  assert.not.match(out, 'answered     ');
});

test.run();
