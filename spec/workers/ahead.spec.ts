// Calls that a thread is given while it still runs the one before. Callers notice nothing of it but the time.
import { all, cancel, coroutine, map, run, sleep, spawn, timeout } from 'treadle';
import type { Awaitable, Coroutine, Effect, Task } from 'treadle';
import type { WorkerDiedError } from 'treadle/workers';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Ahead, AheadInThread, mayGoAhead } from '../../lib/workers/ahead.ts';
import { Arrivals } from '../../lib/workers/arrivals.ts';
import { Crew } from '../../lib/workers/crew.ts';
import { Executor } from '../../lib/workers/executor.ts';
import { Job } from '../../lib/workers/job.ts';
import { pack } from '../../lib/workers/packed-error.ts';
import { Call } from '../../lib/workers/protocol.ts';
import type { Answer, Order } from '../../lib/workers/protocol.ts';
import { transfer } from '../../lib/workers/transfer.ts';
import { fresh, lines } from '../support/files.ts';
import { hostTurns } from '../support/host.ts';
import { seeded } from '../support/random.ts';
import { fewTurns, poolOf, until, within } from '../support/workers.ts';
import type { How } from './ahead-jobs.ts';

const test = suite('calls ahead');
const jobs = new URL('./ahead-jobs.js', import.meta.url);

/** What becomes of a call: its value or its error. */
const outcome = coroutine('outcome', function* (call: Awaitable<unknown>): Coroutine<unknown> {
  try {
    return yield call;
  } catch (error) {
    return error;
  }
});

// ---- the slots

const jobWith = (number: number, args: unknown[] = []): Job => {
  const job = new Job(number, new Call('apply', 'file:///jobs.js', 'f', args), 0);
  job.number = number;
  return job;
};

/** What a thread has begun. The slots are those of a pool that has seen so many calls succeed. */
function line(successes: number) {
  const ahead = new Ahead();
  for (let n = 0; n < successes; n++) ahead.over(true);
  const thread = new AheadInThread(ahead.slots);
  const begun: number[] = [];
  const add = (number: number, nothingRuns = false) => thread.add(number, nothingRuns, () => void begun.push(number));
  return { ahead, thread, begun, add };
}

test('a call is begun by the thread or taken back by the pool, and never both', async () => {
  const { ahead, thread, begun, add } = line(4);
  const [first, second, third] = [jobWith(1), jobWith(2), jobWith(3)];
  for (const job of [first, second, third]) {
    ahead.give(job);
    add(job.number);
  }
  assert.is(ahead.takeBack(second), true);
  assert.is(ahead.takeBack(second), false);
  for (let n = 0; n < 3; n++) {
    thread.over(false);
    await hostTurns(5);
  }
  assert.equal(begun, [1, 3]);
  assert.is(ahead.takeBack(first), false);
  assert.is(ahead.takeBack(third), false);
});

test('with nothing to do, the thread begins at once', () => {
  const { ahead, begun, add } = line(1);
  ahead.give(jobWith(1));
  add(1, true);
  assert.equal(begun, [1]);
});

test('each begins in a turn of its own, and none that comes meanwhile overtakes it', async () => {
  const { ahead, thread, begun, add } = line(4);
  for (const number of [1, 2]) ahead.give(jobWith(number));
  add(1);
  thread.over(false);
  await Promise.resolve().then(() => {}); // what the one before has left behind can still end the thread
  add(2, true);
  assert.equal(begun, []);
  await hostTurns(5);
  assert.equal(begun, [1]);
  thread.over(false);
  await hostTurns(5);
  assert.equal(begun, [1, 2]);
});

test('a call that begins at once is not joined by one whose turn came, and that the pool took back', async () => {
  const { ahead, thread, begun, add } = line(4);
  const first = jobWith(1);
  ahead.give(first);
  add(1);
  thread.over(false);
  ahead.takeBack(first);
  thread.goOn(); // call 2 runs
  ahead.give(jobWith(3));
  add(3);
  await hostTurns(5);
  assert.equal(begun, []);
  thread.over(false);
  await hostTurns(5);
  assert.equal(begun, [3]);
});

