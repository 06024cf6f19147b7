// `node demos virtual-time` as a person runs it.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { demo, plainDemo, printed, succeeded } from '../../support/demo.ts';

const test = suite('demo virtual-time');

test('shows the tasks at 02:20, and a day with its backup in far less than a second', async () => {
  const ended = await demo('virtual-time');
  succeeded(ended);
  const ms = Number(/which took (\d+) ms/.exec(ended.out)![1]);
  assert.ok(ms < 5_000, `${ms} ms`);
  printed(
    { out: ended.out.replace(/took \d+ ms/, 'took N ms') },
    `
    02:00  the backup begins
    The clock stands at 02:20. The tasks:
    <Task #1 main waiting on its children>
    <Task #2 mail waiting on sleep(2000)>
    <Task #3 report waiting on sleepUntil(10800000)>
    <Task #4 backup waiting on sleep(Infinity)>
    On to the end:
    02:40  the backup begins
    03:20  the backup is done
    mails: 288, reports: 24, backups: 1 in 2 attempts
    24 hours in 634 steps, which took N ms.
    `,
  );
});

test('--days takes a month, too', async () => {
  const ended = await plainDemo('virtual-time --days 30');
  succeeded(ended);
  assert.match(ended.out, /mails: 8640, reports: 720, backups: 30 in 31 attempts/);
});

test.run();
