// Cancelling a task whose clean-up takes time.
import { cancel, coroutine, ensure, join, main, sleep, spawn } from 'treadle';
import { options } from '../support/options.ts';
import { say } from '../support/say.ts';

export const summary = 'cancelling: nested clean-ups that wait, innermost first';
export const help = `
Cancelling a task closes its frames, the innermost first. Every finally block
runs, and may itself wait; the frame around it is closed only after that. No
catch block sees a cancellation, so nothing can swallow it, and no code after
the cancelled call runs.

A finally block that is already running when the cancellation comes, because the
work ended normally, is cut short where it waits. The clean-up of ensure() never
is: see the end.

Press Ctrl-C while the task works: the same clean-ups run, and the exit code is
130. A second Ctrl-C does not wait for them.

  --delay MS   how long the task works before it is cancelled   (default 2000)
  --pause MS   how long each clean-up takes                     (default 400)
`;

// Three frames, one inside the other, as in any program that imports rows into a database. coroutine()
// makes each call a frame of its own. The scheduler closes it after the frame inside it has cleaned up.
const connection = coroutine('connection', function* (pause: number) {
  yield* say('connect');
  try {
    yield* transaction(pause);
    yield* say('NEVER PRINTED: no code runs after a call that was cancelled');
  } finally {
    yield* slowly('  close the connection', pause);
  }
});

const transaction = coroutine('transaction', function* (pause: number) {
  yield* say('begin the transaction');
  try {
    yield* rows(pause);
  } finally {
    yield* slowly('  roll it back', pause);
  }
});

const rows = coroutine('rows', function* (pause: number) {
  try {
    for (let n = 1; ; n++) {
      try {
        yield* say(`insert row ${n}`);
        yield* sleep(400);
      } catch {
        // A loop that swallows every error cannot swallow a cancellation, because nothing is thrown. The
        // scheduler calls the generator's return(), and that runs only `finally` blocks.
        yield* say('NEVER PRINTED: try it again');
      }
    }
  } finally {
    yield* slowly('  free the buffers', pause);
  }
});

/** A clean-up that waits. The frames around it wait for it, and so does cancel(). */
const slowly = coroutine('slowly', function* (what: string, pause: number) {
  yield* say(`${what} ...`);
  yield* sleep(pause);
  yield* say(`${what}: done`);
});

// One limit is the language's. A `finally` block that is running because the work before it ended normally is cut
// short by a cancellation that comes while it waits. The clean-up of ensure() is not.
const withFinally = coroutine('with finally', function* (pause: number) {
  try {
    yield* say('work');
  } finally {
    yield* slowly('  clean up in a finally block', pause);
  }
});

const withEnsure = coroutine('with ensure', function* (pause: number) {
  yield* ensure(say('work'), slowly('  clean up in ensure', pause));
});

function* program(delay: number, pause: number) {
  const task = yield* spawn(connection(pause), { name: 'import' });
  console.log(`Press Ctrl-C, or wait: after ${delay} ms the program cancels the task itself.`);
  yield* sleep(delay);
  yield* say('cancel', task);
  yield* cancel(task, 'too late'); // returns when the last clean-up is over
  yield* say('now it is', task);
  try {
    yield* join(task);
  } catch (error) {
    yield* say(`join throws ${error}`);
  }

  console.log('\nA cancellation that comes when the clean-up is already under way:');
  for (const work of [withFinally(pause), withEnsure(pause)]) {
    const late = yield* spawn(work);
    yield* sleep(pause / 2);
    yield* say('cancel', late);
    yield* cancel(late);
  }
}

export default function (argv: string[]): void {
  const { delay, pause } = options(argv, { delay: 2000, pause: 400 });
  // main() is run() for a whole program: Ctrl-C cancels its task, and so every task that it has spawned.
  main(program(delay, pause));
}