test('behind a failure nothing is begun, until the pool knows of it', async () => {
  const { ahead, thread, begun, add } = line(4);
  for (const number of [1, 2]) ahead.give(jobWith(number));
  add(1);
  thread.over(true);
  add(2, true); // it was on its way
  await hostTurns(1);
  assert.equal(begun, []);
  assert.equal(
    [...ahead.waiting].map((job) => ahead.takeBack(job)),
    [true, true],
  );
  thread.goOn();
  ahead.give(jobWith(4));
  add(4, true);
  assert.equal(begun, [4]);
});

test('more go ahead with each success, up to four, and none behind a failure', () => {
  const ahead = new Ahead();
  const room = (from: number): number => {
    let number = from;
    for (; ahead.isFreeFor(number); number++) ahead.give(jobWith(number));
    for (const job of [...ahead.waiting]) ahead.takeBack(job);
    return number - from;
  };
  assert.is(room(1), 0);
  assert.equal(
    [true, true, true, true, true, false, true].map((succeeded) => {
      ahead.over(succeeded);
      return room(1);
    }),
    [1, 2, 3, 4, 4, 0, 1],
  );
});

test('a slot is not used again before its call has begun', () => {
  const { ahead } = line(4);
  ahead.give(jobWith(1));
  ahead.over(true); // the one before it is over, and the thread has not looked yet
  for (const number of [2, 3, 4]) {
    assert.ok(ahead.isFreeFor(number));
    ahead.give(jobWith(number));
  }
  assert.not(ahead.isFreeFor(5));
  assert.is(Atomics.compareExchange(ahead.slots, 1, 1, 0), 1); // now it has
  assert.ok(ahead.isFreeFor(5));
});

test('only small plain arguments go ahead, and nothing that is handed over', () => {
  for (const args of [[], [1, 'a', null, true], [[1, { a: 'b' }]], ['x'.repeat(1_024)]])
    assert.ok(mayGoAhead(jobWith(1, args)));
  const record = { a: 1 };
  transfer(record, [new ArrayBuffer(8)]);
  for (const args of [[1n], ['x'.repeat(10_000)], [new Map()], [new Uint8Array(1)], Array(100).fill(1), [record]])
    assert.not(mayGoAhead(jobWith(1, args)), String(args));
});

// ---- a crew whose workers are played by the spec

/** `sent` has the orders that each worker got, as `3` or `ahead 4`. */
function played(
  workers: number,
  more: { maxTasks?: number; concurrency?: number; grace?: number; initializer?: Call } = {},
) {
  const sent: string[][] = [];
  const answers: ((message: unknown) => void)[] = [];
  const ends: (() => void)[] = [];
  let held = true;
  const crew = new Crew({
    ...{ kind: 'thread', name: 'played', workers, concurrency: 1, retries: 0, maxTasks: Infinity },
    ...{ initializer: undefined, grace: 5, idle: Infinity },
    ...more,
    launch(_, onAnswer, onEnd) {
      const mine: string[] = [];
      sent.push(mine);
      answers.push(onAnswer);
      const ended = () => onEnd({ exitCode: 0 });
      ends.push(ended);
      return {
        ...{ label: `played ${sent.length}`, id: sent.length, arrivals: new Arrivals(), ahead: new Ahead() },
        post(order: Order) {
          if (order.treadle === 'run') mine.push(`${order.ahead ? 'ahead ' : ''}${String(order.call.args[0])}`);
          else if (order.treadle === 'cancel') mine.push(`cancel ${order.id}`);
          if (order.treadle === 'end') setImmediate(ended);
        },
        hold: (on: boolean) => void (held = on),
        kill: () => void setImmediate(ended),
      };
    },
  });
  const pool = new Executor(crew);
  return {
    ...{ crew, sent },
    call: (n: unknown) => pool.apply('file:///jobs.js', 'f', [n]),
    value: (worker: number, id: number) =>
      answers[worker]!({ treadle: 'value', id, value: `value ${id}` } satisfies Answer),
    error: (worker: number, id: number) =>
      answers[worker]!({
        ...{ treadle: 'error', id, error: pack(new RangeError(`no ${id}`)) },
        ...{ aborted: false, unfit: undefined },
      } satisfies Answer),
    stuck: (worker: number, orders: number) => answers[worker]!({ treadle: 'stuck', orders } satisfies Answer),
    end: (worker: number) => ends[worker]!(),
    /** Does the last worker keep the program alive? */
    held: () => held,
    /** The worker begins the call with this number. */
    begins: (worker: number, number: number) => {
      const { slots } = [...crew.members][worker]!['worker']!.ahead!;
      return Atomics.compareExchange(slots, number % slots.length, number, 0) === number;
    },
  };
}

