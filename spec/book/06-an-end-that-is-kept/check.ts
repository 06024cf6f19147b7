// Exercise 6: allSettled.
import { exported, must, WrongAnswer } from '../../../demos/book/judge.ts';
import type { Answer, Engine } from '../../../demos/book/judge.ts';

type Coroutine<T = unknown> = Generator<unknown, T, any>;
type Settled = { readonly status: string; readonly value?: unknown; readonly reason?: unknown };
type AllSettled = (tasks: readonly object[]) => Coroutine<readonly Settled[]>;

export function check(answer: Answer, { now, runSync, sleep, spawn }: Engine): void {
  const allSettled = exported<AllSettled>(answer, 'allSettled');

  function* succeeds(ms: number, value: unknown): Coroutine {
    if (ms > 0) yield* sleep(ms);
    return value;
  }
  function* fails(ms: number, reason: unknown): Coroutine<never> {
    if (ms > 0) yield* sleep(ms);
    throw reason;
  }
  /** Starts these, begins to wait `later` milliseconds after that, and gives what came of it and when. */
  function settled(works: readonly Coroutine[], later = 0, choose = (tasks: object[]) => tasks) {
    function* main() {
      const tasks: object[] = [];
      for (const work of works) tasks.push(yield* spawn(work));
      if (later > 0) yield* sleep(later);
      const all = yield* allSettled(choose(tasks));
      must(Array.isArray(all), `The result should be an array, but it was ${show(all)}.`);
      return { text: all.map(described).join(', '), time: yield* now() };
    }
    try {
      return runSync(main());
    } catch (error) {
      if (error instanceof WrongAnswer) throw error;
      const rule = 'allSettled never throws, and asks each task how it ended';
      throw new WrongAnswer(`An error came out of the program, '${(error as Error).message}': ${rule}.`);
    }
  }
  /** The sentence ends in what it should have given. */
  function expect(when: string, given: { text: string }, wanted: string): void {
    must(given.text === wanted, `${when} it should give [${wanted}], but gave [${given.text}].`);
  }

  const some = settled([succeeds(30, 'slow'), fails(10, new Error('broken')), succeeds(20, 'fast')]);
  expect('Of a slow task, one that fails, and a fast one,', some, "'slow', rejected with Error: broken, 'fast'");
  must(
    some.time === 30,
    `Tasks that take 30, 10 and 20 ms should have settled at 30 ms, but allSettled was ready at ${some.time} ms.`,
  );
  const failed = settled([fails(10, new Error('first')), fails(10, new Error('second'))]);
  expect('Of two tasks that fail', failed, 'rejected with Error: first, rejected with Error: second');

  expect('Of no task at all', settled([]), '');
  const late = settled([fails(10, new Error('early')), succeeds(20, 'early, too'), succeeds(90, 'late')], 50);
  expect('Asked at 50 ms, when two of the tasks are over,', late, "rejected with Error: early, 'early, too', 'late'");
  const twice = settled([succeeds(10, 1), fails(20, 'no')], 0, ([a, b]) => [a!, b!, a!, b!]);
  expect('Of tasks that are there twice', twice, "1, rejected with 'no', 1, rejected with 'no'");
  expect('When a task throws undefined', settled([fails(10, undefined)]), 'rejected with undefined');
  expect('When a task returns nothing', settled([succeeds(10, undefined)]), 'undefined');
  const error = new Error('returned');
  expect('When a task returns an error, and does not throw it,', settled([succeeds(10, error)]), 'Error: returned');
}

function described(one: Settled | undefined): string {
  if (one?.status === 'fulfilled' && 'value' in one) return show(one.value);
  if (one?.status === 'rejected' && 'reason' in one) return `rejected with ${show(one.reason)}`;
  return `the strange ${JSON.stringify(one)}`;
}

const show = (value: unknown) => (typeof value === 'string' ? `'${value}'` : String(value));
