// An event loop in ten lines, then treadle's: made, run until a task is over, run for ever, stopped, closed.
import { coroutine, EventLoop, sleep } from 'treadle';
import { VirtualClock } from 'treadle/testing';
import { options } from '../support/options.ts';

export const summary = 'a loop over a list of tasks in ten lines; then EventLoop: run, stop, close';
export const help = `
An event loop goes round a list of tasks: who is ready does a step, who is done
is taken off, until the list is empty. First that, in ten lines; then the same
two tasks on an EventLoop, which is asyncio's: new EventLoop, createTask,
runUntilComplete, runForever, stop, close, and what it says to wrong calls.

  --delay MS   a round's time on the EventLoop   (default 300)
  --virtual    on a virtual clock, which jumps where all others wait
`;

// A task of the small loop is a generator that yields the number of rounds it wants to wait.
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
      // who is ready?
      const { done = false, value } = task.generator.next(); //      a step: it runs to its next yield
      Object.assign(task, { done, due: round + value });
    }
    tasks = tasks.filter(({ done }) => !done); //                    who is done?
  }
}

// The same task for an EventLoop. What it yields is an effect: a wish that the loop grants.
const countdown = coroutine('countdown', function* (name: string, n: number, pause: number) {
  for (; n > 0; n--) {
    console.log(`    ${name} ${n}`);
    yield* sleep(pause);
  }
  console.log(`    ${name} is done`);
  return `${name} counted`;
});

/** Says what a call that may be refused gave. */
function attempt(what: string, call: () => unknown): void {
  try {
    call();
    console.log(`  ${what.padEnd(33)} fine`);
  } catch (error) {
    console.log(`  ${what.padEnd(33)} ${error}`);
  }
}

export default function (argv: string[]): void {
  const { delay, virtual } = options(argv, { delay: 300, virtual: false });

  console.log('1. A list of tasks, and a loop of ten lines\n');
  loopOver([rounds('A', 2, 2), rounds('B', 2, 3)]);
  console.log('\n  A real one does not go round when nobody is ready: it sleeps until somebody is.');

  console.log('\n2. The same on an EventLoop, until A is over\n');
  const loop = new EventLoop({ clock: virtual ? new VirtualClock() : undefined });
  const a = loop.createTask(countdown('A', 2, 2 * delay), { name: 'A' });
  const b = loop.createTask(countdown('B', 2, 3 * delay), { name: 'B' });
  console.log('  createTask() gave', a, b);

  // JavaScript cannot block: runUntilComplete() returns at once, with a task to wait for.
  loop.runUntilComplete(a).then((result) => {
    console.log(`  runUntilComplete(a) gave '${result}'. The loop stands still, and B with it:`);
    console.log(' ', a, b);

    console.log('\n3. It runs again, for ever, until somebody stops it\n');
    b.addDoneCallback(() => loop.stop());
    loop.runForever();
    attempt('runForever() while it runs', () => loop.runForever());
    attempt('close() while it runs', () => loop.close());

    b.then(() => {
      console.log('  stop() was called, when B was done:', b);
      attempt('close()', () => loop.close());
      attempt('close() again', () => loop.close());
      attempt('createTask() when it is closed', () => loop.createTask(sleep(delay)));
      attempt('runForever() when it is closed', () => loop.runForever());
    });
  });
}
