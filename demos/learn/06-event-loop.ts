// An event loop in ten lines. Then the real one: making it, running it until a task is over or for ever, stopping and
// closing it.
import { coroutine, EventLoop, sleep } from 'treadle';
import { VirtualClock } from 'treadle/testing';
import { options } from '../support/options.ts';

export const summary = 'a loop over tasks in ten lines, then the real EventLoop';
export const help = `
An event loop goes round a list of tasks. A task that is ready does one step, a
task that is done leaves the list, and the loop ends when the list is empty. You
see that first, in ten lines. Then the same two tasks run on an EventLoop, which
has asyncio's methods: createTask, runUntilComplete, runForever, stop and close.
What is called at the wrong moment is refused, with a message that says why.

  --delay MS   how long a round takes on the EventLoop   (default 300)
  --virtual    on a virtual clock: when every task waits, time jumps ahead
`;

// A task for the small loop is a generator that yields how many rounds it wants to wait.
function* rounds(name: string, n: number, pause: number) {
  for (; n > 0; n--) {
    console.log(`    ${name} ${n}`);
    yield pause;
  }
  console.log(`    ${name} is done`);
}

// The ten lines.
function loopOver(generators: Generator<number>[]): void {
  let tasks = generators.map((generator) => ({ generator, due: 1, done: false }));
  for (let round = 1; tasks.length > 0; round++) {
    console.log(`  round ${round}`);
    for (const task of tasks.filter(({ due }) => due <= round)) {
      const { done = false, value } = task.generator.next(); // one step: it runs to its next yield
      Object.assign(task, { done, due: round + value });
    }
    tasks = tasks.filter(({ done }) => !done);
  }
}

// The same task for an EventLoop. What it yields is an effect: a request to the loop.
const countdown = coroutine('countdown', function* (name: string, n: number, pause: number) {
  for (; n > 0; n--) {
    console.log(`    ${name} ${n}`);
    yield* sleep(pause);
  }
  console.log(`    ${name} is done`);
  return `${name} counted`;
});

/** Makes a call that may be refused, and prints what came of it. */
function attempt(what: string, call: () => unknown): void {
  try {
    call();
    console.log(`  ${what}: fine`);
  } catch (error) {
    const lines = String(error).match(/.{1,70}(?= |$)/g) ?? []; // short enough for a terminal
    console.log(`  ${what}: refused\n    ${lines.join('\n     ')}`);
  }
}

export default function (argv: string[]): void {
  const { delay, virtual } = options(argv, { delay: 300, virtual: false });

  console.log('1. A list of tasks, and a loop of ten lines\n');
  loopOver([rounds('A', 2, 2), rounds('B', 2, 3)]);
  console.log('\n  A real loop does not go round when no task is ready. It sleeps until one is.');

  console.log('\n2. The same tasks on an EventLoop, until A is over\n');
  const loop = new EventLoop({ clock: virtual ? new VirtualClock() : undefined });
  const a = loop.createTask(countdown('A', 2, 2 * delay), { name: 'A' });
  const b = loop.createTask(countdown('B', 2, 3 * delay), { name: 'B' });
  console.log('  createTask() gave', a, b);

  // JavaScript cannot block, so runUntilComplete() returns at once, with a task to wait for.
  loop.runUntilComplete(a).then((result) => {
    console.log(`  runUntilComplete(a) gave '${result}'. The loop stands still, and so does B:`);
    console.log(' ', a, b);

    console.log('\n3. The loop runs again, for ever, until stop() is called\n');
    b.addDoneCallback(() => loop.stop());
    loop.runForever();
    attempt('runForever() while it runs', () => loop.runForever());
    attempt('close() while it runs', () => loop.close());

    b.then(() => {
      console.log('  stop() was called when B was done:', b);
      attempt('close()', () => loop.close());
      attempt('close() again', () => loop.close());
      attempt('createTask() when it is closed', () => loop.createTask(sleep(delay)));
      attempt('runForever() when it is closed', () => loop.runForever());
    });
  });
}
