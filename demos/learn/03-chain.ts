// Coroutines that call coroutines: the "chained coroutines" of the asyncio tutorials.
import { all, coroutine, now, run, sleep } from 'treadle';
import type { Effect } from 'treadle';
import { VirtualClock } from 'treadle/testing';
import { paint } from '../support/colour.ts';
import { options } from '../support/options.ts';

export const summary = 'coroutines that call coroutines; three such chains at once';
export const help = `
yield* calls a coroutine and gives what it returns, like a function call, except
that it may wait. Within a chain everything happens in order. The three chains
overlap, so together they take only as long as the longest of them.

  --delay MS   a step takes 1, 2 or 3 times as long as this      (default 300)
  --virtual    on a virtual clock: when every task waits, time jumps ahead
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
  const begin = yield* now();
  const { name } = yield* getUser(id, ms); //        a string: TypeScript infers it through yield*
  const middle = yield* now();
  const orders = yield* countOrders(name, ms); //    needs the name, so it has to come second
  const end = yield* now();
  return { id, name, orders, begin, middle, end };
});

type Report = { id: number; name: string; orders: number; begin: number; middle: number; end: number };

/** A line of the picture: what the chain did when. The longest chain has 40 columns. */
function lane({ id, name, orders, begin, middle, end }: Report, longest: number): string {
  const columns = (ms: number) => Math.round((40 * ms) / longest);
  const chain = '░'.repeat(columns(middle - begin)) + '█'.repeat(columns(end) - columns(middle));
  return `report ${id}  ${' '.repeat(columns(begin))}${chain} ${end.toFixed(0)} ms: ${name} has ${orders} orders`;
}

// The frames are on the task's own stack. JavaScript's stack would overflow at about 10,000 calls.
const sum: (n: number) => Effect<number> = coroutine('sum', function* (n) {
  return n === 0 ? 0 : n + (yield* sum(n - 1));
});

function* main(delay: number) {
  const reports = yield* all([report(1, delay), report(2, 2 * delay), report(3, 3 * delay)]);
  const took = yield* now();
  console.log();
  for (const one of reports) console.log(lane(one, took));
  console.log(`          ${paint('dim', '░ getUser  █ countOrders, which needs the name')}`);
  const apart = reports.reduce((sum, { begin, end }) => sum + end - begin, 0);
  console.log(`\nthree at once ${took.toFixed(0)} ms, one after another ${apart.toFixed(0)} ms`);

  const depth = 100_000;
  console.log(`chains can be long: 1 + 2 + ... + ${depth} by ${depth} nested calls is ${yield* sum(depth)}`);
}

export default function (argv: string[]): void {
  const { delay, virtual } = options(argv, { delay: 300, virtual: false });
  run(main(delay), { clock: virtual ? new VirtualClock() : undefined });
}
