// A chain of a million calls.
import { coroutine, runSync, sleep } from './engine.ts';

function* length(n: number): Generator<unknown, number, any> {
  if (n === 0) {
    yield* sleep(1_000);
    return 0;
  }
  const rest: number = yield length(n - 1);
  return rest + 1;
}

const half = coroutine('half', function* (n: number) {
  if (n % 2 !== 0) throw new RangeError(`${n} is odd`);
  yield* sleep(10);
  return n / 2;
});

function* main() {
  const calls: number = yield length(1_000_000);
  console.log(`${calls} calls, and back`);
  try {
    console.log(`half of ${calls} is ${yield* half(calls)}`);
    console.log(yield* half(7));
  } catch (error) {
    console.log(`${error}`);
  }
}

runSync(main());
