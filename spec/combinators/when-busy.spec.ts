import {
  abortSignal,
  cancel,
  Channel,
  coroutine,
  ensure,
  forEach,
  now,
  Queue,
  run,
  runSync,
  sleep,
  spawn,
  timeout,
  TimeoutError,
  yieldNow,
} from 'treadle';
import type { Coroutine, ForEachOptions, WhenBusy } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught, refuses } from '../support/errors.ts';
import { virtually } from '../support/virtual.ts';
import { breaking, failing } from '../support/work.ts';

const test = suite('forEach with whenBusy');

/** A channel that gets the numbers 1, 2, 3 ... at these times, and then ends. */
const arrivals = coroutine('arrivals', function* (times: readonly number[]) {
  const channel = new Channel<number>(Infinity);
  const send = coroutine('send', function* () {
    for (const [index, time] of times.entries()) {
      yield* sleep(time - (yield* now()));
      if (channel.closed) return; // by forEach, which was left early
      channel.sendNowait(index + 1);
    }
    channel.close();
  });
  yield* spawn(send());
  return channel;
});

/** What became of items that arrive at these times, when each takes 10 ms and, if it is cancelled, 3 ms to clean up. */
function fates(times: readonly number[], options: ForEachOptions): string[] {
  const log: string[] = [];
  virtually(function* () {
    const work = coroutine('work', function* (item: number) {
      log.push(`${yield* now()}: ${item} begins`);
      let whole = false;
      try {
        yield* sleep(10);
        whole = true;
      } finally {
        if (!whole) {
          yield* sleep(3);
          log.push(`${yield* now()}: ${item} has cleaned up`);
        }
      }
      log.push(`${yield* now()}: ${item} is over`);
    });
    yield* forEach(yield* arrivals(times), work, options);
  });
  return log;
}

test('wait is the default: every item has its turn', () => {
  const all = ['0: 1 begins', '10: 1 is over', '10: 2 begins', '20: 2 is over', '20: 3 begins', '30: 3 is over'];
  assert.equal(fates([0, 4, 8], { concurrency: 1 }), all);
  assert.equal(fates([0, 4, 8], { concurrency: 1, whenBusy: 'wait' }), all);
});

test('drop: what comes while the work runs is dropped', () => {
  assert.equal(fates([0, 4, 8, 12], { whenBusy: 'drop' }), [
    '0: 1 begins',
    '10: 1 is over',
    '12: 4 begins',
    '22: 4 is over',
  ]);
});

test('latest: the newest item waits for its turn, older ones are dropped', () => {
  assert.equal(fates([0, 4, 8, 12], { whenBusy: 'latest' }), [
    '0: 1 begins',
    '10: 1 is over',
    '10: 3 begins',
    '20: 3 is over',
    '20: 4 begins',
    '30: 4 is over',
  ]);
});

test('restart: the work is cancelled, and the newest item begins when it has cleaned up', () => {
  assert.equal(fates([0, 4, 5, 30], { whenBusy: 'restart' }), [
    '0: 1 begins',
    '7: 1 has cleaned up',
    '7: 3 begins',
    '17: 3 is over',
    '30: 4 begins',
    '40: 4 is over',
  ]);
});

test('with a concurrency, busy means that so many run; restart cancels the oldest of them', () => {
  const options = (whenBusy: WhenBusy) => ({ whenBusy, concurrency: 2 });
  assert.equal(
    fates([0, 2, 4, 6], options('drop')).filter((line) => line.includes('begins')),
    ['0: 1 begins', '2: 2 begins'],
  );
  assert.equal(
    fates([0, 2, 4, 6], options('latest')).filter((line) => line.includes('begins')),
    ['0: 1 begins', '2: 2 begins', '10: 4 begins'],
  );
  assert.equal(fates([0, 2, 4], options('restart')), [
    '0: 1 begins',
    '2: 2 begins',
    '7: 1 has cleaned up',
    '7: 3 begins',
    '12: 2 is over',
    '17: 3 is over',
  ]);
});

test('what an item has spawned belongs to it: it is waited for, and cancelled with it', () => {
  const log: string[] = [];
  virtually(function* () {
    const child = coroutine('child', function* (item: number) {
      try {
        yield* sleep(10);
        log.push(`child of ${item} is over`);
      } finally {
        yield* sleep(2);
        log.push(`${yield* now()}: child of ${item} is clean`);
      }
    });
    const work = coroutine('work', function* (item: number) {
      log.push(`${yield* now()}: ${item}`);
      yield* spawn(child(item));
    });
    yield* forEach(yield* arrivals([0, 5]), work, { whenBusy: 'restart' });
    assert.is(yield* now(), 19);
  });
  assert.equal(log, ['0: 1', '7: child of 1 is clean', '7: 2', 'child of 2 is over', '19: child of 2 is clean']);
});

test('the signal of a work that is ended for a newer item is aborted, and says why', () => {
  const reasons: string[] = [];
  virtually(function* () {
    const work = coroutine('work', function* () {
      const signal = yield* abortSignal();
      signal.addEventListener('abort', () => reasons.push(String(signal.reason)));
      yield* sleep(10);
    });
    yield* forEach(yield* arrivals([0, 5]), work, { whenBusy: 'restart' });
  });
  assert.is(reasons[0], 'CancelledError: a newer item has come');
});

