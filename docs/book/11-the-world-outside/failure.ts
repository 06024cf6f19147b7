// A task looks for prime numbers, and lets the others have a turn after each. Beside it ticks a clock of the host.
import { run, yieldNow } from './engine.ts';

let ticks = 0;
const clock = setInterval(() => ticks++, 1);

function isPrime(n: number) {
  for (let divisor = 2; divisor * divisor <= n; divisor++) if (n % divisor === 0) return false;
  return true;
}

function* main() {
  for (let n = 2; n < 600_000 && ticks < 50; n++) {
    isPrime(n);
    yield* yieldNow();
  }
  clearInterval(clock);
  console.log(`${ticks} ticks of 50`);
}

run(main());
