// How asyncio cancels: an error is thrown at the `await` where the task waits, and code may catch it. treadle closes
// the task with return() instead, which no `catch` sees. So the pieces 4 and 5 bring asyncio's way along.
import type { Coroutine, Event } from 'treadle';

export class Cancelled extends Error {
  override readonly name = 'Cancelled';
}

export class AsyncioTask {
  private asked: Cancelled | undefined;
  private waitsFor: Event | undefined;

  /** Wakes the task wherever it waits. If it has been woken already, the error is thrown there all the same. */
  cancel(reason: string): void {
    this.asked = new Cancelled(reason);
    this.waitsFor?.set();
  }

  /** asyncio's `await`. The event belongs to this wait alone: a cancellation sets it, too. */
  *wait(event: Event): Coroutine<void> {
    this.waitsFor = event;
    if (!this.asked) yield* event.wait();
    this.waitsFor = undefined;
    const { asked } = this;
    this.asked = undefined;
    if (asked) throw asked;
  }
}
