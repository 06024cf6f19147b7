// Two clerks share a heap of letters and one stamp. Ada is cancelled, in each run one turn later, and Bob goes on.
import { cancel, Lock, Queue, runSync, sleep, spawn, yieldNow } from './engine.ts';

function* office(turns: number): Generator<any, string, any> {
  const letters = new Queue<number>();
  const stamp = new Lock();
  const read: string[] = [];

  function* press() {
    yield* yieldNow();
  }

  function* clerk(name: string): Generator<any, void, any> {
    for (;;) {
      const letter = yield* letters.get();
      read.push(name + letter);
      yield* stamp.with(press());
    }
  }

  const ada = yield* spawn(clerk('Ada '));
  const bob = yield* spawn(clerk('Bob '));
  yield* sleep(10);
  for (const letter of [1, 2, 3, 4]) yield* letters.put(letter);
  for (let turn = 0; turn < turns; turn++) yield* yieldNow();
  yield* cancel(ada);
  yield* sleep(10);
  yield* cancel(bob);
  return `${read.join(', ')}; the stamp is ${stamp.locked ? 'gone' : 'there'}`;
}

for (let turns = 0; turns < 6; turns++) console.log(`${turns} turns: ${runSync(office(turns))}`);
