// Three transfers in a circle, each with its first account locked, and an auditor who waits for one of them.
import { join, Lock, runSync, sleep, spawn } from './engine.ts';
import type { Task } from './engine.ts';

const savings = new Lock({ name: 'savings' });
const cash = new Lock({ name: 'cash' });
const shares = new Lock({ name: 'shares' });

function* write() {
  yield* sleep(10);
}

function* payInto(account: Lock) {
  yield* sleep(10);
  yield* account.with(write());
}

function* transfer(name: string, from: Lock, to: Lock) {
  let isDone = false;
  try {
    yield* from.with(payInto(to));
    isDone = true;
  } finally {
    console.log(`${name}: ${isDone ? 'done' : 'nothing was moved'}`);
  }
}

function* audit(transfer: Task<void>) {
  yield* join(transfer);
  console.log('the books are right');
}

function* main() {
  const first = yield* spawn(transfer('ada', savings, cash), { name: 'ada' });
  yield* spawn(transfer('bob', cash, shares), { name: 'bob' });
  yield* spawn(transfer('eve', shares, savings), { name: 'eve' });
  yield* spawn(audit(first), { name: 'auditor' });
}

try {
  runSync(main());
} catch (error) {
  console.log(String(error));
}