/** Makes calls 1 to n at once. The first two succeed: so 3 is next, and those behind it lie ahead. */
function* firstTwoSucceed(
  { call, value }: ReturnType<typeof played>,
  n: number,
  wrap = (one: Effect<unknown>): Effect<unknown> => one,
): Coroutine<Task<unknown>[]> {
  const tasks: Task<unknown>[] = [];
  for (let number = 1; number <= n; number++) tasks.push(yield* spawn(wrap(call(number)), { daemon: true }));
  yield* fewTurns();
  value(0, 1);
  value(0, 2);
  return tasks;
}

test('a worker gets its calls ahead only when no other could begin them', () =>
  run(
    (function* () {
      const { call, sent, value, begins, crew } = played(2);
      const calls: unknown[] = [];
      for (let n = 1; n <= 8; n++) calls.push(yield* spawn(call(n), { daemon: true }));
      yield* fewTurns();
      assert.equal(sent, [['1'], ['2']]); // of none is known what it can do
      value(0, 1);
      assert.equal(sent, [['1', '3', 'ahead 4'], ['2']]);
      assert.equal(
        [...crew.members].map(({ running }) => running.size),
        [1, 1],
      );
      value(1, 2);
      assert.equal(sent, [
        ['1', '3', 'ahead 4'],
        ['2', '5', 'ahead 6'],
      ]);
      value(1, 5);
      assert.ok(begins(1, 3));
      value(1, 6);
      // 7 went ahead of it, and 8.
      assert.equal(sent[1], ['2', '5', 'ahead 6', 'ahead 7', 'ahead 8']);
      assert.ok(begins(1, 4));
      value(1, 7);
      assert.ok(begins(1, 5));
      value(1, 8); // it has nothing to do, and the other one has not begun 4
      assert.equal(sent[1]!.at(-1), '4');
      assert.not(begins(0, 3));
    })(),
  ));

test('behind a failure calls are taken back, and begin in their order', () =>
  run(
    (function* () {
      const made = played(1);
      const { sent, value, error } = made;
      yield* firstTwoSucceed(made, 6, outcome);
      assert.equal(sent[0], ['1', '2', 'ahead 3', 'ahead 4', 'ahead 5']);
      error(0, 3);
      yield* until(() => sent[0]!.length > 5);
      assert.equal(sent[0]!.slice(5), ['4']);
      value(0, 4);
      assert.equal(sent[0]!.slice(5), ['4', '5', 'ahead 6']);
    })(),
  ));

test('of a map that has failed nothing stays ahead at any worker', () =>
  run(
    (function* () {
      const { call, crew, value, error, begins } = played(2);
      const pool = new Executor(crew);
      yield* spawn(all([call('a'), call('b')]), { daemon: true });
      yield* fewTurns();
      value(0, 1);
      value(1, 2);
      yield* fewTurns();
      const failing = yield* spawn(outcome(pool.map('file:///jobs.js', 'f', ['c', 'd', 'e', 'f', 'g'])), {
        daemon: true,
      });
      yield* fewTurns();
      error(0, 3);
      // At once: the worker may look at any moment.
      for (const worker of [0, 1]) for (let number = 1; number < 8; number++) assert.not(begins(worker, number));
      value(1, 4);
      assert.match(String((yield* failing) as unknown), /no 3/);
    })(),
  ));

