// Programs that draw lots: every task does what random() says, in locks, queues, races, limits and promises. Each is
// recorded on the system's clock, where anything may come in between, and must do exactly the same when it is played
// back.
import { EventEmitter } from 'node:events';
import {
  all,
  any,
  cancel,
  coroutine,
  currentTask,
  ensure,
  fromCallback,
  fromPromise,
  Lock,
  now,
  on,
  once,
  Queue,
  race,
  random,
  retry,
  Semaphore,
  shield,
  sleep,
  spawn,
  suspend,
  timeout,
  wait,
  yieldNow,
} from 'treadle';
import type { Awaitable, Coroutine, Task } from 'treadle';
import type { Instrument } from 'treadle/instruments';
import { record, replayJournal } from 'treadle/testing';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const ROUNDS = 25;

const test = suite('programs that draw lots');

const after = <T>(ms: number, value: T): Promise<T> => new Promise((resolve) => setTimeout(resolve, ms, value));

/** Many tasks that share a few things, and cancel each other. */
function* program(log: unknown[]): Coroutine<unknown> {
  const lock = new Lock();
  const semaphore = new Semaphore(2);
  const queue = new Queue<number>(2);
  const emitter = new EventEmitter();
  const outside = new EventEmitter();
  const tasks: Task<unknown>[] = [];
  const pulse = setInterval(() => outside.emit('beat', 1), 1);

  const action = coroutine('action', function* (depth: number): Coroutine<unknown> {
    const works: (() => Awaitable<unknown>)[] = [
      () => sleep(1),
      () => sleep(0),
      () => yieldNow(),
      () => now(),
      () => fromPromise(() => after(1, 'promise')),
      () => fromPromise(Promise.resolve(1)),
      () => Promise.resolve(2),
      () => fromPromise(() => Promise.reject(new RangeError('rejected'))),
      () => fromCallback((callback) => void setImmediate(callback, null, 3)),
      () => suspend((resume) => resume('at once')),
      () => answeredWithin(depth),
      () => once(outside, 'beat'),
      () => once(emitter, 'own'),
      () => lock.with(sleep(1)),
      () => lock.with(action(depth + 1)),
      () => semaphore.with(fromPromise(() => after(1, 'held'))),
      () => queue.put(1),
      () => queue.get(),
      () => timeout(1, queue.get()),
      () => timeout(2, action(depth + 1)),
      () => race([action(depth + 1), action(depth + 1)]),
      () => all([action(depth + 1), action(depth + 1)]),
      () => any([action(depth + 1), sleep(1)]),
      () => shield(sleep(1)),
      () => ensure(action(depth + 1), () => sleep(1)),
      () => retry(() => action(depth + 1), { attempts: 2, delay: 1, jitter: 0.5 }),
      () => spawn(action(depth + 1), { daemon: true }),
      () => wait(tasks.slice(-3), { timeout: 1 }),
    ];
    const act = works[Math.floor(works.length * (yield* random()))]!;
    if (depth > 3) return yield* sleep(1);
    if ((yield* random()) < 0.1) emitter.emit('own', depth);
    const victim = tasks[Math.floor(tasks.length * (yield* random()))];
    if (victim && (yield* random()) < 0.1 && victim !== (yield* currentTask())) victim.cancel('by a neighbour');
    return yield act();
  });

  const player = coroutine('player', function* (n: number): Coroutine<void> {
    for (let i = 0; i < 6; i++) {
      try {
        log.push(`${n} ${String(yield* timeout(6, action(0)))}`);
      } catch (error) {
        log.push(`${n} ${(error as Error).name}`);
      } finally {
        for (let answers = 0; answers < 130 * (yield* random()); answers++) yield* semaphoreTurn(semaphore);
      }
    }
  });

  try {
    const beats = yield* on<[number]>(outside, 'beat');
    for (let n = 0; n < 8; n++) tasks.push(yield* spawn(player(n), { name: `player ${n}` }));
    yield* timeout(2_000, wait(tasks));
    log.push(yield* now(), beats.size > 0);
  } finally {
    clearInterval(pulse);
    for (const task of tasks) if (!task.done) yield* cancel(task);
  }
  return log.length;
}

/** A suspension that the program itself resumes. */
const answeredWithin = coroutine('answered within', function* (turns: number): Coroutine<unknown> {
  let answer: ((value: string) => void) | undefined;
  yield* spawn(
    (function* () {
      for (let turn = 0; turn <= turns; turn++) yield* yieldNow();
      answer?.('by a neighbour');
    })(),
    { daemon: true },
  );
  return yield* suspend<string>((resume) => void (answer = resume));
});

/** An answer that is there at once, unless somebody holds it. */
const semaphoreTurn = coroutine('turn', function* (semaphore: Semaphore): Coroutine<void> {
  if (semaphore.locked) return yield* yieldNow();
  yield* semaphore.acquire();
  semaphore.release();
});

function tracer(): Instrument & { readonly trace: string[] } {
  const trace: string[] = [];
  let over = false;
  const note = (text: string): void => {
    if (!over) trace.push(text);
  };
  return {
    trace,
    effectPerformed: (task, yielded) => note(`${task.id} ${String(yielded)}`),
    effectFailed: (task, _yielded, error) => note(`${task.id} failed ${String(error)}`),
    taskSuspended: (task) => note(`${task.id} waits`),
    taskWoken: (task) => note(`${task.id} woken`),
    cancelAsked: (task) => note(`${task.id} cancelled`),
    callbackBegins: () => note('callback'),
    taskOver: (task) => {
      note(String(task));
      over ||= task.id === 1;
    },
  };
}

const outcome = (work: () => unknown): string => {
  try {
    return `value ${String(work())}`;
  } catch (error) {
    return `error ${String(error)}`;
  }
};

test('do exactly the same when they are played back', async () => {
  const seen = { within: 0, inside: 0, lines: 0, cancelled: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    const logs: [unknown[], unknown[]] = [[], []];
    const [first, second] = [tracer(), tracer()];
    const recording = record(program(logs[0]), { instruments: [first] });
    if (round % 3 === 0) setTimeout(() => recording.task.cancel('from outside'), 5 + round);
    await recording.task.then(
      () => {},
      () => {},
    );
    const journal = `${recording}`;
    const end = outcome(() => recording.task.result());
    const again = outcome(() => replayJournal(program(logs[1]), journal, { instruments: [second] }));
    const at = first.trace.findIndex((line, index) => line !== second.trace[index]);
    const before = first.trace.slice(Math.max(0, at - 8), at + 1).join('\n  ');
    assert.is(again, end, `round ${round}, at ${at}: ${before}\nreplayed: ${second.trace[at]}\n`);
    assert.is(at, -1, `round ${round}: ${before}\nreplayed: ${second.trace[at]}\n`);
    assert.is(second.trace.length, first.trace.length, `round ${round}`);
    assert.equal(logs[1], logs[0]);
    seen.lines += recording.lines.length;
    seen.cancelled += end.includes('CancelledError') ? 1 : 0;
    for (const name of ['within', 'inside'] as const) seen[name] += journal.split(`"${name}":true`).length - 1;
  }
  assert.ok(seen.lines > 100 * ROUNDS && seen.inside > 0 && seen.cancelled > 0, JSON.stringify(seen));
});

test.run();
