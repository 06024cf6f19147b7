// Request A waits for a letter. Request B puts it into the queue.
import { AsyncLocalStorage } from 'node:async_hooks';
import { Queue, run } from 'treadle';
import type { Coroutine } from 'treadle';

const request = new AsyncLocalStorage<string>();
const letters = new Queue<string>();

function* reader(): Coroutine<void> {
  const letter = yield* letters.get();
  console.log(`request ${request.getStore()} reads the ${letter}`);
}

request.run('A', () => run(reader()));
setTimeout(() => request.run('B', () => letters.putNowait('letter')), 5);
