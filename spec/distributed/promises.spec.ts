// What calls in threads, in processes and on machines have in common: the same promises, made of the same functions.
// What only machines promise is in the other files of this folder.
import { deepStrictEqual } from 'node:assert';
import { AsyncLocalStorage } from 'node:async_hooks';
import { appendFileSync } from 'node:fs';
import { all, allSettled, cancel, CancelledError, createContext, forEach, Queue, sleep, spawn, timeout } from 'treadle';
import type { Coroutine } from 'treadle';
import { runIn, WorkerDiedError } from 'treadle/workers';
import type { Executor } from 'treadle/workers';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught } from '../support/errors.ts';
import { fresh, lines, untilLine } from '../support/files.ts';
import { end, farJobs, hosts, machinesOf } from '../support/hosts.ts';
import { redisServer, whyNoRedis } from '../support/redis.ts';
import { coroutines, fewTurns, jobs, poolOf, stage, within } from '../support/workers.ts';

/** At most so many calls run at once: in two workers, four in each. */
const ROOM = 8;

const request = new AsyncLocalStorage<string>();

interface World {
  /** An executor of its own. On machines the time of grace is that of the host. */
  executor(options?: { readonly grace: number }): Executor;
  close(): Promise<unknown>;
}

const local = (kind: 'process' | 'thread') => (): World => ({
  executor: (options) => poolOf(kind, { workers: 2, concurrency: 4, ...options }),
  close: () => Promise.resolve(),
});

async function machinesWorld(): Promise<World> {
  const redis = await redisServer();
  const [host] = await hosts(redis, 1, { pool: { grace: 3_000 } });
  return {
    executor: () => machinesOf(redis, { inFlight: ROOM }),
    close: () => end(host!).then(() => redis.stop()),
  };
}

const worlds: [name: string, open: () => World | Promise<World>][] = [
  ['threads', local('thread')],
  ['processes', local('process')],
  ['machines', machinesWorld],
];

/** Values of all kinds, each beside its name. None of them shares a part with another one. */
const values: Record<string, unknown> = {
  undefined: undefined,
  null: null,
  booleans: [true, false],
  numbers: [0, -0, 1.5, NaN, Infinity, -Infinity, 2 ** 53, Number.MIN_VALUE],
  bigints: [0n, -(2n ** 100n)],
  text: ['', 'a\u0000b', '\u{1f9f6}', '\ud800 alone', '__proto__'],
  dates: [new Date(0), new Date(8.64e15)],
  expressions: [/a+/giu],
  maps: new Map<unknown, unknown>([
    [{ a: 1 }, new Set([1, 'a', new Map()])],
    [NaN, undefined],
  ]),
  bytes: [new Uint8Array([0, 255, 128]), new Float64Array([-0, NaN]), new BigInt64Array([-1n]), new ArrayBuffer(3)],
  view: new DataView(new Uint8Array([1, 2, 3]).buffer, 1, 1),
  objects: { a: { b: { c: undefined } }, 'a key': [], toJSON: 'no function', $type: 'Map', '@': 1 },
  errors: [new RangeError('out of range', { cause: new TypeError('inner') })],
};

