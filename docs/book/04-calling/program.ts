// A shop that asks for prices, one after the other.
import { now, runSync, sleep, spawn } from './engine.ts';

const prices: Record<string, number> = { bread: 3, butter: 2, cheese: 5 };

function* priceOf(item: string) {
  yield* sleep(50);
  const price = prices[item];
  if (price === undefined) throw new Error(`no price for ${item}`);
  return price;
}

function* bill(customer: string, items: string[]) {
  let sum = 0;
  for (const item of items) {
    try {
      const price: number = yield priceOf(item);
      sum += price;
    } catch (error) {
      console.log(`${yield* now()} ms: ${customer}: ${(error as Error).message}`);
    }
  }
  return sum;
}

function* guest(customer: string, items: string[]) {
  const sum = yield* bill(customer, items);
  console.log(`${yield* now()} ms: ${customer} pays ${sum}`);
}

function* main() {
  yield* spawn(guest('Ada', ['bread', 'caviar', 'cheese']));
  yield* spawn(guest('Grace', ['bread', 'butter']));
}

runSync(main());
