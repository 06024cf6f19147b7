// The function is called once, and a generator runs once.
type Coroutine<T> = Generator<any, T, any>;

export function* retry<T>(fn: () => Coroutine<T>, attempts: number): Coroutine<T> {
  const work = fn();
  for (let attempt = 1; ; attempt++) {
    try {
      return yield* work;
    } catch (error) {
      if (attempt >= attempts) throw error;
    }
  }
}
