// `node demos deadlock` as a person runs it.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { demo, timeOf } from '../../support/demo.ts';

const test = suite('demo deadlock');

for (const clock of ['', ' --virtual']) {
  test(`${clock ? 'on a virtual clock' : 'on the system clock'}: one report names the three, after the clean-ups; exit code 1`, async () => {
    const ended = await demo(`deadlock --delay 100${clock}`);
    assert.is(ended.code, 1);
    for (const text of ['save cleans up: it releases checking', 'spend cleans up: it releases savings']) {
      const time = timeOf(ended, text);
      assert.ok(clock ? time === 100 : time >= 99, ended.out);
    }
    assert.not.match(ended.out, 'holds both');
    assert.match(ended.err, /^DeadlockError: /);
    assert.is(ended.err.match(/DeadlockError/g)?.length, 1);
    assert.match(ended.err, '<Task #1 main waiting on its children>');
    assert.match(ended.err, '<Task #2 consumer waiting on jobs.get()>');
    assert.match(ended.err, /<Task #3 save waiting on savings\.acquire\(\)>?, held by .*spend/);
    assert.match(ended.err, /<Task #4 spend waiting on checking\.acquire\(\)>?, held by .*save/);
  });
}

test.run();
