// An order that fails, while it charges a card.
import { join, now, runSync, sleep, spawn } from './engine.ts';

function* charge() {
  yield* sleep(300);
  console.log(`${yield* now()} ms: the card is charged`);
}

function* order() {
  yield* spawn(charge());
  yield* sleep(100);
  console.log(`${yield* now()} ms: out of stock`);
  throw new Error('out of stock');
}

function* main() {
  const task = yield* spawn(order());
  try {
    yield* join(task);
  } catch (error) {
    console.log(`${yield* now()} ms: the order has failed: ${(error as Error).message}`);
  }
}

runSync(main());
