// Defining a coroutine, calling it and running it are three different things.
import { run, sleep } from 'treadle';
import { options } from '../support/options.ts';

export const summary = 'define a coroutine, call it, run it: three different things';
export const help = `
A coroutine is a generator function that waits with yield*. Calling it runs
nothing, not even its first line. run() runs it and gives you a task.

  --name NAME   whom to greet                    (default World)
  --delay MS    how long the greeting pauses     (default 1000)
`;

// `function*`: it stops at each `yield*`, and continues from there when it is resumed.
function* hello(name: string, delay: number) {
  console.log('   Hello ...');
  yield* sleep(delay); // only this coroutine waits; the thread is free for others
  console.log(`   ... ${name}!`);
  return name.length;
}

export default function (argv: string[]): void {
  const { name, delay } = options(argv, { name: 'World', delay: 1000 });

  // An `async` function would already have printed "Hello ..." here.
  const coroutine = hello(name, delay);
  console.log('1. hello() printed nothing. It only made this:', coroutine);

  // sleep() does not sleep either. It describes a request, which the scheduler carries out when a coroutine
  // yields it. So requests can be printed, compared, tested and kept.
  console.log('2. sleep() took no time. It only made this:', sleep(delay));

  const task = run(coroutine);
  console.log('3. run() made this:', task);
  console.log('   It has not started yet. It starts when this function returns:');

  // A task is thenable, so promise code can wait for it.
  task.then((length) => console.log('4. hello() returned', length, 'and its task is now', task));
}
