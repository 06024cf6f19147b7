// A task that was cancelled yields a promise, and nobody waits for it any more.
import { currentTask, join, run, spawn } from 'treadle';
import type { Coroutine } from 'treadle';

const refused = () => new Promise<string>((_, reject) => setTimeout(reject, 5, new Error('connection refused')));

function* order(): Coroutine<void> {
  const task = yield* currentTask();
  task.cancel();
  yield refused();
}

run(
  (function* main(): Coroutine<void> {
    const task = yield* spawn(order());
    try {
      yield* join(task);
    } catch (error) {
      console.log((error as Error).name);
    }
  })(),
).then(() => setTimeout(() => console.log('20 ms later, all is well'), 20));
