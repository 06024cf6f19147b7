// An hour in the kitchen.
import { now, runSync, sleep, spawn } from './engine.ts';

const MINUTE = 60_000;

function* timer(name: string, minutes: number) {
  yield* sleep(minutes * MINUTE);
  const time = yield* now();
  console.log(`${time / MINUTE} min: ${name}`);
}

function* main() {
  yield* spawn(timer('the cake is done', 60));
  yield* spawn(timer('the tea is strong', 4));
  yield* spawn(timer('the eggs are soft', 4));
  yield* timer('the table is laid', 10);
  return 'Dinner is served, later.';
}

const start = performance.now();
console.log(runSync(main()));
const seconds = (performance.now() - start) / 1_000;
console.log(seconds < 10 ? 'The hour took less than 10 seconds.' : `It took ${seconds} seconds.`);