test('to cancel a call that has not begun takes no worker', () =>
  run(
    (function* () {
      const made = played(1);
      const { sent, value, begins } = made;
      const tasks = yield* firstTwoSucceed(made, 4);
      assert.equal(sent[0], ['1', '2', 'ahead 3', 'ahead 4']);
      yield* cancel(tasks[3]!);
      assert.equal(sent[0], ['1', '2', 'ahead 3', 'ahead 4']);
      assert.not(begins(0, 4));
      assert.ok(begins(0, 3));
      tasks[2]!.cancel(); // too late for that
      yield* fewTurns();
      assert.equal(sent[0]!.at(-1), 'cancel 3');
      value(0, 3);
      yield* fewTurns();
      assert.is(tasks[2]!.state, 'cancelled');
    })(),
  ));

test('when the call that is next is cancelled before it begins, the worker goes on with the one behind it', () =>
  run(
    (function* () {
      const made = played(1);
      const { crew, sent, value, begins } = made;
      const tasks = yield* firstTwoSucceed(made, 4);
      const running = () => [...crew.members].map((member) => [...member.running.values()].join());
      assert.equal(running(), ['f(3)']); // as far as the pool knows
      yield* cancel(tasks[2]!);
      assert.equal(running(), ['f(4)']);
      assert.equal(sent[0], ['1', '2', 'ahead 3', 'ahead 4']);
      assert.not(begins(0, 3));
      assert.ok(begins(0, 4));
      value(0, 4);
      assert.is(yield* tasks[3]!, 'value 4');
      assert.equal(running(), ['']);
    })(),
  ));

test('when the only one left is cancelled before it begins, the worker has nothing to do', () =>
  run(
    (function* () {
      const made = played(1);
      const { crew, held } = made;
      const tasks = yield* firstTwoSucceed(made, 3);
      assert.ok(held());
      yield* cancel(tasks[2]!);
      assert.not(held());
      assert.equal(
        [...crew.members].map(({ hasRoom }) => hasRoom),
        [true],
      );
    })(),
  ));

test('a worker that dies takes along only what it has begun', () =>
  run(
    (function* () {
      const made = played(1);
      const { sent, value, begins, end } = made;
      const tasks = yield* firstTwoSucceed(made, 5, outcome);
      assert.equal(sent[0], ['1', '2', 'ahead 3', 'ahead 4', 'ahead 5']);
      assert.ok(begins(0, 3)); // and its answer is lost
      end(0);
      yield* fewTurns();
      assert.equal(((yield* tasks[2]!) as WorkerDiedError).running, ['f(3)']);
      assert.equal(sent[1], ['4']);
      value(1, 4);
      assert.equal(sent[1], ['4', '5']);
    })(),
  ));

test('a worker is given no more in its life than it may run', () =>
  run(
    (function* () {
      const { call, sent, value } = played(1, { maxTasks: 4 });
      for (let n = 1; n <= 9; n++) yield* spawn(call(n), { daemon: true });
      yield* fewTurns();
      value(0, 1);
      value(0, 2);
      assert.equal(sent[0], ['1', '2', 'ahead 3', 'ahead 4']);
      value(0, 3);
      value(0, 4);
      yield* until(() => sent.length > 1);
      assert.equal(sent, [['1', '2', 'ahead 3', 'ahead 4'], ['5']]);
    })(),
  ));

