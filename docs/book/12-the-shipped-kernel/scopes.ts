// An order is cancelled in the middle of a clean-up, and another one in the middle of a payment.
import { cancel, now, runSync, shield, sleep, spawn, timeout } from 'treadle';
import type { Coroutine } from 'treadle';

function* transaction(): Coroutine<void> {
  try {
    yield* sleep(100);
  } finally {
    yield* sleep(20);
    console.log(`${yield* now()} ms: rolled back`);
  }
}

function* payment(): Coroutine<void> {
  yield* sleep(80);
  console.log(`${yield* now()} ms: paid`);
}

function* main(): Coroutine<void> {
  const limited = yield* spawn(timeout(50, transaction()));
  const shielded = yield* spawn(shield(payment()));
  yield* sleep(60);
  for (const order of [limited, shielded]) console.log((yield* cancel(order)) ? 'cancelled' : order.state);
}

runSync(main());
