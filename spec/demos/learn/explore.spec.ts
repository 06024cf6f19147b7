// `node demos explore` as a person runs it.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { refusal } from '../../support/demo-module.ts';
import { demo, plainDemo, succeeded } from '../../support/demo.ts';

const test = suite('demo explore');

for (const strategy of ['random', 'pct', 'exhaustive']) {
  test(`${strategy}: finds the bug, shows it in a table, replays it, and mends it`, async () => {
    const ended = await demo(`explore --strategy ${strategy}`);
    succeeded(ended);
    assert.match(ended.out, /1\. In the engine's own order .* 0: all is well/);
    assert.match(
      ended.out,
      /3\. Cut down to what matters \(switches: 1, marked with \*\):\n\nstep +ms +#1 main +#2 Ada +#3 Bob/,
    );
    assert.match(ended.out, /^ +\d\* +\d+ /m);
    assert.match(ended.out, /the result -1, step for step/);
    assert.match(ended.out, /5\. With a lock around the sale: nothing is wrong in all \d+ schedules\./);
    if (strategy !== 'random') return;
    // In another process, too.
    const table = /\n\n(step[^]*?)\n\n4\./.exec(ended.out)![1]!;
    const again = await plainDemo(`explore --replay ${/--replay (\w+)/.exec(ended.out)![1]}`);
    succeeded(again);
    assert.ok(again.out.includes(table), again.out);
  });
}

test('a schedule that was cut, or that is none, is one line and exit code 2', async () => {
  for (const [schedule, says] of [
    ['t1_1_0_a', /at step \d+: .*cut/],
    ['hello', /takes a schedule as explore gives it/],
  ] as const) {
    const { code, out, err } = await refusal('explore', '--replay', schedule);
    assert.is(code, 2);
    assert.is(out, '');
    assert.match(err, says);
    assert.is(err.trim().split('\n').length, 1);
  }
  assert.is((await plainDemo('explore --strategy best')).code, 2);
});

test.run();
