// asyncio's gather is called `all` here: several coroutines at once, and their results in order.
import { all, allSettled, run, sleep } from 'treadle';
import { options } from '../support/options.ts';
import { heading, say } from '../support/say.ts';

export const summary = 'several at once, with results in the order of the input';
export const help = `
all([...]) is asyncio.gather and Promise.all: you get the results in the order
of the array, or under the names of the object, that you gave it. When one
fails, the others are cancelled, and have cleaned up before you see the error.
Promises would go on.

  --delay MS   how long one multiplication takes   (default 300)
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
    yield* say('the other one is cancelled and cleans up ...');
    yield* sleep(delay); // a clean-up may wait
    yield* say('... and has cleaned up');
  }
}

function* main(delay: number) {
  heading('An array, the slowest first:');
  const results = yield* all([factorial('A', 4, delay), factorial('B', 3, delay), factorial('C', 2, delay)]);
  yield* say('results in the order of the array:', results);

  heading('An object:');
  const { two, three } = yield* all({ three: factorial('three', 3, delay), two: factorial('two', 2, delay) });
  yield* say('results by name: two =', two, 'and three =', three);

  heading('One fails:');
  try {
    yield* all([patient(delay), failing(delay)]);
  } catch (error) {
    yield* say(`only now, with nothing left running: ${error}`);
  }

  heading('One fails, but every outcome is wanted:');
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
