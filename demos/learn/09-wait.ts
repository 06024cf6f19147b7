// asyncio.wait: looking at several tasks until all of them, one of them or the time is over.
import { asCompleted, cancel, coroutine, run, sleep, spawn, wait } from 'treadle';
import type { Task } from 'treadle';
import { VirtualClock } from 'treadle/testing';
import { options } from '../support/options.ts';
import { say } from '../support/say.ts';

export const summary = 'which are done and which are pending: all, in time, the first one, the first failure';
export const help = `
wait(tasks) gives { done, pending } and leaves the tasks as they are: it throws
none of their errors and cancels none of them. It comes back when all are over,
or with { timeout } when the time is, or with { returnWhen } at the first end or
the first failure. asCompleted gives the results, in the order in which they come.

  --delay MS   how long n1 takes; n2 and n3 take 2 and 3 times as long   (default 300)
  --virtual    on a virtual clock, which jumps where all others wait
`;

const work = coroutine('work', function* (n: number, delay: number, fails = false) {
  yield* sleep(n * delay);
  if (fails) throw new Error('no luck');
  yield* say(`n${n} ends`);
  return `result ${n}`;
});

// wait() is for tasks: it is only somebody who looks at them, and does not start them.
const three = coroutine('three', function* (delay: number, unlucky?: number) {
  const tasks: Task<string>[] = [];
  for (const n of [1, 2, 3]) tasks.push(yield* spawn(work(n, delay, n === unlucky), { name: `n${n}` }));
  return tasks;
});

const show = coroutine('show', function* ({ done, pending }: { done: Task[]; pending: Task[] }) {
  yield* say('done:   ', ...(done.length > 0 ? done : ['none']));
  yield* say('pending:', ...(pending.length > 0 ? pending : ['none']));
});

function* main(delay: number) {
  console.log('wait(tasks)');
  yield* show(yield* wait(yield* three(delay)));

  console.log('\nwait(tasks, { timeout })');
  const { done, pending } = yield* wait(yield* three(delay), { timeout: 1.5 * delay });
  yield* show({ done, pending });
  for (const task of pending) yield* cancel(task, 'too late'); // wait() does not: whoever wants it says so
  yield* say('cancel: ', ...pending);

  console.log("\nwait(tasks, { returnWhen: 'first-completed' }), until none is pending");
  for (let left = yield* three(delay); left.length > 0;) {
    const both = yield* wait(left, { returnWhen: 'first-completed' });
    yield* show(both);
    left = both.pending;
  }

  console.log("\nwait(tasks, { returnWhen: 'first-failed' }), where n2 fails");
  const both = yield* wait(yield* three(delay, 2), { returnWhen: 'first-failed' });
  yield* show(both); // n1 was no reason to come back
  for (const task of [...both.done, ...both.pending]) {
    try {
      yield* say(`${task.name} gave`, yield* task);
    } catch (error) {
      yield* say(`${task.name} threw ${error}`); // only now: where its result is wanted
    }
  }

  console.log('\nasCompleted([work(3), work(1), work(2)])');
  for (const next of yield* asCompleted([work(3, delay), work(1, delay), work(2, delay)])) {
    yield* say('the next one is', yield* next);
  }
}

export default function (argv: string[]): void {
  const { delay, virtual } = options(argv, { delay: 300, virtual: false });
  run(main(delay), { clock: virtual ? new VirtualClock() : undefined });
}
