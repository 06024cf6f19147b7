// An order is cancelled in the middle of a transaction, which needs time to roll back.
import { cancel, now, runSync, sleep, spawn } from './engine.ts';

function* say(what: string): Generator<any, void, any> {
  console.log(`${yield* now()} ms: ${what}`);
}

function* transaction() {
  yield* say('begin');
  try {
    yield* sleep(100);
    yield* say('commit');
  } catch {
    yield* say('an error, which is ignored');
  } finally {
    yield* sleep(20);
    yield* say('the transaction is closed');
  }
}

function* order() {
  try {
    yield transaction();
    yield* say('the card is charged');
  } finally {
    yield* say('the order is closed');
  }
}

function* main() {
  const task = yield* spawn(order());
  yield* sleep(50);
  const cancelled = yield* cancel(task);
  yield* say(cancelled ? 'cancelled' : 'too late to cancel');
}

runSync(main());
