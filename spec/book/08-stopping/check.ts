// Exercise 8: timeout.
import { exported, must } from '../../../demos/book/judge.ts';
import type { Answer, Engine } from '../../../demos/book/judge.ts';

type Coroutine<T = unknown> = Generator<any, T, any>;

export function check(answer: Answer, { cancel, join, now, runSync, sleep, spawn }: Engine): void {
  const timeout = exported<(ms: number, work: Coroutine) => Coroutine>(answer, 'timeout');
  const TimeoutError = exported<new (message?: string) => Error>(answer, 'TimeoutError');

  const described = (error: unknown) =>
    error instanceof TimeoutError ? 'a TimeoutError'
    : error instanceof Error ? `the error '${error.message}'`
    : String(error);

  /** What came of it and when, when the task that has called it was over, and what the work has done until then. */
  function run(ms: number, work: (note: (what: string) => Coroutine<void>) => Coroutine) {
    const notes: string[] = [];
    function* note(what: string): Coroutine<void> {
      notes.push(`${what} at ${yield* now()}`);
    }
    function* caller() {
      let text: string;
      try {
        text = `the result ${yield* timeout(ms, work(note))}`;
      } catch (error) {
        text = described(error);
      }
      return { text, time: yield* now(), done: notes.join(', ') };
    }
    function* main() {
      const outcome = yield* join(yield* spawn(caller()));
      const over = yield* now();
      yield* sleep(1_000); // what goes on in secret would show itself now
      return { ...outcome, over, later: notes.join(', ') };
    }
    try {
      return runSync(main());
    } catch (error) {
      const text = `${described(error)}, out of a task that nobody had joined`;
      return { text, time: NaN, done: '', over: NaN, later: '' };
    }
  }

  const fast = run(100, function* (note) {
    yield* note('work');
    yield* sleep(10);
    return 'of fast work';
  });
  must(
    fast.later !== '' || !fast.text.startsWith('the error '),
    `Before the work had begun, timeout threw ${fast.text}.`,
  );
  must(fast.later !== '', 'The work was never begun: a coroutine must be called, or spawned.');
  must(
    fast.text === 'the result of fast work' && fast.time === 10,
    `Work of 10 ms with a limit of 100 should give its result at 10 ms, but there was ${fast.text} at ${fast.time} ms.`,
  );
  must(
    fast.over === 10,
    `Work with a limit of 100 ms was over at 10 ms, but the task that had called timeout was over at ${fast.over} ms: something was left behind.`,
  );
  const fails = run(100, function* () {
    yield* sleep(10);
    throw new Error('broken');
  });
  must(
    fails.text === "the error 'broken'" && fails.over === 10,
    `Work that fails at 10 ms with 'broken' should throw that, but there was ${fails.text} at ${fails.over} ms.`,
  );

  const slow = run(50, function* (note) {
    yield* sleep(200);
    yield* note('went on');
  });
  must(slow.later === '', `Work that took too long should be stopped at 50 ms, but it ${slow.later}.`);
  must(
    slow.text === 'a TimeoutError' && slow.time === 50,
    `Work that takes 200 ms with a limit of 50 should end in a TimeoutError at 50 ms, but there was ${slow.text} at ${slow.time} ms.`,
  );
  const cleansUp = run(50, function* (note) {
    try {
      yield* sleep(200);
    } finally {
      yield* sleep(30);
      yield* note('cleaned up');
    }
  });
  must(
    cleansUp.later === 'cleaned up at 80',
    `Work with a clean-up of 30 ms, cancelled at 50, should have cleaned up at 80 ms, but it has ${cleansUp.later || 'not'}.`,
  );
  must(
    cleansUp.text === 'a TimeoutError' && cleansUp.done === 'cleaned up at 80',
    `The TimeoutError should come when the clean-up is over, at 80 ms, but there was ${cleansUp.text} at ${cleansUp.time} ms.`,
  );
  const failsToCleanUp = run(50, function* () {
    try {
      yield* sleep(200);
    } finally {
      yield* sleep(30);
      throw new Error('no roll-back');
    }
  });
  must(
    failsToCleanUp.text === "the error 'no roll-back'",
    `When the clean-up fails with 'no roll-back', that should be thrown, but there was ${failsToCleanUp.text}.`,
  );

  // Cancelled from outside, in the middle.
  const notes: string[] = [];
  function* work() {
    try {
      yield* sleep(200);
    } finally {
      yield* sleep(5);
      notes.push(`closed at ${yield* now()}`);
    }
  }
  runSync(
    (function* () {
      const caller = yield* spawn(timeout(100, work()));
      yield* sleep(20);
      yield* cancel(caller);
      notes.push(`cancelled at ${yield* now()}`);
    })(),
  );
  must(
    notes.join() === 'closed at 25,cancelled at 25',
    `When the task that has called timeout is cancelled at 20 ms, the work should be closed by 25 ms, and then the task is over. But it was: ${notes.join(', ')}.`,
  );
}
