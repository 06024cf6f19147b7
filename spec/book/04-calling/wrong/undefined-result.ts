// A result that is undefined is taken for a failure.
type Coroutine<T> = Generator<any, T, any>;

export function* retry<T>(fn: () => Coroutine<T>, attempts: number): Coroutine<T> {
  for (let attempt = 1; ; attempt++) {
    let error: unknown = new Error('no result');
    try {
      const result = yield* fn();
      if (result !== undefined) return result;
    } catch (caught) {
      error = caught;
    }
    if (attempt >= attempts) throw error;
  }
}
