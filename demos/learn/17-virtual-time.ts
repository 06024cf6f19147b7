// A day of work that is due at certain times, in milliseconds.
import { all, coroutine, now, retry, sleep, sleepUntil, timeout } from 'treadle';
import type { Effect } from 'treadle';
import { simulate } from 'treadle/testing';
import { options } from '../support/options.ts';
import { heading } from '../support/say.ts';

export const summary = 'a day of work that is due by the clock, in milliseconds';
export const help = `
Mail is fetched every five minutes, a report is written every hour, and a backup
is made at two in the night. Each of these takes its time, and the backup hangs
at its first attempt. On a virtual clock nobody waits for any of it: when every
task sleeps, the clock moves on to the next one that is due.

simulate() also lets you stop the clock where you like. This demo looks at the
tasks at 02:20, while the backup hangs, and then lets the rest of the day pass.

  --days N     how many days                                        (default 1)
`;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

interface Count {
  mails: number;
  reports: number;
  backups: number;
  attempts: number;
}

/** 01:30, after an hour and a half. */
function clock(ms: number): string {
  const minutes = Math.floor(ms / MINUTE);
  const [hour, minute] = [Math.floor(minutes / 60) % 24, minutes % 60];
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}

const say = coroutine('say', function* (text: string) {
  console.log(`  ${clock(yield* now())}  ${text}`);
});

/** Does the work at `first`, and then once in each period. It does not drift, however long the work takes. */
function every(name: string, first: number, period: number, end: number, work: () => Effect<void>): Effect<void> {
  return coroutine(name, function* () {
    for (let time = first; time <= end; time += period) {
      yield* sleepUntil(time);
      yield* work();
    }
  })();
}

const mail = coroutine('mail', function* (count: Count) {
  yield* sleep(2_000);
  count.mails++;
});

const report = coroutine('report', function* (count: Count) {
  yield* sleep(20_000);
  count.reports++;
});

/** The first attempt hangs. After half an hour it is given up, and made once more. */
const backup = coroutine('backup', function* (count: Count) {
  const attempt = coroutine('attempt', function* () {
    count.attempts++;
    yield* say('the backup begins');
    yield* sleep(count.attempts === 1 ? Infinity : 40 * MINUTE);
  });
  yield* retry(() => timeout(count.attempts === 0 ? 30 * MINUTE : HOUR, attempt()), {
    attempts: 3,
    delay: 10 * MINUTE,
    jitter: 0,
  });
  count.backups++;
  yield* say('the backup is done');
});

export default function (argv: string[]): void {
  const { days } = options(argv, { days: 1 }, { days: [1, 30] });
  const count: Count = { mails: 0, reports: 0, backups: 0, attempts: 0 };
  const begin = performance.now();
  const end = days * DAY;
  const simulation = simulate(
    all([
      every('mail', 5 * MINUTE, 5 * MINUTE, end, () => mail(count)),
      every('report', HOUR, HOUR, end, () => report(count)),
      every('backup', 2 * HOUR, DAY, end, () => backup(count)),
    ]),
  );

  simulation.runTo(2 * HOUR + 20 * MINUTE);
  heading(`The clock stands at ${clock(simulation.now)}. The tasks:`);
  for (const task of simulation.tasks) console.log(`  ${task}`);

  heading('On to the end:');
  simulation.run();
  const { mails, reports, backups, attempts } = count;
  console.log(`\nmails: ${mails}, reports: ${reports}, backups: ${backups} in ${attempts} attempts`);
  const took = `${(performance.now() - begin).toFixed(0)} ms`;
  console.log(`${24 * days} hours in ${simulation.steps} steps, which took ${took}.`);
}
