// One attempt too many.
type Coroutine<T> = Generator<any, T, any>;

export function* retry<T>(fn: () => Coroutine<T>, attempts: number): Coroutine<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return yield* fn();
    } catch (error) {
      if (attempt >= attempts) throw error;
    }
  }
}
