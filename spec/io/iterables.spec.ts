import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import {
  cancel,
  Channel,
  currentTask,
  Event,
  fromAsyncIterable,
  forEach,
  InvalidStateError,
  run,
  sleep,
  spawn,
  timeout,
  TimeoutError,
  toAsyncIterable,
  yieldNow,
} from 'treadle';
import type { Coroutine } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught, refuses, rejection } from '../support/errors.ts';
import { delay } from '../support/host.ts';
import { program } from '../support/programs.ts';
import { counting } from '../support/sources.ts';
import { virtually } from '../support/virtual.ts';

const test = suite('iterables');

// ---- fromAsyncIterable

test('fromAsyncIterable gives a channel of the items, and then the end', async () => {
  const log: unknown[] = [];
  await run(
    (function* () {
      const numbers = yield* fromAsyncIterable(counting(log, 3));
      assert.instance(numbers, Channel);
      const items = [];
      for (let next; !(next = yield* numbers.receive()).done;) items.push(next.value);
      assert.equal(items, [1, 2, 3]);
      assert.equal(yield* numbers.receive(), { done: true, value: undefined });
    })(),
  );
  assert.equal(log, ['exhausted', 'released']);
});

test('the error of the source is thrown by receive, after the items before it', async () => {
  const error = new Error('no');
  await run(
    (function* () {
      const numbers = yield* fromAsyncIterable(
        (async function* () {
          yield 1;
          throw error;
        })(),
      );
      assert.is((yield* numbers.receive()).value, 1);
      assert.is(yield* caught(numbers.receive()), error);
    })(),
  );
});

test('closing the channel releases the source', async () => {
  const log: unknown[] = [];
  await run(
    (function* () {
      const numbers = yield* fromAsyncIterable(counting(log));
      yield* numbers.receive();
      yield* sleep(5); // the next item waits to be sent
      numbers.close();
      yield* sleep(10);
      assert.equal(log, ['released']);
    })(),
  );
});

test('so does the end of the task, which waits for that', async () => {
  for (const how of ['end', 'error', 'cancellation']) {
    const log: unknown[] = [];
    const received = new Event();
    await run(
      (function* () {
        const task = yield* spawn(
          (function* (): Coroutine<void> {
            const numbers = yield* fromAsyncIterable(counting(log));
            yield* numbers.receive();
            received.set();
            yield* sleep(5);
            if (how === 'error') throw new Error('no');
            if (how === 'cancellation') yield* sleep(Infinity);
          })(),
        );
        yield* received.wait(); // however busy the machine is
        yield* sleep(25); // the next item waits to be sent
        if (how === 'cancellation') yield* cancel(task);
        else if (how === 'error') yield* caught(task);
        else yield* task;
        assert.equal(log, ['released'], how);
      })(),
    );
  }
});

test('a source that is silent is told, and not waited for', async () => {
  const log: unknown[] = [];
  const silent = {
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise<never>(() => {}),
      return: () => {
        log.push('told');
        return new Promise<never>(() => {});
      },
    }),
  };
  await run(
    (function* () {
      const channel = yield* fromAsyncIterable(silent);
      assert.instance(yield* caught(timeout(5, channel.receive())), TimeoutError);
    })(),
  );
  assert.equal(log, ['told']);
});

test('forEach takes the channel, too; left early, the source is released', async () => {
  const log: unknown[] = [];
  const error = new Error('enough');
  await run(
    (function* () {
      assert.is(
        yield* caught(
          forEach(yield* fromAsyncIterable(counting(log)), function* (n): Coroutine<void> {
            if (n === 3) throw error;
          }),
        ),
        error,
      );
      yield* sleep(10);
      assert.equal(log, ['released']);
    })(),
  );
});

test('a receive that is cancelled loses no item', async () => {
  await run(
    (function* () {
      const numbers = yield* fromAsyncIterable(counting([], 5, 3));
      const seen: number[] = [];
      for (let over = false; !over;) {
        try {
          const { done, value } = yield* timeout(2, numbers.receive());
          over = done === true;
          if (!done) seen.push(value);
        } catch (error) {
          assert.instance(error, TimeoutError);
        }
      }
      assert.equal(seen, [1, 2, 3, 4, 5]);
    })(),
  );
});

test('what fails while it is released makes the task fail', async () => {
  const error = new Error('clean-up');
  const source = {
    [Symbol.asyncIterator]: () => ({
      next: () => Promise.resolve({ done: false as const, value: 1 }),
      return: () => Promise.reject(error),
    }),
  };
  assert.is(
    await rejection(
      run(
        (function* () {
          const channel = yield* fromAsyncIterable(source);
          yield* channel.receive();
          yield* sleep(1);
        })(),
      ),
    ),
    error,
  );
});

