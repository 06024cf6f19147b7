// asyncio's gather is called `all` here: several at once, and the results in order.
import { all, allSettled, run, sleep } from 'treadle';
import { options } from '../support/options.ts';
import { say } from '../support/say.ts';

export const summary = 'several at once: results in order, whatever the order of completion';
export const help = `
all([...]) is asyncio.gather and Promise.all: it gives the results in the order,
or under the names, of what it was given. When one fails, the others have been
cancelled and have cleaned up before you see the error; promises would go on.

  --delay MS   the time of one multiplication   (default 300)
`;

function* factorial(name: string, n: number, delay: number) {
  let product = 1;
  for (let factor = 2; factor <= n; factor++) {
    yield* sleep(delay);
    product *= factor;
  }
  yield* say(`${name} is done: ${n}! = ${product}`);
  return product;
}

function* failing(delay: number) {
  yield* sleep(delay);
  throw new Error('no such number');
}

function* patient(delay: number) {
  try {
    yield* sleep(100 * delay);
  } finally {
    yield* say('a patient one is cancelled, cleans up ...');
    yield* sleep(delay); // a clean-up may wait
    yield* say('... and is through');
  }
}

function* main(delay: number) {
  console.log('An array, the slowest first:');
  const results = yield* all([factorial('A', 4, delay), factorial('B', 3, delay), factorial('C', 2, delay)]);
  yield* say('results in the order of the array:', results);

  console.log('\nAn object:');
  const { two, three } = yield* all({ three: factorial('three', 3, delay), two: factorial('two', 2, delay) });
  yield* say('results by their names: two =', two, 'and three =', three);

  console.log('\nOne fails:');
  try {
    yield* all([patient(delay), failing(delay)]);
  } catch (error) {
    yield* say(`only now, with nothing left running: ${error}`);
  }

  console.log('\nOne fails, but all are wanted, whatever becomes of them:');
  const settled = yield* allSettled([factorial('D', 3, delay), failing(delay)]);
  yield* say(
    'allSettled cancels nobody:',
    settled.map(({ status }) => status),
  );
}

export default function (argv: string[]): void {
  const { delay } = options(argv, { delay: 300 });
  run(main(delay));
}