test('a worker that runs several calls at a time is given none ahead', () =>
  run(
    (function* () {
      const { call, sent, value } = played(1, { concurrency: 2 });
      for (let n = 1; n <= 6; n++) yield* spawn(call(n), { daemon: true });
      yield* fewTurns();
      for (const id of [1, 2, 3]) value(0, id);
      assert.equal(sent[0], ['1', '2', '3', '4', '5']);
    })(),
  ));

test('a worker that was stuck, and goes on by itself with a call ahead, keeps the program alive again', () =>
  run(
    (function* () {
      const { call, crew, sent, value, held, stuck } = played(1);
      for (let n = 1; n <= 3; n++) yield* spawn(call(n), { daemon: true });
      yield* fewTurns();
      value(0, 1);
      assert.equal(sent[0], ['1', '2', 'ahead 3']);
      stuck(0, 4); // the start and three calls
      assert.not(held());
      value(0, 2); // a timer that keeps nothing alive has woken it
      assert.equal(
        [...crew.members].map(({ running }) => [...running.keys()]),
        [[3]],
      );
      assert.ok(held());
    })(),
  ));

test('what lies behind a long call is not passed by all calls that are made later', () =>
  run(
    (function* () {
      const { call, sent, value, begins } = played(2);
      for (let n = 1; n <= 200; n++) yield* spawn(call(n), { daemon: true });
      yield* fewTurns();
      value(0, 1);
      value(1, 2);
      assert.equal(sent, [
        ['1', '3', 'ahead 4'],
        ['2', '5', 'ahead 6'],
      ]);
      // The first worker computes; the second one begins what it was sent, in this order.
      for (let index = 1; !sent[1]![index]!.endsWith(' 4'); index++) {
        assert.ok(index < 60, sent[1]!.join());
        value(1, Number(sent[1]![index]!.replace('ahead ', '')));
        begins(1, index + 2); // its numbers begin with 1
      }
      assert.not(begins(0, 3));
      assert.is(sent[0]!.length, 3); // and nothing more went there
    })(),
  ));

test('behind a long call few are sent that are cancelled there', () =>
  run(
    (function* () {
      const { call, sent, value, begins } = played(1);
      for (let n = 1; n <= 5; n++) yield* spawn(call(n), { daemon: true });
      yield* fewTurns();
      for (let n = 1; n <= 4; n++) {
        value(0, n);
        begins(0, n + 1);
      }
      for (let n = 6; n <= 100; n++) {
        const task = yield* spawn(call(n), { daemon: true });
        yield* fewTurns();
        yield* cancel(task);
      }
      assert.is(sent[0]!.length, 9);
    })(),
  ));

test('a call that is made when another one hears of the end of a worker is not given to that', () =>
  run(
    (function* () {
      const { call, crew, end } = played(1, { initializer: new Call('x', 'file:///jobs.js', 'prepare') });
      const ends: unknown[] = [];
      yield* spawn(outcome(call(0)), { daemon: true });
      yield* fewTurns();
      const consumer = yield* spawn(
        (function* (): Coroutine<void> {
          // Each item is submitted when the one before it is over.
          for (const next of new Executor(crew).imap('file:///jobs.js', 'f', [1, 2, 3]))
            ends.push(yield* outcome(next));
        })(),
      );
      yield* fewTurns();
      end(0);
      yield* consumer;
      assert.equal(ends.map(String), Array(3).fill(String(ends[0])));
      assert.match(String(ends[0]), /WorkerDiedError/);
    })(),
  ));

test('a call that does not heed its cancellation takes along its worker, and what it had begun', () =>
  run(
    (function* () {
      const made = played(1, { grace: 20 });
      const { sent, value, begins } = made;
      const tasks = yield* firstTwoSucceed(made, 5, outcome);
      assert.ok(begins(0, 3));
      tasks[2]!.cancel();
      yield* until(() => sent.length > 1);
      value(1, 4);
      value(1, 5);
      assert.equal([yield* tasks[3]!, yield* tasks[4]!], ['value 4', 'value 5']);
    })(),
  ));

