// The error that something ends with. There is one name for each way in which an error arrives: a function throws
// it, a promise is rejected with it, a coroutine catches it at its `yield*`.
import { coroutine } from 'treadle';
import type { Coroutine } from 'treadle';

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
export async function rejection(promise: PromiseLike<unknown>): Promise<any> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it was not rejected');
}

/** An effect: the error that the awaitable throws into a coroutine that yields it. */
export const caught = coroutine('caught', function* (work: any): Coroutine<any> {
  try {
    yield work;
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
});

/** A call with wrong arguments: it must throw a TypeError or RangeError at the call, whose message matches all these. */
export function refuses(call: () => unknown, ...says: RegExp[]): void {
  const error = thrown(call);
  if (!(error instanceof TypeError) && !(error instanceof RangeError))
    throw new Error(`expected a TypeError or RangeError, got ${error}`);
  for (const said of says)
    if (!said.test(error.message)) throw new Error(`the message should match ${said}: ${error.message}`);
}
