// asyncio.wait: watching several tasks until all of them are over, or one of them is, or the time is up.
import { asCompleted, cancel, coroutine, run, sleep, spawn, wait } from 'treadle';
import type { Task } from 'treadle';
import { VirtualClock } from 'treadle/testing';
import { options } from '../support/options.ts';
import { say } from '../support/say.ts';

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
  yield* say(`n${n} ends`);
  return `result ${n}`;
});

// wait() takes tasks, because it only watches. It does not start anything.
const three = coroutine('three', function* (delay: number, unlucky?: number) {
  const tasks: Task<string>[] = [];
  for (const n of [1, 2, 3]) tasks.push(yield* spawn(work(n, delay, n === unlucky), { name: `n${n}` }));
  return tasks;
});

const show = coroutine('show', function* ({ done, pending }: { done: Task[]; pending: Task[] }) {
  for (const task of done.length > 0 ? done : ['none']) yield* say('done:   ', task);
  for (const task of pending.length > 0 ? pending : ['none']) yield* say('pending:', task);
});

function* main(delay: number) {
  console.log('wait(tasks)');
  yield* show(yield* wait(yield* three(delay)));

  console.log('\nwait(tasks, { timeout })');
  const { done, pending } = yield* wait(yield* three(delay), { timeout: 1.5 * delay });
  yield* show({ done, pending });
  for (const task of pending) {
    yield* cancel(task, 'too late'); // wait() cancels nobody, so do it yourself if you want it
    yield* say('cancel: ', task);
  }

  console.log("\nwait(tasks, { returnWhen: 'first-completed' }), until none is pending");
  for (let left = yield* three(delay); left.length > 0;) {
    const both = yield* wait(left, { returnWhen: 'first-completed' });
    yield* show(both);
    left = both.pending;
  }

  console.log("\nwait(tasks, { returnWhen: 'first-failed' }), where n2 fails");
  const both = yield* wait(yield* three(delay, 2), { returnWhen: 'first-failed' });
  yield* show(both); // n1 did not fail, so its end was no reason to return
  for (const task of [...both.done, ...both.pending]) {
    try {
      yield* say(`${task.name} gave`, yield* task);
    } catch (error) {
      yield* say(`${task.name} threw ${error}`); // only here, where its result is wanted
    }
  }

  console.log('\nasCompleted([work(3), work(1), work(2)])');
  for (const next of yield* asCompleted([work(3, delay), work(1, delay), work(2, delay)])) {
    yield* say('next comes', yield* next);
  }
}

export default function (argv: string[]): void {
  const { delay, virtual } = options(argv, { delay: 300, virtual: false });
  run(main(delay), { clock: virtual ? new VirtualClock() : undefined });
}
