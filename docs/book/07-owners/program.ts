// Two orders. Each is over when all that it has started is over.
import { join, now, runSync, sleep, spawn } from './engine.ts';
import type { Task } from './engine.ts';

function* job(what: string, ms: number) {
  yield* sleep(ms);
  console.log(`${yield* now()} ms: ${what}`);
}

function* pay(card: string) {
  yield* sleep(30);
  if (card === 'expired') throw new Error('the card has expired');
}

function* pack(item: string) {
  yield* spawn(job(`${item}: wrapped`, 50));
  yield* spawn(job(`${item}: labelled`, 20));
}

function* order(item: string, card: string) {
  yield* spawn(pay(card));
  yield* spawn(pack(item));
  return 'shipped';
}

function* report(item: string, order: Task<string>) {
  try {
    const news = yield* join(order);
    console.log(`${yield* now()} ms: ${item}: ${news}`);
  } catch (error) {
    console.log(`${yield* now()} ms: ${item}: not shipped: ${(error as Error).message}`);
  }
}

function* main() {
  const book = yield* spawn(order('book', 'valid'));
  const shoes = yield* spawn(order('shoes', 'expired'));
  yield* spawn(report('book', book));
  yield* spawn(report('shoes', shoes));
}

runSync(main());
