// An error that is undefined is taken for a success.
type Coroutine<T> = Generator<any, T, any>;

export function* retry<T>(fn: () => Coroutine<T>, attempts: number): Coroutine<T> {
  let result: T | undefined;
  let error: unknown;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    error = undefined;
    try {
      result = yield* fn();
    } catch (caught) {
      error = caught;
    }
    if (error === undefined) return result as T;
  }
  throw error;
}
