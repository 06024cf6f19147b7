// What the specs of the playground share: its machine, if the packages of demos/playground are installed, and programs.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { installed } from '../../demos/support/install.ts';
import type { Log, LogEvent } from '../../demos/playground/walk/log.ts';
import type { RunAnswer, RunRequest } from '../../demos/playground/run/request.ts';
import { root } from '../support/package.ts';

const folder = join(root, 'demos/playground');

/** Large, and so not among the packages that everybody installs: `npm ci` in demos/playground. */
export const isInstalled = existsSync(join(folder, 'package-lock.json')) && installed(folder);

type Test = (sentence: string, check: () => void) => void;

/** `test` is for specs that need the machine: they are skipped, by name, where its packages are missing. */
export function machineSuite(name: string): { readonly test: Test; readonly plainTest: Test; run(): void } {
  const all = suite(name);
  return { test: isInstalled ? all : all.skip, plainTest: all, run: () => all.run() };
}

type Machine = typeof import('../../demos/playground/run/answer.ts') &
  typeof import('../../demos/playground/run/worker.ts');

async function load(): Promise<Machine> {
  const [one, other] = await Promise.all([
    import('../../demos/playground/run/answer.ts'),
    import('../../demos/playground/run/worker.ts'),
  ]);
  return { ...one, ...other };
}

/** The machine itself. Specs that use it are skipped if there is none. */
export const { answer, serve } = isInstalled ? await load() : ({} as Machine);

export type Options = Omit<RunRequest, 'kind' | 'code'>;

/** No run is stopped because a neighbour is busy, unless the options say when. */
export function run(code: string, { limits, ...options }: Options = {}): RunAnswer {
  return answer({ kind: 'run', code, ...options, limits: { time: 1e9, ...limits } });
}

/** The log of a program that can be run. */
export function logOf(code: string, options: Options = {}): Log {
  const { log, error } = run(code, options);
  assert.is(error, undefined, error?.message);
  assert.ok(log);
  return log as Log;
}

export function eventsOf<Kind extends LogEvent['kind']>(log: Log, kind: Kind): Extract<LogEvent, { kind: Kind }>[] {
  return log.events.filter((event) => event.kind === kind) as Extract<LogEvent, { kind: Kind }>[];
}

const importing = `import {
  all, call, cancel, CancelledError, Channel, Condition, coroutine, currentTask, Event, fetch, Future, join, Lock, map,
  now, Queue, race, random, retry, Semaphore, shield, sleep, sleepUntil, spawn, suspend, taskGroup, timeout, yieldNow,
} from 'treadle';
import { fakeFetch, intercept } from 'treadle/testing';
`;

/** A program with all imports, whose lines count from 1 behind them. */
export const withImports = (code: string): string => importing.replaceAll('\n', ' ') + code;

/** A program in which everything happens that a log has an event for, but for limits and faults. */
export const EVERYTHING = withImports(`
const door = new Lock({ name: 'door' });
const jobs = new Queue(2, { name: 'jobs' });
const page = coroutine('page', function* (url) {
  try {
    yield* sleep(100);
  } finally {
    yield* sleep(5);
  }
});
function* inner() {
  yield* sleep(1);
  return 1;
}
function* worker() {
  for (;;) console.warn(yield* jobs.get());
}
function* failing() {
  yield* yieldNow();
  throw new Error('no');
}
function* main() {
  const child = yield* spawn(door.with(sleep(20)), { name: 'child' });
  const server = yield* spawn(worker(), { daemon: true });
  yield* sleep(1);
  yield* door.acquire();
  door.release();
  yield* inner();
  yield inner();
  try {
    yield* timeout(50, page('/a'));
  } catch (error) {
    console.error(error.name);
  }
  yield* race([sleep(3), sleep(10)]);
  yield* join(child);
  yield* jobs.put('one');
  yield* jobs.put('two');
  yield* sleep(0);
  try {
    yield 5;
  } catch (error) {
    console.log(error.name);
  }
  try {
    yield* join(yield* spawn(failing()));
  } catch (error) {
    console.log(error.message);
  }
  yield* cancel(server, 'enough');
  const lock = new Lock({ name: 'lock' });
  const other = new Lock({ name: 'other' });
  const cross = (one, two) => coroutine('cross', function* () {
    yield* one.acquire();
    yield* sleep(1);
    yield* two.acquire();
  })();
  yield* spawn(cross(lock, other), { name: 'ada' });
  yield* spawn(cross(other, lock), { name: 'bob' });
}
`);

/** Locks, lines and combinators beside two tasks that are always ready, so that it matters who goes first. */
export const MANY = withImports(`
function* main() {
  const meeting = new Channel(0, { name: 'meeting' });
  const lock = new Lock(), gate = new Event(), free = new Semaphore(2), changed = new Condition();
  const work = (n) => coroutine('work', function* () {
    yield* lock.with(yieldNow());
    yield* free.with(sleep(n));
    yield* gate.wait();
    yield* changed.with(changed.wait());
  })();
  const sender = coroutine('sender', function* () { for (const n of [1, 2, 3]) yield* meeting.send(n); });
  const receiver = coroutine('receiver', function* () { for (let n = 0; n < 3; n++) yield* meeting.receive(); });
  const busy = coroutine('busy', function* () { for (let turn = 0; turn < 60; turn++) yield* yieldNow(); });
  for (const name of ['busy', 'busier']) yield* spawn(busy(), { name });
  yield* all([sender(), receiver(), race([yieldNow(), sleep(1)])]);
  const all4 = [];
  for (const n of [1, 2, 3, 4]) all4.push(yield* spawn(work(n)));
  yield* sleep(10);
  gate.set();
  yield* sleep(1);
  yield* changed.with((function* () { changed.notifyAll(); })());
  yield* map([1, 2, 3], (n) => sleep(n), { concurrency: 2 });
  yield* taskGroup(function* (group) { yield* group.spawn(sleep(1)); yield* group.spawn(yieldNow()); });
  yield* retry(function* () { yield* timeout(3, shield(sleep(2))); }, { attempts: 2 });
}
`);
