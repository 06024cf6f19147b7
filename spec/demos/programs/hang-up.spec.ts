// `node demos hang-up` as a person runs it, to its end and interrupted.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { demo, numbers, succeeded } from '../../support/demo.ts';

const test = suite('demo hang-up');

test('cancels the work for clients that have gone, and gives their connections back', async () => {
  const ended = await demo('hang-up --step 120');
  succeeded(ended);
  const { out } = ended;
  assert.match(out, /Bob has waited for 300 ms, and hangs up\n +\d+ ms {2}server: Bob: the client has hung up, after/);
  assert.match(out, /Grace has waited for 660 ms, and hangs up\n +\d+ ms {2}server: Grace: the client has hung up/);
  assert.match(out, /server: Ada is answered\n +\d+ ms {2}Ada has the report for Ada\n/);
  assert.match(out, '\nanswered     Ada; cut short: Bob, Grace\n');
  assert.match(out, 'connections  0 still held\n');
  const [[steps, without] = []] = numbers(out, /^steps +(\d+); without cancellation (\d+)$/gm);
  assert.is(without, 30);
  assert.ok(steps! >= 10 && steps! < 30, `${steps} steps`);
});

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
