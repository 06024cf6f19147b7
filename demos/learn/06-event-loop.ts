// An event loop in ten lines. Then the real one: making it, running it until a task is over or for ever, stopping and
// closing it.
import { coroutine, EventLoop, sleep } from 'treadle';
import { VirtualClock } from 'treadle/testing';
import { paint } from '../support/colour.ts';
import { options } from '../support/options.ts';
import { heading, say } from '../support/say.ts';

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
function* rounds(n: number, pause: number) {
  for (; n > 0; n--) {
    show(String(n));
    yield pause;
  }
  show('done');
}

/** The table that the small loop fills: for each task, what it showed in which round. */
const table: [Map<number, string>, Map<number, string>] = [new Map(), new Map()];
let show: (text: string) => void;

// The ten lines.
function loopOver(generators: Generator<number>[]): void {
  let tasks = generators.map((generator, row) => ({ generator, row, due: 1, done: false }));
  for (let round = 1; tasks.length > 0; round++) {
    for (const task of tasks.filter(({ due }) => due <= round)) {
      show = (text) => table[task.row]?.set(round, text);
      const { done = false, value } = task.generator.next(); // one step: it runs to its next yield
      Object.assign(task, { done, due: round + value });
    }
    tasks = tasks.filter(({ done }) => !done);
  }
}

function printTable(): void {
  const last = Math.max(...table.flatMap((row) => [...row.keys()]));
  const line = (name: string, cell: (round: number) => string) =>
    `  ${name.padEnd(7)}${Array.from({ length: last }, (_, i) => cell(i + 1).padEnd(6)).join('')}`.trimEnd();
  console.log(paint('dim', line('round', String)));
  for (const [i, name] of ['A', 'B'].entries()) console.log(line(name, (round) => table[i]?.get(round) ?? '·'));
}

// The same task for an EventLoop. What it yields is an effect: a request to the loop.
const countdown = coroutine('countdown', function* (name: string, n: number, pause: number) {
  for (; n > 0; n--) {
    yield* say(`${name} ${n}`);
    yield* sleep(pause);
  }
  yield* say(`${name} done`);
  return `${name} counted`;
});

/** Makes a call that may be refused, and prints what came of it. */
function attempt(what: string, call: () => unknown): void {
  let answer = 'fine';
  try {
    call();
  } catch (error) {
    answer = (error as Error).message;
    if (answer.length > 44) answer = answer.replace(/: .*/, '');
  }
  console.log(`  ${what.padEnd(32)} ${answer}`);
}

export default function (argv: string[]): void {
  const { delay, virtual } = options(argv, { delay: 300, virtual: false });

  heading('1. A list of tasks, and a loop of ten lines');
  loopOver([rounds(2, 2), rounds(2, 3)]);
  printTable();
  console.log('  A real loop does not go round when no task is ready: it sleeps until one is.');

  heading('2. The same tasks on an EventLoop, until A is over');
  const loop = new EventLoop({ clock: virtual ? new VirtualClock() : undefined });
  const a = loop.createTask(countdown('A', 2, 2 * delay), { name: 'A' });
  const b = loop.createTask(countdown('B', 2, 3 * delay), { name: 'B' });
  console.log('          ', a, b);

  // JavaScript cannot block, so runUntilComplete() returns at once, with a task to wait for.
  loop.runUntilComplete(a).then(() => {
    console.log('          ', a);
    console.log('          ', b, ' The loop stands still.');

    heading('3. It runs again, for ever, until stop() is called at the end of B');
    b.addDoneCallback(() => loop.stop());
    loop.runForever();
    attempt('runForever() while it runs', () => loop.runForever());
    attempt('close() while it runs', () => loop.close());

    b.then(() => {
      attempt('close()', () => loop.close());
      attempt('close() again', () => loop.close());
      attempt('createTask() when it is closed', () => loop.createTask(sleep(delay)));
      attempt('runForever() when it is closed', () => loop.runForever());
    });
  });
}