test('an iterator without return will do, and one that throws when it is opened throws at the yield', async () => {
  const error = new Error('no');
  await run(
    (function* () {
      let n = 0;
      const channel = yield* fromAsyncIterable({
        [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: false as const, value: ++n }) }),
      });
      assert.is((yield* channel.receive()).value, 1);
      yield* sleep(1);
      channel.close();
      assert.is(
        yield* caught(
          fromAsyncIterable({
            [Symbol.asyncIterator]() {
              throw error;
            },
          }),
        ),
        error,
      );
    })(),
  );
});

test('the lines of a file', async () => {
  const file = fileURLToPath(import.meta.url);
  const first = await run(
    (function* () {
      const lines = yield* fromAsyncIterable(createInterface(createReadStream(file)));
      return (yield* lines.receive()).value;
    })(),
  );
  assert.match(first ?? '', /^import/);
});

test('under runSync the promise is refused where the item is received', () => {
  virtually(function* () {
    const channel = yield* fromAsyncIterable(counting([], 1));
    assert.instance(yield* caught(channel.receive()), InvalidStateError);
  });
});

// ---- an error of the source

/** One item, and then the error. */
async function* breaking(error: unknown): AsyncGenerator<number, void, undefined> {
  yield 1;
  throw error;
}

test('an error of the source that nobody receives makes the task fail at its end, as that of any child does', async () => {
  const error = new Error('no');
  const log: unknown[] = [];
  assert.is(
    await rejection(
      run(
        (function* () {
          const channel = yield* fromAsyncIterable(breaking(error));
          yield* channel.receive();
          yield* sleep(5);
          log.push('went on');
        })(),
      ),
    ),
    error,
  );
  assert.equal(log, ['went on']);
  assert.match(error.stack!, /in task fromAsyncIterable, spawned by main/);
});

test('one that is received and handled does not, in whatever turn the task ends', async () => {
  const error = new Error('no');
  for (let pause = 0; pause < 6; pause++) {
    await run(
      (function* () {
        const channel = yield* fromAsyncIterable(breaking(error));
        yield* channel.receive();
        if (pause === 5) yield* sleep(5); // the error is there before it is asked for
        assert.is(yield* caught(channel.receive()), error);
        assert.is(yield* caught(channel.receive()), error);
        for (let turn = 0; turn < pause; turn++) yield* yieldNow();
      })(),
    );
  }
});

test('nor does one that another task has received', async () => {
  const error = new Error('no');
  await run(
    (function* () {
      const channel = yield* fromAsyncIterable(breaking(error));
      const child = yield* spawn(caught(forEach(channel, () => sleep(1))));
      assert.is(yield* child, error);
    })(),
  );
});

test('an error that comes when the channel was closed is left, as the source is', async () => {
  const error = new Error('no');
  await run(
    (function* () {
      let reject: (error: unknown) => void = () => {};
      const channel = yield* fromAsyncIterable({
        [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>((_, fail) => (reject = fail)) }),
      });
      yield* sleep(1);
      channel.close();
      reject(error);
      yield* sleep(5);
    })(),
  );
});

for (const [what, error] of [
  ['undefined', undefined],
  ['null', null],
  ['false', false],
] as const) {
  test(`a source that throws ${what} has not come to its end, but failed`, async () => {
    function* program(): Coroutine<unknown> {
      const channel = yield* fromAsyncIterable(breaking(error));
      yield* channel.receive();
      try {
        return yield* channel.receive();
      } catch (thrown) {
        return [thrown];
      }
    }
    assert.equal(await run(program()), [error]);
  });

  test(`so does a coroutine that throws ${what}`, async () => {
    const seen: unknown[] = [];
    try {
      for await (const n of toAsyncIterable<number>(function* (channel) {
        yield* channel.send(1);
        throw error;
      }))
        seen.push(n);
      seen.push('end');
    } catch (thrown) {
      seen.push([thrown]);
    }
    assert.equal(seen, [1, [error]]);
  });
}

test('a source that is left before anything of it was run is released, and its channel closed', async () => {
  for (const how of ['closed', 'task over', 'task cancelled']) {
    const log: unknown[] = [];
    const source = {
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.resolve({ done: false as const, value: log.push('asked') }),
        return: () => {
          log.push('released');
          return Promise.resolve({ done: true as const, value: undefined });
        },
      }),
    };
    let channel: Channel<number | undefined> | undefined;
    await run(
      (function* () {
        const task = yield* spawn(
          (function* () {
            channel = yield* fromAsyncIterable(source);
            if (how === 'closed') channel?.close();
            if (how === 'task cancelled') yield* cancel(yield* currentTask());
          })(),
        );
        if (how === 'task cancelled') yield* caught(task);
        else yield* task;
      })(),
    );
    assert.equal([log.filter((entry) => entry === 'released').length, channel?.closed], [1, true], how);
  }
});

test('a coroutine that fails when it has closed its channel fails loudly, because nobody can receive that', async () => {
  const { code, err } = await program(
    `import { toAsyncIterable } from 'treadle';
    const source = toAsyncIterable(function* (channel) { channel.close(); throw new Error('unheard'); });
    for await (const item of source) console.log(item);`,
    { measured: true },
  );
  assert.is(code, 1);
  assert.match(err, /unheard/);
});

