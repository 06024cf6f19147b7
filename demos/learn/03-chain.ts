// Coroutines that call coroutines: the "chained coroutines" of the asyncio tutorials.
import { all, coroutine, run, sleep } from 'treadle';
import type { Effect } from 'treadle';
import { options } from '../support/options.ts';
import { say } from '../support/say.ts';

export const summary = 'coroutines that call coroutines; three such chains at once';
export const help = `
yield* calls a coroutine and gives what it returns, like a function call, except
that it may wait. Within a chain everything happens in order. The three chains
overlap, so together they take only as long as the longest of them.

  --delay MS   a step takes 1, 2 or 3 times as long as this   (default 300)
`;

// coroutine(name, function*) makes every call a frame of its own on the task's stack. Reports show the name.
const getUser = coroutine('getUser', function* (id: number, ms: number) {
  yield* sleep(ms); // stands for a query to a database
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
  const orders = yield* countOrders(name, ms); //    needs the name, so it has to come second
  yield* say(`report ${id}: ${name} has ${orders} orders`);
  return orders;
});

// The frames are on the task's own stack. JavaScript's stack would overflow at about 10,000 calls.
const sum: (n: number) => Effect<number> = coroutine('sum', function* (n) {
  return n === 0 ? 0 : n + (yield* sum(n - 1));
});

function* main(delay: number) {
  const orders = yield* all([report(3, 3 * delay), report(2, 2 * delay), report(1, delay)]);
  yield* say(`three reports: ${orders.join(' + ')} orders`);
  yield* say(`one after another they would have taken ${12 * delay} ms\n`);

  const depth = 100_000;
  yield* say(`Chains can be long: 1 + 2 + ... + ${depth}, by ${depth} nested calls:`);
  yield* say(yield* sum(depth));
}

export default function (argv: string[]): void {
  const { delay } = options(argv, { delay: 300 });
  run(main(delay));
}
