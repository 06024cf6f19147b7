// A bug that no test run shows: found, cut down, and replayed.
import { all, coroutine, Lock, sleep } from 'treadle';
import type { Coroutine } from 'treadle';
import { explore, replay, simulate } from 'treadle/testing';
import { options } from '../support/options.ts';

export const summary = 'a bug that no test run shows: found, cut down, replayed';
export const help = `
There is one seat left. Ada looks, sees it, and pays, which takes 10 ms. Bob
comes 10 ms later. In the engine's own order all is well: Ada is always first,
so the seat is gone when Bob looks. But her payment and his visit are due in
the same millisecond, and on some day Bob will go first. The seat is sold twice.

explore() runs the program under many schedules until one fails, and cuts that
one down to the switches that matter. It gives a schedule, a short text. With it
replay() does the same again, on another day or on another machine. With a lock
around the sale no schedule fails. There are few enough to try them all.

  --strategy NAME   random, pct or exhaustive                 (default random)
  --seed N          which schedules are tried first           (default 1)
  --replay TEXT     only replays this schedule
`;

/** How many seats are left when both have tried to buy the last one: less than none is a fault. */
function* sale(isLocked: boolean): Coroutine<number> {
  let seats = 1;
  const lock = new Lock({ name: 'lock' });
  const pay = () => sleep(10);
  const buy = coroutine('buy', function* () {
    if (seats === 0) return;
    yield* pay();
    seats--; // what was seen before the payment need not be true any more
  });
  const buyer = (name: string, comes: number) =>
    coroutine(name, function* () {
      if (comes > 0) yield* sleep(comes);
      yield* isLocked ? lock.with(buy()) : buy();
    });
  yield* all([buyer('Ada', 0)(), buyer('Bob', 10)()]);
  return seats;
}

const check = (seats: number) => seats >= 0;

function again(schedule: string): void {
  const { failure } = replay(() => sale(false), schedule, { check });
  console.log(failure ? `${failure.error}\n\n${failure.table}` : 'nothing is wrong with it');
}

export default function (argv: string[]): void {
  const given = options(argv, { strategy: 'random', seed: 1, replay: '' }, { seed: [0, 1_000_000] });
  const strategy = (['random', 'pct', 'exhaustive'] as const).find((name) => name === given.strategy);
  if (strategy === undefined) {
    console.error(`--strategy is random, pct or exhaustive, not "${given.strategy}"`);
    process.exitCode = 2;
    return;
  }
  if (given.replay !== '') return tryAgain(given.replay);

  console.log(`1. In the engine's own order the seats that are left are ${simulate(sale(false)).run()}: all is well.`);

  const { runs, failure } = explore(() => sale(false), { strategy, seed: given.seed, check });
  if (failure === undefined) return console.log(`2. explore() has tried ${runs} schedules and found nothing.`);
  console.log(`2. explore() has tried ${runs} of many schedules. In the last one:`);
  console.log(`   ${failure.error}\n`);
  console.log(`3. Cut down to what matters (switches: ${failure.switches}, marked with *):\n`);
  console.log(failure.table);

  console.log('\n4. The same again, from its schedule:');
  const { failure: repeated } = replay(() => sale(false), failure.schedule, { check });
  console.log(`   ${repeated?.error}, ${repeated?.table === failure.table ? 'step for step' : 'but not the same way'}`);
  console.log(`   in another process: node demos explore --replay ${failure.schedule}`);

  const mended = explore(() => sale(true), { strategy: 'exhaustive', check });
  const all = mended.complete ? `all ${mended.runs} schedules` : `${mended.runs} schedules`;
  console.log(`\n5. With a lock around the sale: ${mended.failure ? 'it fails' : 'nothing is wrong'} in ${all}.`);
}

function tryAgain(schedule: string): void {
  try {
    again(schedule);
  } catch (error) {
    console.error(`${(error as Error).message}`);
    process.exitCode = 2;
  }
}
