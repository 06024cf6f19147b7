// Time limits: work that is cancelled when its time is up, and has cleaned up before anybody goes on.
import { coroutine, deadline, ensure, run, sleep, timeout } from 'treadle';
import { VirtualClock } from 'treadle/testing';
import { options } from '../support/options.ts';
import { heading, say } from '../support/say.ts';

export const summary = 'time limits: nested, moved, and what is cleaned up';
export const help = `
timeout(ms, work) gives the result of the work. If that takes longer, the work
is cancelled, its clean-up runs to its end, and only then TimeoutError is
thrown. Limits nest: each throws at its own place. The limit of deadline() can
be moved while the work runs. asyncio has wait_for, timeout() and reschedule().

  --delay MS   a limit; the work takes ten times as long         (default 200)
  --virtual    on a virtual clock: when every task waits, time jumps ahead
`;

const query = coroutine('query', function* (ms: number) {
  const rollBack = coroutine('rollBack', function* () {
    yield* say('  the clean-up begins');
    yield* sleep(ms / 20); // it may wait, and is waited for
    yield* say('  the clean-up is over');
  });
  let done = false;
  return yield* ensure(
    coroutine('body', function* () {
      yield* sleep(ms);
      done = true;
      return '7 rows';
    })(),
    function* () {
      if (!done) yield* rollBack();
    },
  );
});

/** Prints the result of the work, or its error. */
const show = coroutine('show', function* (work: ReturnType<typeof query>) {
  try {
    yield* say('gives', yield* work);
  } catch (error) {
    yield* say(String(error));
  }
});

const page = coroutine('page', function* (limit: number) {
  try {
    return yield* timeout(limit, query(10 * limit));
  } catch (error) {
    yield* say('the inner limit is up:', (error as Error).name); // the outer one is not

    return 'an empty page';
  }
});

const patient = (limit: number) =>
  deadline(
    limit,
    coroutine('patient', function* (own) {
      for (let part = 1; part <= 3; part++) {
        yield* query(0.8 * limit);
        yield* say(`part ${part} has come: a whole limit more for the next`);
        own.reschedule(limit);
      }
      return 'all parts';
    }),
  );

function* main(delay: number) {
  heading(`timeout(${delay}, work), where the work takes half as long`);
  yield* show(timeout(delay, query(delay / 2)));

  heading(`timeout(${delay}, work), where the work takes ten times as long`);
  yield* show(timeout(delay, query(10 * delay)));

  heading('One in another: the limit that is up throws, and the outer one goes on');
  yield* show(timeout(5 * delay, page(delay)));

  heading('A deadline that moves: each part that comes earns more time');
  yield* show(patient(delay));
}

export default function (argv: string[]): void {
  const { delay, virtual } = options(argv, { delay: 200, virtual: false });
  run(main(delay), { clock: virtual ? new VirtualClock() : undefined });
}
