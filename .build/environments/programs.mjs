// The programs that run in each environment. What they say is known, so a wrong answer is found as well as a crash.

/** What a program says that has come to its end. */
export const DONE = 'treadle works: 42 after a clean-up';

/** Tasks, a time limit with a clean-up, a queue, and more steps than fit between two turns of the host. */
const program = `
function* child(queue) {
  yield* sleep(5);
  yield* queue.put(21);
}

let after = 'no clean-up';
function* slow() {
  try {
    yield* sleep(60_000);
  } finally {
    yield* sleep(1);
    after = 'a clean-up';
  }
}

function* program() {
  const queue = new Queue(1);
  yield* spawn(child(queue));
  const [value] = yield* all([queue.get(), sleep(1)]);
  try {
    yield* timeout(10, slow());
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
  }
  for (const end = performance.now() + 10; performance.now() < end; ) yield* yieldNow();
  return 'treadle works: ' + 2 * value + ' after ' + after;
}
`;
const names = '{ Queue, TimeoutError, all, run, sleep, spawn, timeout, yieldNow }';

/** An ES module that prints it. */
export const esm = `import ${names} from 'treadle';\n${program}\nrun(program()).then(console.log);\n`;

/** The same in CommonJS. */
export const commonJs = `const ${names} = require('treadle');\n${program}\nrun(program()).then(console.log);\n`;

/** A module that exports it as a promise, for a runner of tests. */
export const exported = `import ${names} from 'treadle';\n${program}\nexport const said = () => run(program());\n`;

/** The entries that run without Node: what they export is used once. */
export const entries = `
import { runSync, sleep } from 'treadle';
import { simulate } from 'treadle/testing';
import { Recorder, toText } from 'treadle/tracing';
import { attach } from 'treadle/instruments';
const recorder = new Recorder();
runSync(sleep(5), { instruments: [recorder] });
if (!/main .*✓/.test(toText(recorder.recording()))) throw new Error('treadle/tracing does not record');
if (typeof simulate !== 'function' || typeof attach !== 'function') throw new Error('an entry is empty');
console.log('all entries');
`;

/**
 * The entries for Node that need packages of the user's: the rules for ESLint are there, and what runs calls on other
 * machines says which package it misses.
 */
export const entriesOfNode = `
import treadle from 'treadle/eslint';
import { machines } from 'treadle/distributed';
if (Object.keys(treadle.rules).length !== 2) throw new Error('treadle/eslint has not its two rules');
try {
  machines({ url: 'redis://127.0.0.1:1', root: new URL('./', import.meta.url), version: '1' });
  throw new Error('treadle/distributed misses nothing');
} catch (error) {
  if (!/needs the packages bullmq and ioredis, and \\w+ is missing/.test(error.message)) throw error;
}
console.log('also those');
`;

/** A pool of each kind that is asked for. */
export const pools = (...kinds) => `
import { run } from 'treadle';
import { processes, threads } from 'treadle/workers';
const executors = { thread: threads, process: processes };
for (const kind of ${JSON.stringify(kinds)})
  await run((function* () {
    const pool = executors[kind]({ workers: 1 });
    console.log(kind, yield* pool.map(new URL('./jobs.js', import.meta.url), 'square', [2, 3]));
  })());
`;
export const jobs = `
import { coroutine, sleep } from 'treadle';
export const square = coroutine('square', function* (x) {
  yield* sleep(1);
  return x * x;
});
`;

/** A page's program: it tells the server that it came from what it found (browser.mjs). */
export const page = `import ${names} from 'treadle';
${program}
run(program()).then(
  (said) => fetch('/report', { method: 'POST', body: said }),
  (error) => fetch('/report', { method: 'POST', body: String(error.stack ?? error) }),
);
`;

/** Types that must be inferred, in a module that is never run. If they were lost (any), the last line would fail. */
export const typed = (specifiers) => `
import { join, run, sleep, spawn, type Task } from 'treadle';
${specifiers.map((specifier, i) => `import * as part${i} from '${specifier}';\nexport { part${i} };`).join('\n')}
function* child(n: number) {
  yield* sleep(1);
  return n * 2;
}
export function* main() {
  const task: Task<number> = yield* spawn(child(21), { name: 'child' });
  const result: number = yield* join(task);
  // @ts-expect-error: the result is a number.
  const wrong: string = yield* join(task);
  return [result, wrong] as const;
}
export const promised: PromiseLike<readonly [number, string]> = run(main());
`;
