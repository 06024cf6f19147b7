// Defining a coroutine, calling it, running it: three different things.
import { run, sleep } from 'treadle';
import { options } from '../support/options.ts';

export const summary = 'defining and running a coroutine; what calling it does not do';
export const help = `
A coroutine is a generator function that waits with yield*. Calling it runs
nothing, not even its first line: run() does, and gives a task.

  --name NAME   whom to greet                    (default World)
  --delay MS    how long the greeting pauses     (default 1000)
`;

// `function*`: it stops at each `yield*`, and goes on from there when it is told to.
function* hello(name: string, delay: number) {
  console.log('   Hello ...');
  yield* sleep(delay); // this coroutine waits; the thread is free for others
  console.log(`   ... ${name}!`);
  return name.length;
}

export default function (argv: string[]): void {
  const { name, delay } = options(argv, { name: 'World', delay: 1000 });

  // An `async` function would have printed "Hello ..." in this line already.
  const coroutine = hello(name, delay);
  console.log('1. hello() was called. It has printed nothing, it only made this:', coroutine);

  // The same with sleep: it does not sleep. It describes a wish, which the scheduler grants to
  // the coroutine that yields it. Therefore wishes can be printed, compared, tested and kept.
  console.log('2. sleep() was called. It took no time, it only made this:', sleep(delay));

  const task = run(coroutine);
  console.log('3. run() was called. It made this:', task);
  console.log('   Now the program gives way to the scheduler, and at last:');

  // A task is also a thenable: promises can wait for it.
  task.then((length) => console.log('4. hello() returned', length, 'and its task is now', task));
}
