// use: a resource that is released, whatever happens.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cancel, now, Semaphore, sleep, spawn, use } from 'treadle';
import type { Coroutine } from 'treadle';
import { caught, refuses } from '../support/errors.ts';
import { same } from '../support/lists.ts';
import { virtually } from '../support/virtual.ts';
import { after, failing } from '../support/work.ts';

/** A resource whose acquisition and release take 5 ms each, and are noted. */
const connection = (log: string[]) => ({
  *acquire(): Coroutine<string> {
    log.push('acquires');
    yield* sleep(5);
    log.push('acquired');
    return 'connection';
  },
  *release(it: string): Coroutine<void> {
    log.push(`releases ${it}`);
    yield* sleep(5);
    log.push(`released at ${yield* now()}`);
  },
});

const test = suite('use');

test('acquires, runs the body with the resource, releases, and gives the result of the body', () => {
  const log: string[] = [];
  virtually(function* () {
    const result = yield* use(connection(log), function* (it) {
      log.push(`uses ${it}`);
      yield* sleep(10);
      return 'result';
    });
    assert.is(result, 'result');
  });
  assert.equal(log, ['acquires', 'acquired', 'uses connection', 'releases connection', 'released at 20']);
});

test('releases when the body fails, at once or later, or is cancelled', () => {
  const bodies: Record<string, () => Coroutine<void>> = {
    'fails at once': () => {
      throw 'no';
    },
    'fails later': function* () {
      yield* sleep(10);
      throw 'no';
    },
    'is cancelled': function* () {
      yield* sleep(Infinity);
    },
  };
  for (const [how, body] of Object.entries(bodies)) {
    const log: string[] = [];
    virtually(function* () {
      const task = yield* spawn(use(connection(log), body));
      if (how !== 'is cancelled') assert.is(yield* caught(task), 'no');
      else {
        yield* sleep(10);
        yield* cancel(task);
      }
    });
    assert.equal(log.slice(0, 3), ['acquires', 'acquired', 'releases connection'], how);
    assert.is(log.length, 4, 'the release is whole');
  }
});

test('waiting for it can be cancelled: then nothing was acquired, and nothing is released', () => {
  const log: string[] = [];
  virtually(function* () {
    const task = yield* spawn(use(connection(log), () => sleep(1)));
    yield* sleep(2);
    yield* cancel(task);
    assert.is(task.state, 'cancelled');
  });
  assert.equal(log, ['acquires']);
});

test('whatever the moment of the cancellation, as many are released as were acquired', () => {
  for (let ms = 0; ms < 30; ms++) {
    const semaphore = new Semaphore(1);
    const permit = {
      acquire: () => semaphore.acquire(),
      *release(): Coroutine<void> {
        yield* sleep(5);
        semaphore.release();
      },
    };
    virtually(function* () {
      yield* semaphore.acquire(); // others have it, until 5
      const task = yield* spawn(use(permit, () => sleep(10)));
      const owner = yield* spawn(
        (function* () {
          yield* sleep(5);
          semaphore.release();
        })(),
      );
      yield* sleep(ms);
      yield* cancel(task);
      yield* owner;
    });
    assert.is(semaphore.free, 1, `cancelled at ${ms}`);
  }
});

test('a release that was entered normally is whole when a cancellation comes during it', () => {
  const log: string[] = [];
  virtually(function* () {
    const task = yield* spawn(use(connection(log), () => sleep(1)));
    yield* sleep(8);
    assert.is(log.at(-1), 'releases connection');
    yield* cancel(task);
    assert.is(task.state, 'cancelled');
  });
  assert.is(log.at(-1), 'released at 11');
});

test('acquire and release may do it at once', () => {
  const log: string[] = [];
  virtually(function* () {
    const resource = { acquire: () => 7, release: (n: number) => void log.push(`released ${n}`) };
    assert.is(yield* use(resource, (n) => after(1, n * 2)), 14);
  });
  assert.equal(log, ['released 7']);
});

test('takes an object that can be disposed of, asynchronously rather than not', () => {
  const log: string[] = [];
  class File {
    [Symbol.dispose](): void {
      log.push('disposed of');
    }
  }
  class Both extends File {
    [Symbol.asyncDispose](): never {
      log.push('is disposed of');
      return (function* () {
        yield* sleep(5);
        log.push('disposed of, later');
      })() as never;
    }
  }
  virtually(function* () {
    for (const resource of [new File(), new Both()]) {
      const used = yield* use(resource, (it) => after(1, it));
      assert.is(used, resource);
    }
  });
  assert.equal(log, ['disposed of', 'is disposed of', 'disposed of, later']);
});

test('an error of the release is thrown; with one of the body as an AggregateError', () => {
  const [first, second] = [new Error('body'), new Error('release')];
  const breaking = { acquire: () => 1, release: () => failing(1, second) };
  virtually(function* () {
    assert.is(yield* caught(use(breaking, () => sleep(1))), second);
    const error = yield* caught(use(breaking, () => failing(1, first)));
    assert.instance(error, AggregateError);
    same(error.errors, [first, second]);
  });
});

test('an error of acquire is thrown, and nothing is released', () => {
  const error = new Error('none left');
  for (const acquire of [
    () => failing(1, error),
    () => {
      throw error;
    },
  ]) {
    virtually(function* () {
      const release = () => assert.unreachable();
      assert.is(yield* caught(use({ acquire, release }, () => sleep(1))), error);
    });
  }
});

test('what is no resource, and what is no body, are refused at the call', () => {
  const pair = { acquire: () => 1, release: () => {} };
  for (const wrong of [undefined, null, 5, {}, { acquire: () => 1 }, { release: () => {} }, () => {}])
    refuses(() => use(wrong as never, () => sleep(1)), /use takes/);
  for (const wrong of [undefined, sleep(1), 5]) refuses(() => use(pair, wrong as never), /use takes a function/);
});

test.run();