test('but not the call behind it, when that has begun and the program has not heard of it yet', () =>
  run(
    (function* () {
      const made = played(1, { grace: 20 });
      const { sent, value, begins } = made;
      const tasks = yield* firstTwoSucceed(made, 5, outcome);
      assert.ok(begins(0, 3));
      tasks[2]!.cancel();
      assert.ok(begins(0, 4));
      yield* sleep(100); // the time of grace is over
      for (const id of [3, 4, 5]) value(0, id);
      assert.equal([yield* tasks[3]!, yield* tasks[4]!], ['value 4', 'value 5']);
      assert.is(sent.length, 1);
    })(),
  ));

test('when a pool is terminated, nothing that is cancelled can begin', () =>
  run(
    (function* () {
      const made = played(1);
      const { crew, begins } = made;
      yield* firstTwoSucceed(made, 5, outcome);
      const began: boolean[] = [];
      const [member] = crew.members;
      const { slots } = member!['worker']!.ahead!;
      for (const job of crew['programs'].jobs) job.onEnd(() => began.push(slots.some((number) => number !== 0)));
      crew.terminate();
      assert.equal(began, [false, false, false]);
      assert.not(begins(0, 3));
    })(),
  ));

// ---- threads

/** So many calls at once go ahead from now on. */
function* warm(pool: ReturnType<typeof poolOf>): Coroutine<void> {
  for (let n = 0; n < 3; n++) yield* all(Array.from({ length: 20 }, () => pool.apply(jobs, 'block', [1])));
}

test('a call does not wait behind a long one while another worker has nothing to do', () =>
  within(function* () {
    const pool = poolOf('thread', { workers: 2 });
    yield* warm(pool);
    const long = yield* spawn(pool.apply<number>(jobs, 'block', [700]));
    const short = yield* spawn(pool.apply<number>(jobs, 'block', [30]));
    yield* fewTurns();
    const quick = yield* all(Array.from({ length: 10 }, () => pool.apply<number>(jobs, 'where')));
    assert.not(long.done);
    assert.equal(new Set(quick), new Set([yield* short]));
    yield* long;
  }));

test('a call that is cancelled behind a long one is over at once, and never begins', () =>
  within(function* () {
    const file = fresh();
    const pool = poolOf('thread');
    yield* warm(pool);
    const long = yield* spawn(pool.apply(jobs, 'block', [500]));
    const tasks = [];
    for (const n of [1, 2, 3]) tasks.push(yield* spawn(pool.apply(jobs, 'note', [file, n])));
    yield* fewTurns();
    yield* cancel(tasks[1]!);
    assert.is(((yield* outcome(timeout(20, pool.apply(jobs, 'note', [file, 4])))) as Error).name, 'TimeoutError');
    assert.not(long.done);
    yield* all([long, tasks[0]!, tasks[2]!]);
    assert.equal(lines(file), ['1', '3']);
  }));

test('what lies behind a call that ends its thread runs elsewhere, once', () =>
  within(function* () {
    const file = fresh();
    const pool = poolOf('thread');
    for (let round = 0; round < 5; round++) {
      yield* warm(pool);
      const died = yield* spawn(outcome(pool.apply(jobs, 'blockAndDie', [20])));
      const items = [1, 2, 3, 4, 5, 6].map((n) => 10 * round + n);
      assert.equal(yield* all(items.map((n) => pool.apply<number>(jobs, 'note', [file, n]))), items);
      assert.equal(((yield* died) as WorkerDiedError).running, ['blockAndDie(20)']);
      assert.equal(lines(file).slice(6 * round), items.map(String));
    }
  }));

test('begins nothing behind a failure', () =>
  within(function* () {
    const pool = poolOf('thread');
    for (let round = 0; round < 20; round++) {
      for (const how of ['fail', 'fail later', 'no clone'] satisfies How[]) {
        yield* all(Array.from({ length: 6 }, () => pool.apply(jobs, 'where')));
        const file = fresh();
        const items = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => [file, n, n === 4 ? how : 'value']);
        yield* outcome(pool.map(jobs, 'noteItem', items));
        assert.equal(lines(file), ['1', '2', '3', '4'], how);
      }
    }
  }));

