// Exercise 5: tail calls.
import { exported, must } from '../../../demos/book/judge.ts';
import type { Answer, Engine } from '../../../demos/book/judge.ts';

type Coroutine = Generator<unknown, unknown, any>;

export function check(answer: Answer, engine: Engine): void {
  const { now, runSync, sleep } = engine;
  const TailCall = exported<new (work: Coroutine) => object>(answer, 'TailCall');
  const withTailCalls = exported<(work: Coroutine) => Coroutine>(answer, 'withTailCalls');

  const plain = runSync(withTailCalls((function* () { return 'plain'; })())); // prettier-ignore
  must(
    plain === 'plain',
    `A coroutine that makes no tail call should give its result, 'plain', but the result was ${plain}.`,
  );

  let live = 0;
  let most = 0;
  function* countDown(n: number): Coroutine {
    most = Math.max(most, ++live);
    try {
      if (n % 1_000 === 1) yield* sleep(1);
      return n === 0 ? yield* now() : new TailCall(countDown(n - 1));
    } finally {
      live--;
    }
  }
  const time = runSync(withTailCalls(countDown(30_000)));
  must(
    !(time instanceof TailCall),
    'A chain of 30,000 tail calls came back as a TailCall: somebody must run that, too.',
  );
  must(
    time === 30,
    `A chain of 30,000 tail calls, which sleep for 30 ms altogether, should give the time, 30, but gave ${time}.`,
  );
  must(
    most === 1,
    `A coroutine should be over before the one that it has returned begins, but ${most} were alive at once.`,
  );

  let caught: unknown;
  function* fails(n: number): Coroutine {
    if (n === 0) throw new Error('at the end');
    return new TailCall(fails(n - 1));
  }
  runSync(
    (function* () {
      try {
        yield* withTailCalls(fails(3));
      } catch (error) {
        caught = error;
      }
    })(),
  );
  must(
    caught instanceof Error && caught.message === 'at the end',
    `An error at the end of a chain was not thrown: ${caught}.`,
  );

  // How many frames there are is the engine's own affair: it can be asked for only where we know it.
  if (!('Effect' in engine)) return;
  const depth = () =>
    new engine.Effect<number>('depth', undefined, (task) => {
      let frames = 0;
      for (let { frame } = task; frame; frame = frame.caller) frames++;
      return frames;
    });
  function* deep(n: number): Coroutine {
    return n === 0 ? yield* depth() : new TailCall(deep(n - 1));
  }
  const [short, long] = [runSync(withTailCalls(deep(1))), runSync(withTailCalls(deep(50)))];
  must(
    short === long,
    `After 1 tail call there were ${short} frames, and after 50 there were ${long}: the stack grows.`,
  );
}
