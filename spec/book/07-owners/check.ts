// Exercise 7: map, of which at most some calls run at the same time.
import { exported, must } from '../../../demos/book/judge.ts';
import type { Answer, Engine } from '../../../demos/book/judge.ts';

type Coroutine<T = unknown> = Generator<unknown, T, any>;
type Map = (items: readonly number[], most: number, fn: (item: number) => Coroutine) => Coroutine<readonly unknown[]>;

export function check(answer: Answer, { now, runSync, sleep }: Engine): void {
  const map = exported<Map>(answer, 'map');

  /** Each item takes as many milliseconds as it says; one that is negative fails. */
  function run(items: readonly number[], most: number) {
    const began: string[] = [];
    let running = 0;
    let greatest = 0;
    function* fn(item: number): Coroutine {
      began.push(`${Math.abs(item)} at ${yield* now()}`);
      greatest = Math.max(greatest, ++running);
      yield* sleep(Math.abs(item));
      running--;
      if (item < 0) throw new Error(`failure ${-item}`);
      return `result ${item}`;
    }
    function* main() {
      let text: string;
      try {
        const results = yield* map(items, most, fn);
        text = Array.isArray(results) ? results.join(', ') : `no array, but ${results}`;
      } catch (error) {
        text = error instanceof Error ? `the error '${error.message}'` : `the error ${error}`;
      }
      const [left, time] = [running, yield* now()];
      // What should have been over would show itself now.
      yield* sleep(1_000);
      return { text, time, left };
    }
    return { ...runSync(main()), began: began.join(', '), greatest };
  }

  const [items, most] = [[30, 10, 10, 40, 20], 2];
  const some = run(items, most);
  must(
    some.began !== '' || !some.text.startsWith('the error '),
    `Before it had called the function, it threw ${some.text}.`,
  );
  must(some.began !== '', 'The function was never called: calling a generator function runs nothing.');
  must(
    some.greatest <= most,
    `At most ${most} calls should run at the same time, but ${some.greatest} did (items: ${items.join(', ')}).`,
  );
  must(some.greatest === most, 'Two calls should run at the same time, but never more than one did.');
  must(
    some.text === 'result 30, result 10, result 10, result 40, result 20',
    `The results should be in the order of the items ${items.join(', ')}, but map gave ${some.text}.`,
  );
  must(
    some.began === '30 at 0, 10 at 0, 10 at 10, 40 at 20, 20 at 30' && some.time === 60,
    `Each call should begin as soon as one is over: 30 at 0, 10 at 0, 10 at 10, 40 at 20, 20 at 30. But there were ${some.began}.`,
  );

  const failing = run([30, -10, 20, 20], 2);
  must(
    failing.text === "the error 'failure 10'",
    `When a call fails with 'failure 10', that error should be thrown, but map gave ${failing.text}.`,
  );
  must(
    failing.began === '30 at 0, 10 at 0',
    `When a call has failed at 10 ms, no further one should begin, but there were ${failing.began}.`,
  );
  must(
    failing.left === 0 && failing.time === 30,
    `A call failed at 10 ms while another one ran until 30 ms. Then map should be over, but it was over at ${failing.time} ms.`,
  );
  const both = run([-30, -10], 2);
  must(
    both.text === "the error 'failure 10'",
    `Of two failures, at 10 and 30 ms, the first one should be thrown, but map gave ${both.text}.`,
  );

  must(run([], 3).text === '', 'Without an item there should be an empty array.');
  const few = run([10, 20], 5);
  must(few.text === 'result 10, result 20', `Two items, of which 5 may run at once, gave ${few.text}.`);
}
