// The edges of errors: programs in which an error was lost, told to the wrong task, told in no order, or ended more
// than its own task. The numbers are those of issue 8, part 2.
import { EventEmitter } from 'node:events';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  all,
  call,
  Channel,
  EventLoop,
  forEach,
  fromAsyncIterable,
  fromPromise,
  InvalidStateError,
  join,
  map,
  on,
  Queue,
  run,
  runSync,
  sleep,
  spawn,
  toAsyncIterable,
  yieldNow,
} from 'treadle';
import type { Awaitable, Coroutine, Task } from 'treadle';
import { caught, refuses, rejection, thrown } from '../support/errors.ts';
import { hostTurns, processorTime } from '../support/host.ts';
import { program } from '../support/programs.ts';
import { virtually } from '../support/virtual.ts';
import { failing } from '../support/work.ts';

const test = suite('edges of errors');

/** Runs the program in a process; it must end by itself and print this. */
async function prints(source: string, expected: string): Promise<void> {
  const { code, out, err } = await program(source);
  assert.equal([out.trim(), code, err], [expected, 0, '']);
}

// 12
const hostile = `
  const revoked = () => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy; };
  class Unspeakable extends Error { get message() { throw new Error('no message'); } }
  const values = [revoked, () => new Unspeakable(), () => Object.create(null, { stack: { get() { throw 1; } } })];
`;

test('a thrown value that cannot be looked at makes only its own task fail, under run', () =>
  prints(
    `
    import { join, run, sleep, spawn } from 'treadle';
    ${hostile}
    run((function* () {
      for (const value of values) {
        const child = yield* spawn((function* () { yield* sleep(1); throw value(); })());
        try { yield* join(child); } catch { console.log('caught'); }
      }
      yield* sleep(1);
      console.log('goes on');
    })());
    `,
    'caught\ncaught\ncaught\ngoes on',
  ));

test('a thrown value that cannot be looked at makes only its own task fail, under runSync', () =>
  prints(
    `
    import { join, runSync, sleep, spawn } from 'treadle';
    ${hostile}
    for (const value of values) {
      const left = [];
      try {
        runSync((function* () {
          yield* spawn((function* () { try { yield* sleep(5); } finally { left.push('sibling'); } })());
          yield* spawn((function* () { yield* sleep(1); throw value(); })());
          yield* sleep(10);
        })());
      } catch { console.log('caught', left.length); }
    }
    `,
    'caught 1\ncaught 1\ncaught 1',
  ));

// 13
test('an owner does not fail with the error of a child that another task had joined and handles', () => {
  for (let turn = 0; turn < 5; turn++) {
    virtually(function* () {
      let child: Task | undefined;
      const owner = yield* spawn(
        (function* () {
          child = yield* spawn(failing(10, new Error('no')));
          yield* sleep(10);
          for (let i = 0; i < turn; i++) yield* yieldNow();
          return 'fine';
        })(),
      );
      yield* sleep(5);
      const handler = yield* spawn(caught(child));
      assert.is(yield* join(owner), 'fine', `its body ended ${turn} turns later`);
      assert.is((yield* join(handler)).message, 'no');
    });
  }
});

// 14
test('several failures that nobody joined are told in the order in which they came', () => {
  const delays = [3, 1, 4, 2, 5];
  const error = thrown(() =>
    virtually(function* () {
      for (const ms of delays) yield* spawn(failing(ms, new Error(`after ${ms}`)));
      yield* sleep(10);
    }),
  );
  assert.equal(
    error.errors.map(({ message }: Error) => message),
    ['after 1', 'after 2', 'after 3', 'after 4', 'after 5'],
  );
});

// 15
test('a task that waits to put an array which contains itself is reported as stuck, like any other', () =>
  prints(
    `
    import { Queue, run } from 'treadle';
    import { VirtualClock } from 'treadle/testing';
    const queue = new Queue(1);
    const circle = [];
    circle.push(circle);
    queue.putNowait(0);
    run(queue.put(circle), { clock: new VirtualClock() }).then(undefined, (error) => console.log(error.name));
    `,
    'DeadlockError',
  ));

test('a loop that waits for the channel of a loop which can still go on is not reported as stuck', () =>
  prints(
    `
    import { Channel, EventLoop, run, sleep } from 'treadle';
    import { VirtualClock } from 'treadle/testing';
    const channel = new Channel();
    run((function* () { console.log((yield* channel.receive()).value); })(), { clock: new VirtualClock() });
    run((function* () { yield* sleep(20); yield* channel.send('received'); })());
    `,
    'received',
  ));

test('nor is one that waits for a virtual clock which stands still because its loop waits for the outside', () =>
  prints(
    `
    import { Channel, run, sleep, spawn } from 'treadle';
    import { VirtualClock } from 'treadle/testing';
    const channel = new Channel();
    run((function* () { console.log((yield* channel.receive()).value); })());
    run((function* () {
      yield* spawn((function* () { yield new Promise(() => {}); })(), { daemon: true });
      yield* sleep(20);
      yield* channel.send('received');
    })(), { clock: new VirtualClock() });
    `,
    'received',
  ));

