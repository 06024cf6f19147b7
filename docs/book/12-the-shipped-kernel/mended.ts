// The payment, mended: the bank knows orders by their numbers, and charges for each of them once.
import { coroutine, sleep } from 'treadle';
import { explore, replay } from 'treadle/testing';
import { charge, pay } from './order.ts';
import type { Charge } from './order.ts';

const chargeOnce: Charge = coroutine('charge', function* (book, order) {
  yield* sleep(10);
  if (!book.includes(order)) book.push(order);
  yield* sleep(10);
});

const check = (book: string[]) => book.length === 1;
const stored = 't1_1k4qnxf_3_1bbcb_7_p8XS_ek';
const before = replay(() => pay(charge), stored, { check });
console.log(`as it was, by the stored schedule: ${before.failure?.error ?? 'no failure'}`);
const after = replay(() => pay(chargeOnce), stored, { check });
console.log(`mended, by the stored schedule: ${after.failure?.error ?? 'no failure'}`);
const { runs, failure } = explore(() => pay(chargeOnce), { check, late: 3 });
console.log(`mended, ${runs} schedules with late timers: ${failure?.error ?? 'no failure'}`);
