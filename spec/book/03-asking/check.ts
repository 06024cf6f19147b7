// Exercise 3: sleepUntil on the virtual clock, where every millisecond counts.
import { exported, must } from '../../../demos/book/judge.ts';
import type { Answer, Engine } from '../../../demos/book/judge.ts';

export function check(answer: Answer, { now, runSync, sleep, spawn }: Engine): void {
  const sleepUntil = exported<(time: number) => Generator<unknown, void, any>>(answer, 'sleepUntil');

  /** Hands on what it yields. A sleep for NaN ms would never end, and the verdict would be that it goes round for ever. */
  function* watched(work: Generator<unknown, void, any>): Generator<any, void, any> {
    for (let step = work.next(); !step.done; step = work.next(yield step.value))
      must(
        !Number.isNaN((step.value as { payload?: unknown }).payload),
        'It asked to sleep for NaN ms. now() alone is only a request: the time is what yield* now() gives.',
      );
  }

  const times: number[] = [];
  runSync(
    (function* () {
      yield* sleep(30);
      for (let next = 100; next <= 500; next += 100) {
        yield* watched(sleepUntil(next));
        times.push(yield* now());
        yield* sleep(40); // the work
      }
    })(),
  );
  must(
    times.join() === '100,200,300,400,500',
    `Work that is due every 100 ms, takes 40 ms, and began at 30 ms, should be done at 100, 200, 300, 400 and 500 ms, ` +
      `but was done at ${times.join(', ')}.`,
  );

  const order: string[] = [];
  function* sleeper(name: string, before: number, time: number) {
    yield* sleep(before);
    yield* sleepUntil(time);
    order.push(`${name} at ${yield* now()}`);
  }
  runSync(
    (function* () {
      yield* spawn(sleeper('third', 50, 100));
      yield* spawn(sleeper('first', 10, 100));
      yield* spawn(sleeper('second', 20, 100));
    })(),
  );
  must(
    order.join(', ') === 'first at 100, second at 100, third at 100',
    `Three tasks that begin at 10, 20 and 50 ms to sleep until 100 should go on in that order, but went: ${order.join(', ')}.`,
  );

  const late = runSync(
    (function* () {
      yield* sleep(100);
      yield* sleepUntil(40);
      yield* sleepUntil(100);
      return yield* now();
    })(),
  );
  must(late === 100, `At 100 ms, sleeping until 40 and until 100 should take no time, but then it was ${late} ms.`);

  const kept = runSync(
    (function* () {
      const later = sleepUntil(100);
      yield* sleep(60);
      yield* later;
      return yield* now();
    })(),
  );
  must(
    kept === 100,
    `sleepUntil(100) that was made at 0 ms, and yielded at 60 ms, should end at 100 ms, but ended at ${kept}.`,
  );
}
