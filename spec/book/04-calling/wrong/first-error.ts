// The error of the first attempt is thrown.
type Coroutine<T> = Generator<any, T, any>;

export function* retry<T>(fn: () => Coroutine<T>, attempts: number): Coroutine<T> {
  let first: { error: unknown } | undefined;
  for (let attempt = 1; ; attempt++) {
    try {
      return yield* fn();
    } catch (error) {
      first ??= { error };
      if (attempt >= attempts) throw first.error;
    }
  }
}
