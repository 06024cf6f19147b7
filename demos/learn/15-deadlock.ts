// A program that is stuck, and says so.
import { coroutine, Lock, main, Queue, sleep, spawn } from 'treadle';
import { VirtualClock } from 'treadle/testing';
import { options } from '../support/options.ts';
import { say } from '../support/say.ts';

export const summary = 'a program that is stuck says who waits for what, and who holds it';
export const help = `
A consumer waits on a queue that nobody fills, and two tasks hold one lock each
and want the other's. With promises Node would end here in silence, with exit
code 0. treadle throws a DeadlockError into main that names every task, what it
waits on and who holds that; the clean-ups run, and the exit code is 1.

  --delay MS   how long the two hold their first lock   (default 300)
  --virtual    on a virtual clock, which jumps where all others wait
`;

const consumer = coroutine('consumer', function* (jobs: Queue<string>) {
  yield* say('consumer waits for a job');
  yield* say('consumer got', yield* jobs.get()); // nobody ever puts one in
});

// The classic: each takes its first lock, then wants the one that the other has. The cure is to take
// locks in the same order everywhere.
const transfer = coroutine('transfer', function* (name: string, from: Lock, to: Lock, delay: number) {
  yield* from.acquire();
  try {
    yield* say(`${name} has ${from.name}, and will want ${to.name}`);
    yield* sleep(delay);
    yield* to.with(say(`${name} has both`));
  } finally {
    from.release();
    yield* say(`${name} cleans up: it releases ${from.name}`);
  }
});

function* program(delay: number) {
  const jobs = new Queue<string>(10, { name: 'jobs' });
  const savings = new Lock({ name: 'savings' });
  const giro = new Lock({ name: 'giro' });
  // A name makes the report readable. A task's own is that of its coroutine.
  yield* spawn(consumer(jobs));
  yield* spawn(transfer('save', giro, savings, delay), { name: 'save' });
  yield* spawn(transfer('spend', savings, giro, delay), { name: 'spend' });
}

export default function (argv: string[]): void {
  const { delay, virtual } = options(argv, { delay: 300, virtual: false });
  main(program(delay), virtual ? { clock: new VirtualClock() } : {});
}
