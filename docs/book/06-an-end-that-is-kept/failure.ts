// An order. It is paid for while it is packed, and shipped when it is complete.
import { join, now, runSync, sleep, spawn } from './engine.ts';

function* pay() {
  yield* sleep(10);
  throw new Error('payment failed');
}

function* order() {
  yield* spawn(pay());
  yield* sleep(30);
  console.log(`${yield* now()} ms: packed`);
}

function* main() {
  const task = yield* spawn(order());
  try {
    yield* join(task);
    console.log(`${yield* now()} ms: shipped`);
  } catch (error) {
    console.log(`${yield* now()} ms: not shipped: ${(error as Error).message}`);
  }
}

runSync(main());
