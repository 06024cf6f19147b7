// Chapter 1: a loop that runs one coroutine after the other.

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
      while (!task.next().done) continue;
    }
  }
}

/** What a coroutine yields to let the others have a turn. Nobody looks at it yet. */
export const yieldNow = (): unknown => 'yieldNow';
