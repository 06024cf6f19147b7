// What goes wrong here is how a process ends. A schedule cannot show that, so nothing is explored: three real processes
// run, and their exit codes stand side by side.
export const title = 'a program that ends in silence';
export const project = 'Node.js';
export const history = [
  { name: 'node 22088', url: 'https://github.com/nodejs/node/issues/22088' },
  { name: 'the wish for a report', url: 'https://github.com/nodejs/promises-debugging/issues/16' },
  { name: 'top-level await, exit code 13', url: 'https://github.com/nodejs/node/pull/34640' },
];
export const story = {
  wanted: `A program waits for an answer, prints it, and ends. The answer never comes, because somebody forgot to
    resolve a promise.`,
  killedBy: `Every schedule does. The program prints its first line and ends there with exit code 0, as if all were
    well. A script that called it goes on.`,
  because: `Node ends when nothing can happen any more: there is no timer and no socket. A pending promise does not
    count, and nobody checks whether one is left. So "done" and "stuck for ever" look the same from outside.`,
  mended: `Only for await at the top level of a module: the exit code is 13 there, and newer versions print a
    warning. Within a function it is as it was, by design: promises belong to the language, and the event loop to
    Node.`,
  inTreadle: `The loop knows its tasks. When Node is about to exit and tasks still wait, each gets its clean-up, and
    the program fails with a DeadlockError that says who waits for what. The exit code is 1.`,
};

/** Beside this file. Each is the same program. */
export const programs = [
  { file: 'silent-end/promise.js', about: 'await within a function' },
  { file: 'silent-end/top-level-await.js', about: 'await at the top level' },
  { file: 'silent-end/treadle.js', about: 'treadle' },
];
