// Chapter 2: a loop in which coroutines take turns.

/** A generator that somebody else drives. */
export type Coroutine<T = unknown> = Generator<unknown, T, any>;

export class EventLoop {
  /** The coroutines that are to be run, in order. */
  readonly ready: Coroutine[] = [];

  createTask(work: Coroutine): void {
    this.ready.push(work);
  }

  runForever(): void {
    for (let task = this.ready.shift(); task; task = this.ready.shift()) {
      const { done } = task.next();
      if (!done) this.ready.push(task);
    }
  }
}

/** What a coroutine yields to let the others have a turn. Nobody looks at it yet. */
export const yieldNow = (): unknown => 'yieldNow';

/** Waits, by asking for the time again and again. */
export function* sleep(ms: number): Coroutine<void> {
  const deadline = performance.now() + ms;
  while (performance.now() < deadline) yield yieldNow();
}
