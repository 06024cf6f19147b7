// virtually: a coroutine as a test of uvu, node:test, vitest or jest. They all take a function that gives a promise, so
// no adapter knows any of them. Relies on the loop, the kernel and the virtual clock.

import { yieldNow } from '../effects/yield-now.ts';
import { currentTask } from '../effects/current-task.ts';
import { coroutine } from '../effects/coroutine.ts';
import { liveTasks } from '../host/deadlock.ts';
import type { Awaitable } from '../kernel/awaitable.ts';
import { DAEMON } from '../kernel/modes.ts';
import type { Task } from '../kernel/task.ts';
import { run } from '../loop/run.ts';
import type { RunOptions } from '../loop/run.ts';
import { VirtualClock } from '../time/virtual-clock.ts';
import { checkDuration, checkFunction, checkOneOf } from '../words/check.ts';
import { TimeoutError } from '../words/errors.ts';
import { isInstance } from '../words/thrown.ts';

/**
 * The options of `virtually`: those of `run` without a clock, a limit of real time, and what becomes of tasks that are
 * left over.
 */
export interface VirtuallyOptions extends Omit<RunOptions, 'clock'> {
  /**
   * What tasks are that still wait when the body of the test is over: a failure, `'fail'`, which is the default, or
   * something to `'wait'` for. Daemons are neither: they are cancelled.
   */
  readonly leftovers?: 'fail' | 'wait' | undefined;
  /**
   * Milliseconds of real time after which the test is cancelled and fails; 60,000 by default. The runner's own limit
   * does not show the tasks, so choose one below that.
   */
  readonly limit?: number | undefined;
}

/** Tasks that need no time have this many turns until they count as left over. */
const MOST_TURNS = 10_000;
/** At most this many tasks are shown. */
const MOST_SHOWN = 50;

function list(tasks: readonly Task[]): string {
  const lines = tasks.slice(0, MOST_SHOWN).map((task) => `\n  ${task}`);
  if (tasks.length > MOST_SHOWN) lines.push(`\n  and ${tasks.length - MOST_SHOWN} more`);
  return lines.join('');
}

/** Adds the tasks to what runners show of an error: the message, and the stack, which repeats it. Never throws. */
function addTasks(error: unknown, tasks: readonly Task[]): void {
  if (tasks.length === 0 || !isInstance(error, Error)) return;
  try {
    const { message, stack } = error;
    const longer = `${message}\n\nTasks that were alive:${list(tasks)}\n`;
    error.message = longer;
    // V8 begins the stack with the message as it was when the error was made.
    if (typeof stack === 'string' && stack.includes(message)) error.stack = stack.replace(message, () => longer);
  } catch {
    // It is frozen.
  }
}

/**
 * The tasks that the test has left behind: all tasks of the loop except the test itself, and except daemons and their
 * children.
 */
function leftBehind(main: Task): Task[] {
  const isDaemon = (task: Task): boolean =>
    (task._flags & DAEMON) !== 0 || (task.parent !== undefined && task.parent !== main && isDaemon(task.parent));
  return liveTasks(main.loop).filter((task) => task !== main && !isDaemon(task));
}

const test = coroutine(
  'test',
  function* (body: (...args: never[]) => Awaitable<unknown>, args: readonly never[], failOnLeftovers: boolean) {
    const task = yield* currentTask();
    try {
      yield body(...args);
    } catch (error) {
      addTasks(
        error,
        liveTasks(task.loop).filter((other) => other !== task),
      );
      throw error;
    }
    if (!failOnLeftovers) return;
    // Those that need no time to end may do so. When nobody else is ready, they all wait.
    for (let turn = 0; task.loop._first !== undefined && turn < MOST_TURNS; turn++) yield* yieldNow();
    const left = leftBehind(task);
    if (left.length === 0) return;
    const what = left.length === 1 ? 'task was' : 'tasks were';
    throw new Error(
      `${left.length} ${what} still alive when the test was over: ` +
        `join or cancel them, or make them daemons${list(left)}`,
    );
  },
);

/**
 * Makes a test of a coroutine function: gives a function that runs it on a virtual clock of its own, for
 * `test('...', virtually(function* () { ... }))` of uvu, node:test, vitest and jest. The body is given what the runner
 * gives. It may wait for the world outside; time stands still meanwhile.
 *
 * The test fails with the body's error, and the message lists the tasks that were alive then. It also fails when tasks
 * are left over that still wait when the body is over (see `leftovers`), when every task waits and nothing can wake
 * them, which is a `DeadlockError`, and when it takes longer than `limit` milliseconds of real time.
 *
 * Throws a `TypeError` or `RangeError` at the call if `body` is not a function, and for a wrong option.
 *
 * @example
 * test('the second try succeeds', virtually(function* () {
 *   assert.is(yield* retry(flaky, { attempts: 2, delay: 60_000 }), 'ok');
 * }));
 */
export function virtually<A extends unknown[]>(
  body: (...args: A) => Awaitable<unknown>,
  options: VirtuallyOptions = {},
): (...args: A) => Promise<void> {
  checkFunction('virtually', body, 'a coroutine function, function* () { ... }');
  const { leftovers = 'fail', limit = 60_000, name = 'test', ...others } = options;
  checkOneOf('the option leftovers of virtually', leftovers, ['fail', 'wait']);
  checkDuration('the limit of virtually', limit);
  // Runners look at the number of parameters, and would wait for a callback if there were some.
  return (...args) => {
    const work = test(body as never, args as never, leftovers === 'fail');
    const task = run(work, { ...others, name, clock: new VirtualClock() });
    const stopWatch = cancelAfter(task as Task, limit);
    return task.then(
      () => void stopWatch(),
      (error: unknown) => {
        throw stopWatch() ?? error;
      },
    );
  };
}

/** Gives a function that stops the watch, and gives the error if it was too late. */
function cancelAfter(task: Task, limit: number): () => Error | undefined {
  let late: Error | undefined;
  const expire = () => {
    late = new TimeoutError(`the test took longer than ${limit} ms of real time, and was cancelled`);
    addTasks(late, liveTasks(task.loop));
    task.cancel(late);
  };
  // setTimeout cannot wait longer than 2^31 - 1 milliseconds.
  const timer = limit < 2 ** 31 ? setTimeout(expire, limit) : undefined;
  // A process that has nothing else to do should end: then the engine tells of the deadlock.
  (timer as { unref?: () => void } | undefined)?.unref?.();
  return () => {
    clearTimeout(timer);
    return late;
  };
}