// 16
test('ten thousand levels of call(call(...)) do not overflow the stack', () => {
  let work: Awaitable<string> = (function* () {
    return yield* call(
      (function* (): Coroutine<string> {
        return 'bottom';
      })(),
    );
  })();
  for (let level = 0; level < 10_000; level++) work = call(work) as Awaitable<string>;
  assert.is(runSync(work), 'bottom');
});

// 17
test('what was not called, an array with a hole, and a callback that is none are refused at the call', () => {
  function* work(): Coroutine<void> {}
  for (const start of [run, runSync] as ((work: unknown) => unknown)[]) {
    refuses(() => start(work), /work\(\)/);
  }
  // prettier-ignore
  refuses(() => all([sleep(1), , sleep(2)] as never), /hole|1/);
  const loop = new EventLoop();
  refuses(() => loop.createFuture().addDoneCallback('no function' as never), /no function/);
  loop.close();
});

test('removeDoneCallback of nothing takes back nothing, least of all the tasks that join', () => {
  virtually(function* () {
    const child = yield* spawn(sleep(5));
    const joiner = yield* spawn(join(child));
    yield* sleep(1);
    assert.is(child.removeDoneCallback(undefined as never), 0);
    yield* joiner;
  });
});

// 18
test('a value of any size is shown in little time and in few words', () => {
  const keys: Record<string, number> = {};
  for (let i = 0; i < 1_000_000; i++) keys[`key ${i}`] = i;
  for (const value of [new Uint8Array(100_000_000), keys, 'x'.repeat(10_000_000), Array.from({ length: 1_000_000 })]) {
    const queue = new Queue<unknown>();
    const time = processorTime();
    const text = `${queue.put(value)}`;
    assert.ok(text.length < 500, `${text.length} characters`);
    assert.ok(time() < 300, `${time()} ms of the processor`);
  }
});

// 19
async function* failingSource(error: unknown): AsyncGenerator<number, void> {
  yield 1;
  throw error;
}

test('an error of an async source that nobody receives makes the task fail', async () => {
  const error = new Error('source');
  const task = run(
    (function* () {
      const channel = yield* fromAsyncIterable(failingSource(error));
      yield* channel.receive();
      yield* fromPromise(() => hostTurns()); // the source throws meanwhile
    })(),
  );
  assert.is(await rejection(task), error);
});

test('a producer that throws undefined is not taken for one that has ended', async () => {
  const items: unknown[] = [];
  let threw = false;
  try {
    for await (const item of toAsyncIterable<number>(function* (channel) {
      yield* channel.send(1);
      throw undefined;
    })) {
      items.push(item);
    }
  } catch (error) {
    threw = error === undefined;
  }
  assert.equal([items, threw], [[1], true]);
});

test('a source whose next() threw is finished: return() is not called', () => {
  for (const work of [map, forEach] as (typeof map)[]) {
    let returned = 0;
    const source = {
      [Symbol.iterator]: () => ({
        next() {
          throw new Error('next');
        },
        return() {
          returned++;
          return { done: true as const, value: undefined };
        },
      }),
    };
    virtually(function* () {
      assert.is((yield* caught(work(source as Iterable<unknown>, () => sleep(1)))).message, 'next');
    });
    assert.is(returned, 0);
  }
});

test('a next() that gives no object is an error, and not an endless loop', () =>
  prints(
    `
    import { forEach, runSync, sleep } from 'treadle';
    const source = { [Symbol.iterator]: () => ({ next: () => 7 }) };
    try { runSync(forEach(source, () => sleep(1), { concurrency: 1 })); } catch (error) { console.log(error.name); }
    `,
    'TypeError',
  ));

test("a daemon's error that another task handles is not its owner's, in whatever turn that ends", () => {
  for (let turn = 0; turn < 5; turn++) {
    virtually(function* () {
      let daemon: Task | undefined;
      const owner = yield* spawn(
        (function* () {
          daemon = yield* spawn(failing(10, new Error('daemon')), { daemon: true });
          yield* sleep(10);
          for (let i = 0; i < turn; i++) yield* yieldNow();
          return 'fine';
        })(),
      );
      yield* sleep(5);
      yield* spawn(
        (function* () {
          try {
            yield daemon as Task;
          } catch {
            // handled; in turn 0 the daemon is cancelled before it fails
          }
        })(),
      );
      assert.is(yield* join(owner), 'fine', `its body ended ${turn} turns later`);
    });
  }
});

test('nor is that of a source which was received and handled', async () => {
  const task = run(
    (function* () {
      const channel = yield* fromAsyncIterable(failingSource(new Error('source')));
      yield* channel.receive();
      const error = yield* caught(channel.receive());
      return error.message;
    })(),
  );
  assert.is(await task, 'source');
});

// 26
test('a listener of the same emitter that closes the channel does not make emit throw', () => {
  virtually(function* () {
    const emitter = new EventEmitter();
    let channel: Channel<unknown> | undefined;
    emitter.on('data', () => channel?.close());
    channel = (yield* on(emitter, 'data')) as Channel<unknown>;
    emitter.emit('data', 1);
    yield* sleep(1);
  });
});

test('what is refused for being run twice says so', () => {
  const generator = (function* (): Coroutine<void> {})();
  runSync(generator);
  assert.instance(
    thrown(() => runSync(generator)),
    InvalidStateError,
  );
});

test.run();
