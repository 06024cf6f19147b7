// When all have failed, nothing is thrown.
type Coroutine<T> = Generator<any, T, any>;

export function* retry<T>(fn: () => Coroutine<T>, attempts: number): Coroutine<T> {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    try {
      return yield* fn();
    } catch {
      continue;
    }
  }
  return undefined as T;
}
