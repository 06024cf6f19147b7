import { cancel, CancelledError, coroutine, InvalidStateError, now, sleep, spawn, start, timeout } from 'treadle';
import type { Task } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught, refuses, thrown } from '../support/errors.ts';
import { virtually } from '../support/virtual.ts';

const test = suite('start');

type Say = (port: number) => void;

/** Takes 10 ms to be there, says so, and serves for 100 ms. */
const server = (log: string[] = []) =>
  coroutine('server', function* (started: Say) {
    try {
      yield* sleep(10);
      started(5_000);
      yield* sleep(100);
      return 'served';
    } finally {
      yield* sleep(5);
      log.push(`${yield* now()}: server is clean`);
    }
  });

test('gives the task and the value when the child says that it has started, and the child goes on', () => {
  virtually(function* () {
    const { task, value } = yield* start(server());
    assert.is(value, 5_000);
    assert.is(yield* now(), 10);
    assert.is(task.state, 'waiting');
    assert.is(yield* task, 'served');
    assert.is(yield* now(), 115);
  });
});

test('the task has the name of the function, or the one that is given, and may be a daemon', () => {
  virtually(function* () {
    assert.is((yield* start(server())).task.name, 'server');
    const { task } = yield* start(server(), { name: 'web', daemon: true });
    assert.is(task.name, 'web');
  });
});

test('started may be called at once, without a value, and by any code of the child', () => {
  virtually(function* () {
    const { task, value } = yield* start(function* (started: (value?: undefined) => void) {
      started();
    });
    assert.is(value, undefined);
    yield* task;
  });
});

test('an error before that is thrown to the one who starts, and to nobody else', () => {
  const error = new Error('the port is taken');
  virtually(function* () {
    const work = coroutine('work', function* (_started: Say) {
      yield* sleep(10);
      throw error;
    });
    assert.is(yield* caught(start(work)), error);
    const throwing = (_started: Say) => {
      throw error;
    };
    assert.is(yield* caught(start(throwing as never)), error);
  });
});

test('an error after that is that of a child, and fails its owner', () => {
  const error = new Error('later');
  assert.is(
    thrown(() =>
      virtually(function* () {
        yield* start(function* (started: Say) {
          started(1);
          yield* sleep(10);
          throw error;
        });
        yield* sleep(50);
      }),
    ),
    error,
  );
});

test('a child that ends without it, or is cancelled before it, is an error', () => {
  virtually(function* () {
    const error = yield* caught(start(() => sleep(10)));
    assert.instance(error, InvalidStateError);
    assert.match(error.message, /#2 start.* has ended without calling started/);
    let child: Task | undefined;
    const parent = yield* spawn(
      (function* () {
        return yield* caught(start(() => sleep(1_000)));
      })(),
    );
    yield* sleep(1);
    child = parent.children[0];
    child?.cancel('no');
    assert.instance(yield* parent, CancelledError);
  });
});

test('a second call throws, into the child', () => {
  virtually(function* () {
    const { task } = yield* start(function* (started: Say) {
      started(1);
      return thrown(() => started(2));
    });
    const error = yield* task;
    assert.instance(error, InvalidStateError);
    assert.match(error.message, 'is called once');
  });
});

test('cancelled while it waits, the child is cancelled, too, and cleans up within its owner', () => {
  const log: string[] = [];
  virtually(function* () {
    const error = yield* caught(timeout(5, start(server(log))));
    assert.match(error.message, 'took longer than 5 ms');
    assert.is(yield* now(), 10);
  });
  assert.equal(log, ['10: server is clean']);
});

test('cancelled in the very turn in which the child has started, it does not leave it behind', () => {
  const log: string[] = [];
  virtually(function* () {
    const task = yield* spawn(start(server(log)));
    yield* sleep(10);
    yield* cancel(task);
    assert.is(task.state, 'cancelled');
    assert.is(yield* now(), 15);
  });
  assert.equal(log, ['15: server is clean']);
});

test("cancelled later, the child is its owner's as every child is", () => {
  const log: string[] = [];
  virtually(function* () {
    const owner = coroutine('owner', function* () {
      yield* start(server(log));
      yield* sleep(1_000);
    });
    const task = yield* spawn(owner());
    yield* sleep(50);
    yield* cancel(task);
  });
  assert.equal(log, ['55: server is clean']);
});

test('refuses what is no function, at the call', () => {
  refuses(() => start(sleep(1) as never), /start takes a function that is given started, not sleep\(1\)/);
});

test.run();
