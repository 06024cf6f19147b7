// Exercise 9: a fair semaphore. The same program runs again and again, and each time one task is cancelled one turn
// later than before.
import { exported, must } from '../../../demos/book/judge.ts';
import type { Answer, Engine } from '../../../demos/book/judge.ts';

type Coroutine<T = unknown> = Generator<any, T, any>;
interface Semaphore {
  acquire(): Coroutine<void>;
  release(): void;
}

const NAMES = ['a', 'b', 'c', 'd', 'e'];
const TURNS = 20;

export function check(answer: Answer, { cancel, runSync, sleep, spawn, yieldNow }: Engine): void {
  const Semaphore = exported<new (permits: number) => Semaphore>(answer, 'Semaphore');

  /** What happened when `victim` was cancelled after so many turns, or nobody was. */
  function run(permits: number, victim: string | undefined, turns: number) {
    const semaphore = new Semaphore(permits);
    const order: string[] = [];
    let holding = 0;
    let most = 0;

    function* user(name: string, late: number): Coroutine<void> {
      for (let turn = 0; turn < late; turn++) yield* yieldNow();
      yield* semaphore.acquire();
      order.push(name);
      most = Math.max(most, ++holding);
      try {
        yield* yieldNow();
        yield* yieldNow();
      } finally {
        holding--;
        semaphore.release();
      }
    }

    let free = 0;
    function* counter(): Coroutine<void> {
      yield* semaphore.acquire();
      free++;
    }

    function* main() {
      const tasks: InstanceType<Engine['Task']>[] = [];
      // The last one comes late, in a turn in which a permit is on its way to somebody else.
      for (const name of NAMES) tasks.push(yield* spawn(user(name, name === 'e' ? 2 : 0)));
      for (let turn = 0; turn < turns; turn++) yield* yieldNow();
      if (victim !== undefined) yield* cancel(tasks[NAMES.indexOf(victim)]!);
      yield* sleep(100);
      const stuck = NAMES.filter((_, i) => !tasks[i]!.done);
      for (const task of tasks) yield* cancel(task);
      const counters = [];
      for (let i = 0; i <= permits; i++) counters.push(yield* spawn(counter()));
      yield* sleep(100);
      for (const task of counters) yield* cancel(task);
      return stuck;
    }
    const stuck = runSync(main());
    return { order, most, free, stuck };
  }

  const one = run(1, undefined, 0);
  const all = NAMES.join(', ');
  must(one.most === 1, `One permit was held by ${one.most} tasks at the same time.`);
  must(
    one.stuck.length === 0,
    `Nobody was cancelled, and everybody has released the only permit, but ${one.stuck.join(' and ')} never got it.`,
  );
  must(
    one.order.join(', ') === all,
    `They came in the order ${all}, but were served in the order ${one.order.join(', ')}.`,
  );
  const two = run(2, undefined, 0);
  must(two.most === 2, `Of two permits ${two.most} were in use at the same time, when five tasks wanted one.`);
  must(one.free > 0, 'Five tasks have acquired and released the only permit, one after the other, and now it is gone.');
  must(one.free === 1, 'Five tasks have acquired and released the only permit, and now there are more than one.');

  for (const permits of [1, 2])
    for (const victim of NAMES)
      for (let turns = 0; turns < TURNS; turns++) {
        const { order, most, free, stuck } = run(permits, victim, turns);
        const when = `With five tasks, permits for ${permits}, and ${victim} cancelled after ${turns} ${turns === 1 ? 'turn' : 'turns'}`;
        must(stuck.length === 0, `${when}, ${stuck.join(' and ')} waited for ever.`);
        must(most <= permits, `${when}, ${most} permits were in use at the same time.`);
        must(free >= permits, `${when}, ${free} of ${permits} permits were free at the end: one is lost.`);
        must(free <= permits, `${when}, there were more permits at the end than at the beginning.`);
        // With more permits, one that is free may be taken before somebody has the turn who was handed another.
        const fair = NAMES.filter((name) => order.includes(name)).join(', ');
        must(
          permits > 1 || order.join(', ') === fair,
          `${when}, the order was ${order.join(', ')}, and not that in which they came.`,
        );
        const others = NAMES.filter((name) => name !== victim && !order.includes(name));
        must(others.length === 0, `${when}, ${others.join(' and ')} never got a permit.`);
      }
}
