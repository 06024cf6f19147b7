// Tasks: what runs when, and what console.log shows of them.
import { currentTask, run, sleep, spawn } from 'treadle';
import { options } from '../support/options.ts';

export const summary = 'main starts, main ends, 1 1 2 2: when tasks run, their names and states';
export const help = `
spawn() puts a task into the queue and runs nothing of it. A task then runs until
it waits, and nobody interrupts it: 1 1 2 2. Only where it waits others get their
turn: 1 2 1 2. And main is not over until the tasks it has spawned are.

  --delay MS   how long the tasks of the second scene wait   (default 300)
`;

function* count(n: number, delay?: number) {
  console.log(n);
  if (delay !== undefined) {
    const me = yield* currentTask();
    if (n === 2) console.log('  seen from n2: ', me.parent, me.parent?.children);
    yield* sleep(delay); // the only place where this task is left for another one
  }
  console.log(n);
  return `counted ${n}`;
}

function* main(delay?: number) {
  console.log('main starts');
  const n1 = yield* spawn(count(1, delay), { name: 'n1' });
  const n2 = yield* spawn(count(2, delay), { name: 'n2' });
  console.log('  spawn() gave: ', n1, n2);
  console.log('main ends');
  return [n1, n2] as const; // main's code is over; its task is not, because its children are not
}

function scene(title: string, delay?: number) {
  console.log(`\n${title}\n`);
  const task = run(main(delay));
  console.log('  run() gave:   ', task);
  return task.then(([n1, n2]) => {
    console.log('  at the end:   ', n1, n2);
    console.log('  and the task main is', task.state);
  });
}

export default function (argv: string[]): void {
  const { delay } = options(argv, { delay: 300 });
  scene('Tasks that never wait: 1 1 2 2').then(() => scene('Tasks that wait between their two lines: 1 2 1 2', delay));
}
