// What several specs use: programs in virtual time, work that takes its time, work that cleans up.
import { coroutine, runSync, sleep, yieldNow } from 'treadle';
import type { Coroutine, RunOptions } from 'treadle';

/** Runs the program in virtual time and gives its result. */
export function virtually<T>(program: () => Coroutine<T>, options?: Omit<RunOptions, 'clock'>): T {
  return runSync(program(), options) as T;
}

/** The error that the function throws. */
export function thrown(work: () => unknown): any {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

/** The error that the promise is rejected with. */
export function rejected(promise: PromiseLike<unknown>): Promise<any> {
  return Promise.resolve(promise).then(
    () => {
      throw new Error('it was not rejected');
    },
    (error: unknown) => error,
  );
}

/** The error that the coroutine is thrown by this awaitable. */
export const caught = coroutine('caught', function* (work: any): Coroutine<any> {
  try {
    yield work;
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
});

/** So many turns of the ready queue. */
export const turns = coroutine('turns', function* (count: number) {
  for (let i = 0; i < count; i++) yield* yieldNow();
});

/** A value, after a while. */
export const after = coroutine('after', function* <T>(ms: number, value: T) {
  yield* sleep(ms);
  return value;
}) as <T>(ms: number, value: T) => import('treadle').Effect<T>;

/** A failure, after a while. */
export const failing = coroutine('failing', function* (ms: number, error: unknown): Coroutine<never> {
  if (ms > 0) yield* sleep(ms);
  throw error;
});

/** Waits for ever; when it is cancelled, it cleans up in two steps and tells the log. */
export const lasting = coroutine(
  'lasting',
  function* (log: unknown[], name: unknown, ms: number = 10): Coroutine<never> {
    try {
      yield* sleep(Infinity);
      throw new Error('endless sleep ended');
    } catch (error) {
      log.push(`${name} caught ${error}`);
      throw error;
    } finally {
      log.push(`${name} cleans up`);
      yield* sleep(ms);
      log.push(`${name} is clean`);
    }
  },
);

/** Waits for ever; when it is cancelled, its clean-up takes a while and then fails. */
export const breaking = coroutine('breaking', function* (error: unknown, ms: number = 10): Coroutine<never> {
  try {
    yield* sleep(Infinity);
    throw new Error('endless sleep ended');
  } finally {
    yield* sleep(ms);
    throw error;
  }
});

/** Calls with wrong arguments: each must throw at the call, naming the function and what came. */
export function refuses(call: () => unknown, ...says: RegExp[]): void {
  const error = thrown(call);
  if (!(error instanceof TypeError) && !(error instanceof RangeError))
    throw new Error(`expected a TypeError or RangeError, got ${error}`);
  for (const said of says)
    if (!said.test(error.message)) throw new Error(`the message should match ${said}: ${error.message}`);
}

/** The same things in the same order: errors are compared by what they are, not by how they look. */
export function same(actual: readonly unknown[], expected: readonly unknown[]): void {
  if (actual.length !== expected.length || actual.some((one, i) => !Object.is(one, expected[i])))
    throw new Error(`expected [${expected.map(String).join(', ')}], got [${actual.map(String).join(', ')}]`);
}

/** The same things in whatever order. */
export function sameSet(actual: readonly unknown[], expected: readonly unknown[]): void {
  if (actual.length !== expected.length || expected.some((one) => !actual.includes(one)))
    throw new Error(
      `expected in any order [${expected.map(String).join(', ')}], got [${actual.map(String).join(', ')}]`,
    );
}
