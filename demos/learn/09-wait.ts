// asyncio.wait: watching several tasks until all of them are over, or one of them is, or the time is up.
import { asCompleted, cancel, coroutine, now, run, sleep, spawn, wait } from 'treadle';
import type { Task } from 'treadle';
import { VirtualClock } from 'treadle/testing';
import { paint } from '../support/colour.ts';
import { options } from '../support/options.ts';

export const summary = 'watch tasks until all are over, or one is, or time is up';
export const help = `
wait(tasks) gives { done, pending } and leaves the tasks alone: it throws none
of their errors and cancels none of them. It returns when all are over, or with
{ timeout } when the time is up, or with { returnWhen } when the first one ends
or fails. asCompleted gives the results in the order in which they arrive.

  --delay MS   how long n1 takes; n2 and n3 take 2 and 3 times as long
                                                                 (default 300)
  --virtual    on a virtual clock: when every task waits, time jumps ahead
`;

const work = coroutine('work', function* (n: number, delay: number, fails = false) {
  yield* sleep(n * delay);
  if (fails) throw new Error('no luck');
  return `n${n}`;
});

// wait() takes tasks, because it only watches. It does not start anything.
const three = coroutine('three', function* (delay: number, unlucky?: number) {
  const tasks: Task<string>[] = [];
  for (const n of [1, 2, 3]) tasks.push(yield* spawn(work(n, delay, n === unlucky), { name: `n${n}` }));
  return tasks;
});

const MARKS: Partial<Record<Task['state'], string>> = {
  succeeded: paint('green', '✓ done   '),
  failed: paint('red', '✗ done   '),
};
const PENDING = paint('dim', '· pending');

/** A row of the table: each task where it was when wait() returned, and how long that took. */
function row(call: string, tasks: readonly Task[], pending: readonly Task[], ms: number): void {
  const cells = ['n1', 'n2', 'n3'].map((name) => {
    const task = tasks.find((one) => one.name === name);
    return (
      task === undefined ? ' '.repeat(9)
      : pending.includes(task) ? PENDING
      : MARKS[task.state]
    );
  });
  console.log(`${call.padEnd(35)} ${cells.join('  ')}  ${ms.toFixed(0).padStart(5)} ms`);
}

function* main(delay: number) {
  console.log(paint('bold', `${''.padEnd(35)} n1         n2         n3         after`));

  let begin = yield* now();
  let tasks = yield* three(delay);
  row('wait(tasks)', tasks, (yield* wait(tasks)).pending, (yield* now()) - begin);

  begin = yield* now();
  tasks = yield* three(delay);
  let { pending } = yield* wait(tasks, { timeout: 1.5 * delay });
  row('  { timeout }', tasks, pending, (yield* now()) - begin);
  for (const task of pending) yield* cancel(task, 'too late'); // wait() cancels nobody

  begin = yield* now();
  pending = yield* three(delay);
  for (let call = "  { returnWhen: 'first-completed' }"; pending.length > 0; call = '    again, with what is left') {
    tasks = pending;
    ({ pending } = yield* wait(tasks, { returnWhen: 'first-completed' }));
    row(call, tasks, pending, (yield* now()) - begin);
  }

  begin = yield* now();
  tasks = yield* three(delay, 2);
  // n1 does not fail, so its end is no reason to return.
  ({ pending } = yield* wait(tasks, { returnWhen: 'first-failed' }));
  row("  { returnWhen: 'first-failed' }", tasks, pending, (yield* now()) - begin);

  console.log();
  for (const task of tasks) {
    try {
      console.log(`yield* ${task.name}  gives`, yield* task);
    } catch (error) {
      console.log(`yield* ${task.name}  throws ${error}`); // only here, where its result is wanted
    }
  }
  const order: string[] = [];
  for (const next of yield* asCompleted([work(3, delay), work(1, delay), work(2, delay)])) order.push(yield* next);
  console.log(`asCompleted([n3, n1, n2])  gives ${order.join(', ')}`);
}

export default function (argv: string[]): void {
  const { delay, virtual } = options(argv, { delay: 300, virtual: false });
  run(main(delay), { clock: virtual ? new VirtualClock() : undefined });
}
