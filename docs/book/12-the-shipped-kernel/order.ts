// An order is paid by card. The bank is behind a network, so there is a time limit, and there are further attempts.
import { coroutine, retry, sleep, timeout } from 'treadle';
import type { Coroutine, Effect } from 'treadle';

export type Charge = (book: string[], order: string) => Effect<void>;

/** What the bank does: the request takes 10 ms to get there, and the answer takes 10 ms to come back. */
export const charge: Charge = coroutine('charge', function* (book, order) {
  yield* sleep(10);
  book.push(order);
  yield* sleep(10);
});

/** Pays for one order. Gives what is in the book of the bank in the end. */
export function* pay(charge: Charge): Coroutine<string[]> {
  const book: string[] = [];
  yield* retry(() => timeout(25, charge(book, 'order 7')), { attempts: 5 });
  return book;
}
