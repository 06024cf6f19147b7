// Exercise 4: retry.
import { exported, must } from '../../../demos/book/judge.ts';
import type { Answer, Engine } from '../../../demos/book/judge.ts';

type Coroutine<T> = Generator<unknown, T, any>;

export function check(answer: Answer, { now, runSync, sleep }: Engine): void {
  const retry = exported<<T>(fn: () => Coroutine<T>, attempts: number) => Coroutine<T>>(answer, 'retry');

  /** Fails so many times, and then succeeds. Each call takes 10 ms. */
  function flaky(failures: number) {
    const calls: number[] = [];
    return {
      calls,
      *fn(): Coroutine<string> {
        const number = calls.push(yield* now());
        yield* sleep(10);
        if (number <= failures) throw new Error(`failure ${number}`);
        return `result ${number}`;
      },
    };
  }
  /** What came of it: the result, or the error's message. */
  function outcome<T>(work: Coroutine<T>): unknown {
    return runSync(
      (function* () {
        try {
          return (yield* work) as unknown;
        } catch (error) {
          return error instanceof Error ? `error: ${error.message}` : error;
        }
      })(),
    );
  }

  const fine = flaky(0);
  const fn = () => fine.fn();
  let result = outcome(retry(fn, 3));
  must(
    fine.calls.length > 0 || !String(result).startsWith('error: '),
    `It threw an error before the function had run: ${String(result).slice('error: '.length)}.`,
  );
  must(
    fine.calls.length > 0,
    'A function was never called: calling a generator function runs nothing, it must be yielded.',
  );
  must(
    result === 'result 1',
    `A function that succeeds at once should give 'result 1', but retry gave ${show(result)}.`,
  );
  must(fine.calls.length === 1, `A function that succeeds at once was called ${fine.calls.length} times.`);

  const twice = flaky(2);
  result = outcome(retry(() => twice.fn(), 3));
  must(
    result === 'result 3',
    `A function that fails twice and then succeeds should give 'result 3' in 3 attempts, but retry gave ${show(result)}.`,
  );
  must(
    twice.calls.join() === '0,10,20',
    `The second and third attempt should begin when the one before has failed, at 10 and 20 ms, but began at ${twice.calls.slice(1).join(' and ')}.`,
  );

  for (const attempts of [1, 2, 3]) {
    const never = flaky(Infinity);
    result = outcome(retry(() => never.fn(), attempts));
    must(
      never.calls.length === attempts,
      `With ${attempts} as attempts, a function that fails was called ${never.calls.length} times.`,
    );
    must(
      result === `error: failure ${attempts}`,
      `With ${attempts} as attempts, the error should be that of the last one, 'failure ${attempts}', but retry gave ${show(result)}.`,
    );
  }

  const empty = outcome(retry(function* () {}, 3));
  must(empty === undefined, `A function without a result should give undefined, but retry gave ${show(empty)}.`);
  // An undefined error is an error, too.
  let tries = 0;
  result = outcome(
    retry(function* () {
      if (++tries === 1) throw undefined;
      return 'after it';
    }, 2),
  );
  must(
    result === 'after it',
    `A function may throw undefined, too. It should be called again, but retry gave ${show(result)}.`,
  );
}

const show = (value: unknown) => (typeof value === 'string' ? `'${value}'` : String(value));
