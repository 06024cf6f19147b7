// A program that is stuck, and says so.
import { coroutine, Lock, main, Queue, sleep, spawn } from 'treadle';
import { VirtualClock } from 'treadle/testing';
import { options } from '../support/options.ts';
import { say } from '../support/say.ts';

export const summary = 'a program that is stuck, and says who waits for what';
export const help = `
A consumer waits on a queue that nothing fills, and two tasks each hold a lock
that the other one wants. With promises, Node would end here silently, with exit
code 0. treadle throws a DeadlockError into main. It names every task, what the
task waits on, and who holds that. The clean-ups run, and the exit code is 1.

  --delay MS   how long the two tasks hold one lock before they want the other
                                                                 (default 300)
  --virtual    on a virtual clock: when every task waits, time jumps ahead
`;

const consumer = coroutine('consumer', function* (jobs: Queue<string>) {
  yield* say('consumer waits for a job');
  yield* say('consumer got', yield* jobs.get()); // nothing ever puts one in
});

// The classic deadlock: each takes one lock and then wants the one that the other holds. The cure is to
// take locks in the same order everywhere.
const transfer = coroutine('transfer', function* (name: string, from: Lock, to: Lock, delay: number) {
  yield* from.acquire();
  try {
    yield* say(`${name} holds ${from.name}, and will want ${to.name}`);
    yield* sleep(delay);
    yield* to.with(say(`${name} holds both`));
  } finally {
    from.release();
    yield* say(`${name} cleans up: it releases ${from.name}`);
  }
});

function* program(delay: number) {
  const jobs = new Queue<string>(10, { name: 'jobs' });
  const savings = new Lock({ name: 'savings' });
  const checking = new Lock({ name: 'checking' });
  // Names make the report readable. A task without one has the name of its coroutine.
  yield* spawn(consumer(jobs));
  yield* spawn(transfer('save', checking, savings, delay), { name: 'save' });
  yield* spawn(transfer('spend', savings, checking, delay), { name: 'spend' });
}

export default function (argv: string[]): void {
  const { delay, virtual } = options(argv, { delay: 300, virtual: false });
  main(program(delay), virtual ? { clock: new VirtualClock() } : {});
}