for (const [name, open] of worlds) {
  const missing = name === 'machines' ? whyNoRedis() : undefined;
  const test = suite(`calls ${name === 'machines' ? 'on' : 'in'} ${name}`);
  if (missing !== undefined) {
    test.skip(`the promises of threads and processes (${missing})`, () => {});
    test.run();
    continue;
  }
  let world: World;
  let pool: Executor; // of all specs that want no other
  const { play, end: endStage } = stage();
  test.before(async () => {
    world = await open();
    pool = world.executor();
  });
  test.after(async () => {
    await endStage();
    await world.close();
  });

  test('functions of every form are run: plain, promise-returning, coroutines, generators', () =>
    play(function* () {
      for (const name of ['square', 'squareLater', 'squareAsync'])
        assert.equal(yield* pool.map(jobs, name, [1, 2, 3]), [1, 4, 9], name);
      for (const name of ['squareCoroutine', 'squareGenerator'])
        assert.equal(yield* pool.map(coroutines, name, [1, 2, 3]), [1, 4, 9], name);
      assert.is(yield* pool.apply(jobs, 'default', [3]), -3);
      assert.equal(yield* pool.apply(jobs, 'echo', [1, 'two', undefined]), [1, 'two', undefined]);
      assert.is(yield* runIn<number>(pool, jobs, 'square', [5]), 25);
    }));

  test('map gives results in the order of the items, whatever the order of completion, of any source', () =>
    play(function* () {
      const file = fresh();
      const items = [60, 1, 40, 0, 20];
      const tasks = items.map((ms, i) => pool.apply<number>(farJobs, 'noted', [file, i, ms]));
      assert.equal(yield* all(tasks), [0, 1, 4, 9, 16]);
      assert.equal(yield* pool.map(jobs, 'square', []), []);
      assert.equal(yield* pool.map(jobs, 'square', new Set([3, 2])), [9, 4]);
      const queue = new Queue<number>();
      for (const n of [5, 6]) queue.putNowait(n);
      queue.close();
      assert.equal(yield* pool.map(jobs, 'square', queue), [25, 36]);
      async function* numbers() {
        yield 7;
        yield 8;
      }
      assert.equal(yield* pool.map(jobs, 'square', numbers()), [49, 64]);
      const hundred = Array.from({ length: 100 }, (_, i) => i);
      assert.equal(
        yield* pool.map(jobs, 'squareLater', hundred),
        hundred.map((x) => x * x),
      );
    }));

  test('imap gives results as they come, errors at their turn', () =>
    play(function* () {
      const seen: unknown[] = [];
      const files = [fresh(), fresh(), fresh()];
      const order = [1, 2, 0];
      const log = (index: number) => appendFileSync(files[index]!, 'go on\n');
      log(order[0]!);
      for (const next of pool.imap<number>(
        farJobs,
        'itemWhenTold',
        files.map((file, x) => [file, x]),
      )) {
        seen.push(yield* next);
        if (seen.length < 3) log(order[seen.length]!);
      }
      assert.equal(seen, [1, 4, 0]);
      const odd: string[] = [];
      for (const next of pool.imap<number>(farJobs, 'odd', [1, 2, 3])) {
        try {
          odd.push(String(yield* next));
        } catch (error) {
          odd.push((error as Error).message);
        }
      }
      assert.equal(odd.sort(), ['1', '2 is even', '3']);
      assert.equal([...pool.imap(jobs, 'square', [])], []);
      let sum = 0;
      yield* forEach(
        pool.imap<number>(jobs, 'square', [1, 2, 3, 4]),
        function* (next) {
          const square = yield* next;
          sum += square;
        },
        { concurrency: 2 },
      );
      assert.is(sum, 30);
    }));

  test('imap stays only a little ahead of who takes its results, and what is left is cancelled', () =>
    play(function* () {
      let pulled = 0;
      const endless = (function* () {
        for (;;) yield ++pulled;
      })();
      let taken = 0;
      for (const next of pool.imap<number>(jobs, 'square', endless)) {
        yield* next;
        if (++taken === 20) break;
        yield* sleep(2);
      }
      assert.ok(pulled >= 20 && pulled <= 20 + 3 * ROOM, `${pulled} items were pulled`);
      const file = fresh();
      const patient = pool.imap(coroutines, 'patient', [file]);
      const waiting = yield* spawn(caught(timeout(60_000, patient.next().value!)));
      yield* untilLine(file, 'started');
      patient.return!();
      assert.instance(yield* waiting, CancelledError);
      assert.equal(yield* untilLine(file, 'clean'), ['started', 'clean']);
    }));

  test('map takes no more items than can run', () =>
    play(function* () {
      let pulled = 0;
      const items = (function* () {
        for (; pulled < 200; pulled++) yield 5;
      })();
      const task = yield* spawn(pool.map(farJobs, 'pause', items));
      yield* sleep(0);
      const first = pulled;
      assert.ok(first <= ROOM + 1, `${first} at once`);
      assert.is((yield* task).length, 200);
    }));

  test('an error keeps its class, name, message, cause, own properties, and the stack of where it was thrown', () =>
    play(function* () {
      for (const [module, name] of [
        [jobs, 'fail'],
        [jobs, 'failLater'],
        [coroutines, 'failCoroutine'],
      ] as const) {
        const error = yield* caught(pool.apply(module, name, ['not there']));
        assert.instance(error, RangeError, name);
        assert.equal([error.name, error.message, error.code], ['NotFound', 'not there', 'E_NOT_FOUND']);
        assert.match(error.stack, /jobs\.(ts|js)/);
        assert.instance(error.cause, TypeError);
        assert.equal([error.cause.message, error.cause.cause], ['the inner one', 'the innermost']);
      }
      const both = yield* caught(pool.apply(jobs, 'failAggregate'));
      assert.instance(both, AggregateError);
      assert.equal([both.errors[0].message, both.errors[1]], ['a', 'b']);
      assert.instance(both.errors[0], RangeError);
      assert.is(yield* caught(pool.apply(jobs, 'throwValue', ['text'])), 'text');
      assert.is(yield* caught(pool.apply(jobs, 'throwValue', [undefined])), undefined);
    }));

  test('map throws the first failure when the others have cleaned up; mapSettled gives all', () =>
    play(function* () {
      const file = fresh();
      const error = yield* caught(
        all([
          pool.apply(coroutines, 'patient', [file]),
          (function* (): Coroutine<void> {
            yield* untilLine(file, 'started');
            yield* pool.map(jobs, 'fail', ['no']);
          })(),
        ]),
      );
      assert.is(error.message, 'no');
      assert.equal(lines(file), ['started', 'clean']);
      assert.equal(yield* pool.mapSettled(jobs, 'throwValue', ['a', 'b']), [
        { status: 'rejected', reason: 'a' },
        { status: 'rejected', reason: 'b' },
      ]);
      assert.equal(yield* pool.mapSettled(jobs, 'square', [2]), [{ status: 'fulfilled', value: 4 }]);
    }));

  test('values of all kinds arrive as they were sent, and come back', () =>
    play(function* () {
      for (const [kind, value] of Object.entries(values)) {
        const [[copy]] = (yield* all([pool.apply<unknown[]>(jobs, 'echo', [value])])) as [[unknown]];
        deepStrictEqual(copy, value, kind);
      }
      const [noDate] = yield* pool.apply<Date[]>(jobs, 'echo', [new Date(NaN)]);
      assert.ok(noDate instanceof Date && Number.isNaN(noDate.getTime()));
      const [error] = yield* pool.apply<RangeError[]>(jobs, 'echo', [new RangeError('a', { cause: 'b' })]);
      assert.instance(error, RangeError);
      assert.equal([error!.message, error!.cause], ['a', 'b']);
      const [polluted] = yield* pool.apply<object[]>(jobs, 'echo', [JSON.parse('{"__proto__": {"polluted": true}}')]);
      assert.is(Object.getOwnPropertyDescriptor(polluted, '__proto__')?.value.polluted, true);
      assert.is((polluted as { polluted?: boolean }).polluted, undefined);
    }));

  test('a value that refers to itself arrives as such, and one that is there twice is one object', () =>
    play(function* () {
      const ring: unknown[] = [];
      ring.push(ring);
      const [copy] = yield* pool.apply<unknown[][]>(jobs, 'echo', [ring]);
      assert.is(copy![0], copy);
      const shared = { a: 1 };
      const [[first, second]] = (yield* pool.apply(jobs, 'echo', [[shared, shared]])) as [[object, object]];
      assert.is(first, second);
      const sparse = new Array(3);
      sparse[1] = 'one';
      const [holes] = yield* pool.apply<unknown[][]>(jobs, 'echo', [sparse]);
      assert.equal([holes!.length, Object.keys(holes!)], [3, ['1']]);
    }));

  test('what cannot be sent is an error of that call only, and so is what cannot be sent back', () =>
    play(function* () {
      const settled = yield* pool.mapSettled(jobs, 'echo', [1, () => 2, Symbol('no'), 3]);
      assert.equal(
        settled.map(({ status }) => status),
        ['fulfilled', 'rejected', 'rejected', 'fulfilled'],
      );
      const { reason } = settled[1] as { reason: Error };
      assert.instance(reason, TypeError);
      assert.match(reason.message, /echo\(.*\) cannot be sent/);
      const results = yield* allSettled([
        pool.apply(jobs, 'returnFunction'),
        pool.apply(jobs, 'returnGetter'),
        pool.apply(jobs, 'square', [3]),
      ]);
      assert.equal(results[2], { status: 'fulfilled', value: 9 });
      for (const one of results.slice(0, 2)) assert.instance((one as { reason: unknown }).reason, TypeError);
      assert.match((results[0] as { reason: Error }).reason.message, /the result of returnFunction.* cannot be sent/);
    }));

  test('what its worker could not read is refused by the caller already', () =>
    play(function* () {
      let deep: object = {};
      for (let level = 0; level < 1_500; level++) deep = { deep };
      const kind = { threads: 'thread', processes: 'process', machines: 'machine' }[name];
      const url: Error = yield* caught(pool.apply(jobs, 'echo', [new URL('http://localhost/')]));
      assert.ok(
        url.message.endsWith(` to a ${kind}: argument 1 is the URL http://localhost/: send its href`),
        `${url}`,
      );
      const levels: Error = yield* caught(pool.apply(jobs, 'echo', [deep]));
      assert.match(levels.message, new RegExp(`cannot be sent to a ${kind}: .* is more than 1200 levels deep`));
    }));

  test('an export that does not exist says so, and so does what is no function of the right kind', () =>
    play(function* () {
      const nothing = yield* caught(pool.apply(jobs, 'nothing'));
      assert.instance(nothing, TypeError);
      assert.match(nothing.message, /has no (export|function) ['"]nothing['"]/);
      const number = yield* caught(pool.apply(jobs, 'aNumber'));
      assert.instance(number, TypeError);
      assert.match(number.message, /['"]aNumber['"]/);
      assert.match((yield* caught(pool.apply(jobs, 'asyncGenerator'))).message, /asyncGenerator must be a coroutine/);
      assert.match((yield* caught(pool.apply(jobs, 'AClass'))).message, /without 'new'/);
    }));

  test('cancelling closes the coroutine there and waits for its clean-up, or aborts its signal with the reason', () =>
    play(function* () {
      const file = fresh();
      const task = yield* spawn(pool.apply(coroutines, 'patient', [file]));
      yield* untilLine(file, 'started');
      assert.is(yield* cancel(task, 'no longer needed'), true);
      assert.equal([task.state, ...lines(file)], ['cancelled', 'started', 'clean']);
      for (const [name, said] of [
        ['heedful', 'aborted: because'],
        ['throwsReason', 'aborted'],
      ] as const) {
        const file = fresh();
        const task = yield* spawn(pool.apply(coroutines, name, [file]));
        yield* untilLine(file, 'started');
        yield* cancel(task, 'because');
        assert.equal([task.state, ...lines(file)], ['cancelled', 'started', said], name);
      }
    }));

  test('a coroutine that cancels itself is a CancelledError, and is not run again', () =>
    play(function* () {
      const error = yield* caught(pool.apply(coroutines, 'cancelItself', [], { retries: 1 }));
      assert.instance(error, CancelledError);
      assert.match(error.message, /by itself/);
    }));

  test('an error of the clean-up is not lost', () =>
    play(function* () {
      for (const name of ['failsToClean', 'failsToAbort']) {
        const file = fresh();
        const task = yield* spawn(pool.apply(coroutines, name, [file]));
        yield* untilLine(file, 'started');
        const error = yield* caught(cancel(task));
        assert.equal([task.state, error.name, error.message], ['failed', 'NotFound', 'the clean-up failed'], name);
      }
    }));

  test('a time limit, a map that is cancelled and whoever joins see the same of it', () =>
    play(function* () {
      let file = '';
      for (let ms = 200; ms < 60_000 && lines(file).filter((line) => line === 'started').length < 2; ms *= 3) {
        file = fresh(); // the last limit was too short for both to start
        const error = yield* caught(timeout(ms, pool.map(coroutines, 'patient', [file, file])));
        assert.is(error.name, 'TimeoutError');
      }
      assert.equal(lines(file).sort(), ['clean', 'clean', 'started', 'started']);
      const files = Array.from({ length: 3 * ROOM }, fresh);
      const task = yield* spawn(pool.map(coroutines, 'patient', files));
      const joiner = yield* spawn(caught(task));
      yield* all(files.slice(0, ROOM).map((file) => untilLine(file, 'started')));
      yield* cancel(task, 'enough');
      const error = yield* joiner;
      assert.instance(error, CancelledError);
      assert.is(error.reason, 'enough');
      const ran = files.map((file) => lines(file).join(' '));
      assert.equal(ran.slice(0, ROOM), new Array(ROOM).fill('started clean'));
      assert.equal(ran.slice(ROOM), new Array(2 * ROOM).fill(''), 'what had not started never started');
    }));

  test('what does not listen is ended together with its worker after the time of grace', () =>
    play(function* () {
      const other = world.executor({ grace: 300 });
      for (const name of ['deaf', 'blocks']) {
        const file = fresh();
        const task = yield* spawn(other.apply(jobs, name, [file]));
        yield* untilLine(file, 'started');
        const start = performance.now();
        yield* cancel(task);
        assert.ok(performance.now() - start < 40_000, `${name}: the function would have gone on for a minute`);
        assert.is(task.state, 'cancelled');
      }
      assert.is(yield* other.apply(jobs, 'square', [3]), 9);
    }));

  test('a worker that dies is a WorkerDiedError of its calls, and the next calls go on', () =>
    play(function* () {
      const error = yield* caught(pool.apply(jobs, 'exit', [3]));
      assert.instance(error, WorkerDiedError);
      assert.equal([error.name, error.exitCode, error.running], ['WorkerDiedError', 3, ['exit(3)']]);
      assert.match(error.message, /ended with exit code 3 while it ran exit\(3\)/);
      assert.is(yield* pool.apply(jobs, 'square', [3]), 9);
    }));

  test('with retries a call whose worker died is tried again, as often as was said, and an error is no death', () =>
    play(function* () {
      assert.is(yield* pool.apply(jobs, 'dieOnce', [fresh(), 'the result'], { retries: 1 }), 'the result');
      assert.instance(yield* caught(pool.apply(jobs, 'dieOnce', [fresh(), 1])), WorkerDiedError);
      const file = fresh();
      assert.instance(yield* caught(pool.apply(farJobs, 'diesNoted', [file], { retries: 2 })), WorkerDiedError);
      assert.is(lines(file).length, 3);
      const failed = fresh();
      const error = yield* caught(pool.apply(farJobs, 'failsNoted', [failed], { retries: 5 }));
      assert.equal([error.message, lines(failed).length], ['noted', 1]);
    }));

  test('the function knows that it is in a worker, and the caller stays in its own context', () =>
    play(function* () {
      assert.is(yield* pool.apply(coroutines, 'worker'), true);
      const user = createContext('nobody');
      const seen = yield* user.with(
        'somebody',
        (function* () {
          yield* pool.apply(jobs, 'square', [1]);
          return [yield* user.get(), request.getStore()];
        })(),
      );
      assert.equal(seen, ['somebody', undefined]);
    }));

  test('a program that runs in a context of the platform is in the same one behind a call', async () => {
    const seen = await request.run('request 7', () =>
      within(function* () {
        yield* pool.apply(jobs, 'square', [1]);
        return request.getStore();
      }),
    );
    assert.is(seen, 'request 7');
  });

  test('what is called is checked at the call', () => {
    for (const call of ['apply', 'map', 'mapSettled', 'imap'] as const) {
      assert.throws(() => pool[call]('./jobs.js', 'square', []), /takes the URL of a module/);
      assert.throws(() => pool[call](jobs, 5 as never, []), /the name of an export, not 5/);
    }
    assert.throws(() => pool.map(jobs, 'square', 3 as never), /an iterable.*, not 3/);
    assert.throws(() => pool.imap(jobs, 'square', 'abc'), /an iterable of items, not 'abc'/);
    assert.throws(() => pool.apply(jobs, 'square', 3 as never), /an array of arguments, not 3/);
    assert.throws(() => pool.apply(jobs, 'square', [], { retries: -1 }), /retries of 0 or more, not -1/);
  });

  test('close waits for what was called, and takes nothing more', () =>
    within(function* () {
      const other = world.executor();
      const error = yield* caught(other.join());
      assert.is(error.name, 'InvalidStateError');
      const task = yield* spawn(other.map(farJobs, 'pause', [100, 150]));
      yield* fewTurns();
      yield* other.close();
      assert.is(task.done, true);
      assert.equal(yield* task, [100, 150]);
      assert.is(other.closed, true);
      assert.is((yield* caught(other.apply(jobs, 'square', [1]))).name, 'InvalidStateError');
      yield* other.close(); // twice is fine
      yield* other.join();
      yield* other.terminate();
    }));

  test('terminate waits for nothing: what was called is rejected with a CancelledError', () =>
    within(function* () {
      const other = world.executor();
      const file = fresh();
      const running = yield* spawn(caught(other.apply(coroutines, 'patient', [file])));
      yield* untilLine(file, 'started');
      yield* other.terminate();
      assert.instance(yield* running, CancelledError);
    }));

  test('the end of the program cancels what it called and did not wait for', async () => {
    const file = fresh();
    const other = world.executor();
    await within(function* () {
      yield* spawn(other.apply(coroutines, 'patient', [file]), { daemon: true });
      yield* untilLine(file, 'started');
    });
    assert.equal(lines(file), ['started', 'clean']);
  });

  test.run();
}
