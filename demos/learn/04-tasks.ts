// Tasks: when they run, and what console.log shows of them.
import { currentTask, run, sleep, spawn } from 'treadle';
import { options } from '../support/options.ts';
import { heading } from '../support/say.ts';

export const summary = 'when tasks run (1 1 2 2 or 1 2 1 2), and how they print';
export const help = `
spawn() puts a task into the queue and runs none of it. Once a task is running,
nothing interrupts it until it waits: 1 1 2 2. Other tasks get a turn only where
it waits: 1 2 1 2. And main is not over until the tasks that it spawned are.

  --delay MS   how long the tasks of the second scene wait   (default 300)
`;

function* count(n: number, delay?: number) {
  console.log(n);
  if (delay !== undefined) {
    if (n === 2) {
      const { parent } = yield* currentTask();
      console.log('  seen from n2: ', parent);
      console.log('                ', ...(parent?.children ?? []));
    }
    yield* sleep(delay); // the only place where another task gets a turn
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
  return [n1, n2] as const; // main's code is over, but its task is not until its children are
}

function scene(title: string, delay?: number) {
  heading(title);
  const task = run(main(delay));
  console.log('  run() gave:   ', task);
  return task.then(([n1, n2]) => {
    console.log('  at the end:   ', n1);
    console.log('                ', n2);
    console.log('  state of main:', task.state);
  });
}

export default function (argv: string[]): void {
  const { delay } = options(argv, { delay: 300 });
  scene('Tasks that never wait: 1 1 2 2').then(() => scene('Tasks that wait between their two lines: 1 2 1 2', delay));
}
