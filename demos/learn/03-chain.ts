// A coroutine calls coroutines. After "chained coroutines" of the asyncio tutorials.
import { all, coroutine, run, sleep } from 'treadle';
import type { Effect } from 'treadle';
import { options } from '../support/options.ts';
import { say } from '../support/say.ts';

export const summary = 'a coroutine calls coroutines, and several such chains run at once';
export const help = `
yield* calls a coroutine and gives what it returns, like a call of a function,
but it may wait. Within a chain everything is in order; three chains overlap, so
that together they take as long as the longest of them.

  --delay MS   how long a step takes, times 1, 2 and 3   (default 300)
`;

// coroutine(name, function*) makes each call a frame of its own on the task's stack, with a name for reports.
const getUser = coroutine('getUser', function* (id: number, ms: number) {
  yield* sleep(ms); // as a database would
  return { id, name: ['Ada', 'Edsger', 'Grace'][id - 1] ?? 'nobody' };
});

const countOrders = coroutine('countOrders', function* (name: string, ms: number) {
  yield* sleep(ms);
  return name.length;
});

const report = coroutine('report', function* (id: number, ms: number) {
  yield* say(`report ${id}: who is user ${id}?`);
  const { name } = yield* getUser(id, ms); //        a string: TypeScript infers it through yield*
  yield* say(`report ${id}: it is ${name}. How many orders?`);
  const orders = yield* countOrders(name, ms); //    needs the name, and so has to come after it
  yield* say(`report ${id}: ${name} has ${orders} orders`);
  return orders;
});

// The frames lie on the task's own stack, not on JavaScript's, which would overflow at about 10,000.
const sum: (n: number) => Effect<number> = coroutine('sum', function* (n) {
  return n === 0 ? 0 : n + (yield* sum(n - 1));
});

function* main(delay: number) {
  const orders = yield* all([report(3, 3 * delay), report(2, 2 * delay), report(1, delay)]);
  yield* say(`three reports, ${orders.join(' + ')} orders; one after the other they would take ${12 * delay} ms\n`);

  const depth = 100_000;
  yield* say(`A chain may be long. 1 + 2 + ... + ${depth}, by ${depth} nested calls:`);
  yield* say(yield* sum(depth));
}

export default function (argv: string[]): void {
  const { delay } = options(argv, { delay: 300 });
  run(main(delay));
}