test('a call is not lost for what the one before it leaves behind', () =>
  within(function* () {
    const pool = poolOf('thread');
    for (const how of ['rejection', 'tick']) {
      yield* warm(pool);
      const calls = [
        pool.apply(jobs, 'note', [fresh(), 1, 'later']),
        pool.apply(jobs, 'leaveBehind', [how]),
        pool.apply(jobs, 'note', [fresh(), 2, 'later']),
      ];
      const { error } = console;
      const said: string[] = [];
      console.error = (...words) => void said.push(words.join(' '));
      try {
        assert.equal(yield* all(calls), [1, how, 2]);
      } finally {
        console.error = error;
      }
      assert.match(said.join(), `left behind as a ${how}`);
    }
  }));

test('begins in an asynchronous context of its own', () =>
  within(function* () {
    const pool = poolOf('thread');
    yield* warm(pool);
    const calls = ['a', 'b', 'c'].flatMap((text) => [
      pool.apply<void | string>(jobs, 'endIn', [text]),
      pool.apply<void | string>(jobs, 'whatIsStored'),
    ]);
    const found = (yield* all(calls)).filter((one) => typeof one === 'string');
    assert.equal(found, ['nothing', 'nothing', 'nothing']);
  }));

test('whatever becomes of random calls, each begins at most once and alone, and is told its own end', async () => {
  for (let seed = 1; seed <= 7; seed++) {
    const below = seeded(seed);
    const pick = <T>(from: readonly T[]): T => from[below(from.length)]!;
    const usual: How[] = ['value', 'value', 'value', 'value', 'later', 'block'];
    const bad: How[] =
      seed % 3 === 0 ?
        []
      : ['fail', 'fail later', 'no clone', ...(seed % 3 === 1 ? (['die', 'die later'] as const) : [])];
    const file = fresh();
    const cancelled = new Set<number>();
    const hows = Array.from({ length: 150 }, () => (below(100) < 85 || bad.length === 0 ? pick(usual) : pick(bad)));
    const outcomes = await within(function* () {
      const pool = poolOf('thread', {
        workers: 1 + (seed % 3),
        maxTasksPerWorker: seed % 4 === 0 ? 7 : Infinity,
      });
      const outcomes = yield* map(
        hows.entries(),
        function* ([n, how]): Coroutine<unknown> {
          if (below(10) < 3) yield* sleep(below(30));
          const task = yield* spawn(pool.apply<number>(jobs, 'note', [file, n, how]));
          if (below(10) === 0) {
            yield* sleep(below(4));
            if (task.cancel()) cancelled.add(n);
          }
          return yield* outcome(task);
        },
        { concurrency: 40 },
      );
      yield* pool.close();
      return outcomes;
    });
    const noted = lines(file);
    assert.equal(
      noted.filter((one) => one.includes('beside')),
      [],
      `seed ${seed}`,
    );
    for (const [n, end] of outcomes.entries()) {
      const how = hows[n]!;
      const times = noted.filter((one) => one === String(n)).length;
      const what = `seed ${seed}, call ${n}, ${how}: begun ${times} times, ${String(end)}`;
      if (cancelled.has(n)) assert.ok(times <= 1, what);
      else assert.is(times, 1, what);
      if (typeof end === 'number') {
        assert.is(end, n, what);
        continue;
      }
      const { name, running } = end as WorkerDiedError;
      const expected =
        how.startsWith('fail') ? 'RangeError'
        : how === 'no clone' ? 'TypeError'
        : how.startsWith('die') ? 'WorkerDiedError'
        : undefined;
      assert.ok(name === expected || (cancelled.has(n) && name === 'CancelledError'), what);
      if (name === 'WorkerDiedError') assert.is(running.length, 1, what);
    }
  }
});

test.run();
