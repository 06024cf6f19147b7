// A task that asks and asks, and another one that has something to tell it.
import { now, runSync, spawn } from 'treadle';
import type { Coroutine } from 'treadle';

let isCalled = false;

function* caller(): Coroutine<void> {
  isCalled = true;
}

function* main(): Coroutine<void> {
  yield* spawn(caller());
  let asked = 0;
  while (!isCalled && asked < 100_000) {
    yield* now();
    asked++;
  }
  console.log(`called after ${asked} answers`);
}

runSync(main());
