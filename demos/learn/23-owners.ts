// Structured concurrency: every task has an owner, which is over only when its tasks are.
import { cancel, coroutine, run, sleep, spawn } from 'treadle';
import type { ChildOptions, Effect } from 'treadle';
import { VirtualClock } from 'treadle/testing';
import { options } from '../support/options.ts';
import { heading, say } from '../support/say.ts';

export const summary = 'tasks and their owners: who waits, and who falls with it';
export const help = `
A task owns what it spawns. At its end it waits for its children. If it fails or
is cancelled, they are cancelled, and have cleaned up before anybody sees that.
A failure that nobody joins fails the owner. A daemon serves the others: it is
not waited for, and it goes last. A detached task outlives its spawner. In
asyncio a TaskGroup does the first half of this, where one is written.

  --delay MS   how long a step takes                             (default 200)
  --virtual    on a virtual clock: when every task waits, time jumps ahead
`;

/** Works for a while, and says how it ends. */
const work = coroutine('work', function* (name: string, ms: number, fails = false) {
  let end = 'is cancelled, and cleans up';
  try {
    yield* sleep(ms);
    end = fails ? 'fails' : 'is done';
    if (fails) throw new Error(`${name} has failed`);
  } finally {
    yield* say(`    ${name} ${end}`);
  }
});

interface WorkOptions extends ChildOptions {
  readonly fails?: boolean;
}

const child = (name: string, ms: number, { fails = false, ...how }: WorkOptions = {}) =>
  spawn(work(name, ms, fails), { name, ...how });

const waits = coroutine('waits', function* (step: number) {
  yield* child('a', step);
  yield* child('b', 2 * step);
  yield* say('  its last line is over');
});

const fails = coroutine('fails', function* (step: number) {
  yield* child('a', 3 * step);
  const b = yield* child('b', step, { fails: true });
  yield* b; // throws the error of b, and nothing here catches it
});

const notJoined = coroutine('notJoined', function* (step: number) {
  yield* child('a', 3 * step);
  yield* child('b', step, { fails: true }); // nobody asks for its result
});

const serves = coroutine('serves', function* (step: number) {
  yield* child('daemon', Infinity, { daemon: true });
  yield* child('a', step);
});

const outlives = coroutine('outlives', function* (step: number) {
  yield* child('detached', 2 * step, { detached: true });
  yield* child('a', 3 * step);
});

/** Runs an owner as a task, and says when it is over, and how. */
const scene = coroutine('scene', function* (title: string, owner: Effect<void>, cancelAfter: number = Infinity) {
  heading(title);
  const task = yield* spawn(owner, { name: 'owner' });
  if (cancelAfter < Infinity) {
    yield* sleep(cancelAfter);
    yield* say('  the owner is cancelled');
    yield* cancel(task);
    return yield* say(task);
  }
  try {
    yield* task;
    yield* say(task);
  } catch {
    yield* say(task);
  }
});

function* main(step: number) {
  yield* scene('The owner waits for its children', waits(step));
  yield* scene('It fails: its children are cancelled, and clean up before anybody sees that', fails(step));
  yield* scene('A child fails and nobody joins it: the owner fails at its end', notJoined(step));
  yield* scene('It is cancelled, and its children with it', waits(2 * step), step);
  yield* scene('A daemon is not waited for, and is cancelled last', serves(step));
  yield* scene('A detached task goes on when its owner is cancelled', outlives(step), step);
  yield* sleep(2 * step);
}

export default function (argv: string[]): void {
  const { delay, virtual } = options(argv, { delay: 200, virtual: false });
  run(main(delay), { clock: virtual ? new VirtualClock() : undefined });
}
