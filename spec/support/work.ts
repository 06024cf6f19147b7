// Effects that stand for work: it takes a while, it fails, it lasts until it is cancelled.
import { coroutine, sleep, yieldNow } from 'treadle';
import type { Coroutine, Effect } from 'treadle';

/** Waits for this many turns of the ready queue. */
export const turns = coroutine('turns', function* (count: number) {
  for (let i = 0; i < count; i++) yield* yieldNow();
});

/** A value, after a while. */
export const after = coroutine('after', function* <T>(ms: number, value: T) {
  yield* sleep(ms);
  return value;
}) as <T>(ms: number, value: T) => Effect<T>;

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
