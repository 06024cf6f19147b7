// The generator is given back, and never run.
type Coroutine<T> = Generator<any, T, any>;

export function* retry<T>(fn: () => Coroutine<T>, attempts: number): Coroutine<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return fn() as T;
    } catch (error) {
      if (attempt >= attempts) throw error;
    }
  }
}