test('works may be plain functions, and get the index of their item, also of dropped ones', () => {
  virtually(function* () {
    const seen: unknown[] = [];
    yield* forEach(yield* arrivals([0, 1, 2]), (item, index) => void seen.push([item, index]), { whenBusy: 'drop' });
    assert.equal(seen, [
      [1, 0],
      [2, 1],
      [3, 2],
    ]);
  });
});

test('takes queues and async iterables', async () => {
  const seen: number[] = [];
  virtually(function* () {
    const queue = new Queue<number>();
    for (const item of [1, 2, 3]) queue.putNowait(item);
    queue.close();
    const work = coroutine('work', function* (item: number) {
      seen.push(item);
      yield* sleep(1);
    });
    yield* forEach(queue, work, { whenBusy: 'latest' });
    assert.equal(seen, [1, 3]);
    const full = new Queue<number>();
    for (const item of [4, 5, 6]) full.putNowait(item);
    full.close();
    yield* forEach(full, work, { whenBusy: 'restart' });
    assert.equal(seen, [1, 3, 6]); // the others were superseded before their first step
  });
});

test('a failure ends it, after the others have cleaned up, and the source is released', () => {
  const error = new Error('no');
  virtually(function* () {
    const channel = yield* arrivals([0, 5, 6, 7]);
    const work = (item: number) => (item === 2 ? failing(1, error) : sleep(100));
    assert.is(yield* caught(forEach(channel, work, { whenBusy: 'drop', concurrency: 2 })), error);
    assert.ok(channel.closed);
  });
});

test('an error of a clean-up that a newer item has asked for is an error', () => {
  const error = new Error('clean-up');
  virtually(function* () {
    const work = () => breaking(error, 1);
    assert.is(yield* caught(forEach(yield* arrivals([0, 5]), work, { whenBusy: 'restart' })), error);
  });
});

test('cancelled at any moment, no code behind it runs, every clean-up is whole, and nothing is alive', () => {
  for (const whenBusy of ['drop', 'latest', 'restart'] as const) {
    for (let ms = 0; ms <= 16; ms++) {
      for (let turns = 0; turns < 4; turns++) {
        const log: string[] = [];
        runSync(
          (function* (): Coroutine<void> {
            const channel = yield* arrivals([0, 4, 5, 9]);
            const cleanUp = coroutine('cleanUp', function* (item: number) {
              log.push(`in ${item}`);
              yield* sleep(2);
              log.push(`out ${item}`);
            });
            const work = (item: number) => ensure(sleep(6), cleanUp(item));
            const victim = coroutine('victim', function* () {
              yield* forEach(channel, work, { whenBusy });
              log.push('behind');
              yield* sleep(1_000);
            });
            const task = yield* spawn(victim());
            yield* sleep(ms);
            for (let turn = 0; turn < turns; turn++) yield* yieldNow();
            const before = log.includes('behind');
            yield* cancel(task);
            assert.is(task.state, 'cancelled');
            assert.is(task.children.length, 0);
            assert.is(log.includes('behind'), before);
            assert.is(
              log.filter((line) => line.startsWith('in')).length,
              log.filter((line) => line.startsWith('out')).length,
            );
          })(),
        );
      }
    }
  }
});

test('a limit around it that expires ends the work and the source', () => {
  virtually(function* () {
    const channel = yield* arrivals([0, 5, 50]);
    const error = yield* caught(
      timeout(
        20,
        forEach(channel, () => sleep(100), { whenBusy: 'restart' }),
      ),
    );
    assert.instance(error, TimeoutError);
    assert.ok(channel.closed);
  });
});

test('an endless stream takes no more memory with time: nothing is kept of items that are gone', () => {
  virtually(function* () {
    const channel = new Channel<number>(1);
    let count = 0;
    const send = coroutine('send', function* () {
      for (let item = 0; item < 20_000; item++) yield* channel.send(item);
      channel.close();
    });
    yield* spawn(send());
    yield* forEach(channel, () => void count++, { whenBusy: 'latest' });
    assert.ok(count > 0 && count <= 20_000);
  });
});

test('what is thrown by the source is thrown', () => {
  virtually(function* () {
    const channel = new Channel<number>();
    const error = new Error('the source');
    channel.close(error);
    assert.is(yield* caught(forEach(channel, () => sleep(1), { whenBusy: 'latest' })), error);
  });
});

test('refuses another word, and a plain iterable, whose items are all there at once', () => {
  refuses(
    () => forEach(new Queue(), () => sleep(1), { whenBusy: 'newest' as never }),
    /whenBusy of forEach takes one of/,
  );
  refuses(() => forEach([1, 2], () => sleep(1), { whenBusy: 'drop' }), /not a plain iterable/);
  refuses(
    () => forEach(new Queue(), () => sleep(1), { whenBusy: 'drop', concurrency: 0 }),
    /a concurrency of 1 or more/,
  );
});

test('an async generator that is silent is left', async () => {
  let released = false;
  const silent: AsyncIterable<number> = {
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise<IteratorResult<number>>(() => {}),
      return: () => ((released = true), Promise.resolve({ done: true as const, value: undefined })),
    }),
  };
  await run(
    (function* () {
      const task = yield* spawn(forEach(silent, () => sleep(1), { whenBusy: 'drop' }));
      yield* sleep(1);
      yield* cancel(task);
      assert.is(task.state, 'cancelled');
    })(),
  );
  assert.ok(released);
});

test.run();
