// `node demos files` as a person runs it, to its end and interrupted.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { demo, numbers } from '../../support/demo.ts';

const test = suite('demo files');
const whole = demo('files --files 60 --size 40 --latency 10'); // one run for two specs

test('copies all, faster the more at a time, with a timer that ticks beside it, and leaves nothing', async () => {
  const { code, out, err, left } = await whole;
  assert.is(err, '');
  assert.is(code, 0);
  assert.equal(left, []);
  assert.match(out, /^60 files, 2\.\d MB, in /);
  assert.match(out, 'All hashes are right.');
  const rounds = numbers(out, /^ ?(\d+) at a time .* (\d+) ms; (\d+) ticks/gm);
  assert.equal(
    rounds.map(([concurrency]) => concurrency),
    [1, 10, 50],
  );
  const [one, ten] = rounds.map(([, ms]) => ms) as [number, number];
  assert.ok(one >= 60 * 10, `${one} ms: each of 60 files is read in at least one go of 10 ms`);
  assert.ok(ten < one, `${ten} ms, and one at a time ${one} ms`);
  assert.ok(rounds[0]![2]! >= 20, `${rounds[0]![2]} ticks`);
});

test('cancelled half-way: some copies were half there; then none, and half of them whole', async () => {
  const { out } = await whole;
  const [[before] = []] = numbers(out, /when cancelled +(\d+) half copies/g);
  assert.ok(before! > 0 && before! <= 10, out);
  const [[half, complete, copies, missing] = []] = numbers(
    out,
    /after the clean-up +(\d+) half copies, (\d+) of (\d+) whole, (\d+) not there/g,
  );
  assert.is(half, 0);
  assert.is(complete, copies);
  assert.ok(copies! >= 30 && copies! < 60, out);
  assert.is(copies! + missing!, 60);
});

for (const [signal, expected] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  test(`${signal} in the middle of copying leaves nothing`, async () => {
    let partly: string[] = [];
    let waiting = false;
    const { code, err, left } = await demo('files --files 60 --size 40 --latency 50', (out, { child, files }) => {
      // Printed before the first copy is begun. The signal is sent once: a second one does not wait for clean-ups.
      if (waiting || !out.includes(' files, ')) return;
      waiting = true;
      const wait = setInterval(() => {
        partly = files().filter((name) => name.endsWith('.part'));
        if (partly.length === 0) return;
        clearInterval(wait);
        child.kill(signal);
      }, 20);
      child.on('exit', () => clearInterval(wait));
    });
    assert.is(code, expected);
    assert.is(err, '');
    assert.ok(partly.length > 0, 'it was not copying');
    assert.equal(left, []);
  });
}

test.run();
