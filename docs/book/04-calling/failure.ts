// How deep may calls be nested, and what does depth cost?
import { runSync, yieldNow } from './engine.ts';

/** Calls itself until it is `depth` calls deep, and there does the work. */
function* well(depth: number, work: () => Generator<unknown, unknown, any>): Generator<unknown, unknown, any> {
  return yield depth > 1 ? well(depth - 1, work) : work();
}

/** The shortest of many measurements: how long a hundred resumes take. */
function* measured() {
  let shortest = Infinity;
  for (let round = 0; round < 20; round++) {
    const start = performance.now();
    for (let i = 0; i < 100; i++) yield* yieldNow();
    shortest = Math.min(shortest, performance.now() - start);
  }
  return shortest;
}

function* bottom() {
  yield* yieldNow();
  return 'the bottom';
}

function* main() {
  yield* measured();
  const shallow: number = yield well(1, measured);
  const deep: number = yield well(1_000, measured);
  const ratio = deep / shallow;
  console.log(`Depth 1,000: a resume costs ${ratio > 10 ? 'more' : 'less'} than 10 times what it costs at depth 1.`);
  try {
    const end: string = yield well(100_000, bottom);
    console.log(`Depth 100,000: ${end}`);
  } catch (error) {
    console.log(`Depth 100,000: ${error}`);
  }
}

runSync(main());