// ---- toAsyncIterable

test('toAsyncIterable gives what a coroutine sends, one item when one is asked for', async () => {
  const log: unknown[] = [];
  const letters = toAsyncIterable<string>(function* (channel) {
    log.push('starts');
    for (const letter of 'abc') {
      yield* sleep(1);
      yield* channel.send(letter);
      log.push(`${letter} was taken`);
    }
  });
  await delay(3);
  assert.equal(log, [], 'nothing runs before somebody asks');
  for await (const letter of letters) {
    log.push(letter);
    await delay(5);
  }
  assert.equal(
    log.filter((entry) => String(entry).length === 1),
    ['a', 'b', 'c'],
  );
  assert.ok(log.indexOf('b was taken') > log.indexOf('a'));
  const again = [];
  for await (const letter of letters) again.push(letter);
  assert.equal(again, ['a', 'b', 'c'], 'each walk runs it anew');
});

test('an error of the coroutine is thrown to the one who asks, after the items before it', async () => {
  const error = new Error('no');
  const seen: number[] = [];
  const failed = rejection(
    (async () => {
      for await (const n of toAsyncIterable<number>(function* (channel) {
        yield* channel.send(1);
        throw error;
      }))
        seen.push(n);
    })(),
  );
  assert.is(await failed, error);
  assert.equal(seen, [1]);
});

test('leaving early cancels the coroutine and waits for its clean-up', async () => {
  const log: unknown[] = [];
  for await (const n of toAsyncIterable<number>(function* (channel) {
    try {
      for (let i = 0; ; i++) yield* channel.send(i);
    } catch (error) {
      log.push(error);
    } finally {
      yield* sleep(5);
      log.push('clean');
    }
  }))
    if (n === 2) break;
  assert.equal(log, ['clean']);
});

test('an error of that clean-up is thrown there', async () => {
  const error = new Error('clean-up');
  assert.is(
    await rejection(
      (async () => {
        for await (const n of toAsyncIterable<number>(function* (channel) {
          try {
            for (let i = 0; ; i++) yield* channel.send(i);
          } finally {
            yield* sleep(1);
            throw error;
          }
        }))
          if (n === 1) break;
      })(),
    ),
    error,
  );
});

test('left before the first item, nothing is run', async () => {
  const iterator = toAsyncIterable<number>(function* () {
    assert.unreachable();
  })[Symbol.asyncIterator]();
  assert.equal(await iterator.return!(), { done: true, value: undefined });
  assert.equal(await iterator.next(), { done: true, value: undefined });
});

test('a channel: its items, its end, its error; leaving early closes it', async () => {
  const channel = new Channel<number>(3);
  const seen: number[] = [];
  const producer = run(
    (function* () {
      for (let i = 1; i <= 5; i++) {
        yield* sleep(1);
        yield* channel.send(i);
      }
      channel.close();
    })(),
  );
  for await (const n of toAsyncIterable(channel)) seen.push(n);
  await producer;
  assert.equal(seen, [1, 2, 3, 4, 5]);
  const open = new Channel<number>(3);
  open.sendNowait(1);
  for await (const n of toAsyncIterable(open)) if (n === 1) break;
  assert.ok(open.closed);
  const broken = new Channel<number>(3);
  const error = new Error('no');
  broken.close(error);
  assert.is(await rejection(toAsyncIterable(broken)[Symbol.asyncIterator]().next()), error);
});

test('there and back', async () => {
  const log: unknown[] = [];
  await run(
    (function* () {
      const there = toAsyncIterable<number>(function* (channel) {
        try {
          for (let i = 1; ; i++) yield* channel.send(i);
        } finally {
          log.push('released');
        }
      });
      const back = yield* fromAsyncIterable(there);
      const [a, b] = [(yield* back.receive()).value, (yield* back.receive()).value];
      assert.equal([a, b], [1, 2]);
      yield* sleep(5);
    })(),
  );
  assert.equal(log, ['released']);
});

test('a coroutine that never sends is a deadlock for the one who asks', async () => {
  const { code, out } = await program(`import { sleep, toAsyncIterable } from 'treadle';
    const source = toAsyncIterable(function* () { yield* sleep(Infinity); });
    source[Symbol.asyncIterator]().next().catch((error) => { console.log(String(error)); process.exit(7); });`);
  assert.is(code, 7);
  assert.match(out, /DeadlockError: every task waits.*\n.*next waiting on channel\.receive\(\)/);
});

for (const [text, wrong] of Object.entries<unknown>({
  undefined,
  null: null,
  '5': 5,
  'an array': [1],
  'an object': {},
})) {
  test(`of ${text} is an error at the call`, () => {
    refuses(() => fromAsyncIterable(wrong as never), /fromAsyncIterable takes an async iterable/);
    refuses(() => toAsyncIterable(wrong as never), /toAsyncIterable takes a channel/);
  });
}

test.run();
