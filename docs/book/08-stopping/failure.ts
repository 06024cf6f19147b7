// A letter for the first of two readers, who is cancelled before the letter is read.
import { cancel, Queue, runSync, sleep, spawn } from './engine.ts';

const letters = new Queue<string>();

function* reader(name: string) {
  const letter = yield* letters.get();
  console.log(`${name} reads the ${letter}`);
}

function* main() {
  const a = yield* spawn(reader('a'));
  const b = yield* spawn(reader('b'));
  yield* sleep(10);
  yield* letters.put('letter');
  yield* cancel(a);
  yield* sleep(10);
  console.log(`a: ${a.state}, b: ${b.state}`);
  yield* cancel(b);
}

runSync(main());
