// Two transfers between the same accounts, in opposite directions. Each one locks the account that it takes from first.
import { Lock, runSync, sleep, spawn } from './engine.ts';

const savings = new Lock();
const cash = new Lock();

function* write(amount: number) {
  yield* sleep(10);
  console.log(`${amount} moved`);
}

function* payInto(account: Lock, amount: number) {
  yield* sleep(10);
  yield* account.with(write(amount));
}

function* transfer(from: Lock, to: Lock, amount: number) {
  yield* from.with(payInto(to, amount));
}

function* main() {
  yield* spawn(transfer(savings, cash, 100));
  yield* spawn(transfer(cash, savings, 30));
}

try {
  runSync(main());
} catch (error) {
  console.log(String(error));
}
