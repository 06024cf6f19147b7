// Ownership: a task is not over until its children are.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cancel, CancelledError, currentTask, Event, join, now, Queue, run, sleep, spawn, yieldNow } from 'treadle';
import type { Coroutine, Task } from 'treadle';
import { VirtualClock } from 'treadle/testing';
import { caught, rejection, thrown } from '../support/errors.ts';
import { virtualLoop, virtually } from '../support/virtual.ts';

const test = suite('ownership');

/** Sleeps, and notes its end and its clean-up, which takes `cleanUp` ms. */
function* worker(log: string[], name: string, ms: number, cleanUp = 0): Coroutine<string> {
  try {
    yield* sleep(ms);
    log.push(`${name} done`);
    return name;
  } finally {
    if (cleanUp > 0) yield* sleep(cleanUp);
    log.push(`${name} over at ${yield* now()}`);
  }
}

test('a task waits at its normal end for its children and their children', () => {
  const log: string[] = [];
  virtually(function* () {
    const owner = yield* spawn(
      (function* () {
        yield* spawn(
          (function* () {
            yield* spawn(worker(log, 'grandchild', 30));
            yield* sleep(10);
          })(),
        );
        return 'value';
      })(),
    );
    assert.is(yield* owner, 'value');
    assert.is(yield* now(), 30);
  });
  assert.equal(log, ['grandchild done', 'grandchild over at 30']);
});

test('main waits for its children, too', () => {
  const log: string[] = [];
  assert.is(
    virtually(function* () {
      yield* spawn(worker(log, 'child', 3_600_000));
      return 'main';
    }),
    'main',
  );
  assert.equal(log, ['child done', 'child over at 3600000']);
});

test('a child that was spawned by a frame or a finally belongs to the task', () => {
  const log: string[] = [];
  virtually(function* () {
    const owner = yield* spawn(
      (function* () {
        try {
          yield (function* () {
            yield* spawn(worker(log, 'by a frame', 20));
          })();
        } finally {
          yield* spawn(worker(log, 'by a finally', 10));
        }
      })(),
    );
    yield* owner;
    assert.is(yield* now(), 20);
  });
  assert.equal(
    log.filter((line) => line.endsWith('done')),
    ['by a finally done', 'by a frame done'],
  );
});

test('a child that spawns further children while the owner waits keeps it waiting', () => {
  virtually(function* () {
    const owner = yield* spawn(
      (function* () {
        const me = yield* currentTask();
        yield* spawn(
          (function* () {
            yield* sleep(10);
            assert.is(me.state, 'waiting');
            yield* spawn(sleep(10));
          })(),
        );
      })(),
    );
    yield* owner;
    assert.is(yield* now(), 20);
  });
});

test('daemons are cancelled at the normal end, and clean up before the owner is over', () => {
  const log: string[] = [];
  virtually(function* () {
    const owner = yield* spawn(
      (function* () {
        yield* spawn(worker(log, 'daemon', 1000, 5), { daemon: true });
        yield* sleep(10);
        return 'value';
      })(),
    );
    assert.is(yield* owner, 'value');
    assert.is(yield* now(), 15);
  });
  assert.equal(log, ['daemon over at 15']);
});

test('a daemon serves the other children to their end', () => {
  const queue = new Queue<number>();
  let served = 0;
  virtually(function* () {
    yield* spawn(
      (function* () {
        for (;;) {
          yield* queue.get();
          served++;
        }
      })(),
      { daemon: true },
    );
    yield* spawn(
      (function* () {
        for (let i = 0; i < 3; i++) {
          yield* sleep(10);
          yield* queue.put(i);
        }
        yield* sleep(1);
      })(),
    );
  });
  assert.is(served, 3);
});

test('a daemon that was not started when the owner ends never starts', () => {
  const log: string[] = [];
  virtually(function* () {
    yield* spawn(
      (function* () {
        log.push('STARTED');
      })(),
      { daemon: true },
    );
  });
  assert.equal(log, []);
});

test('the children of a daemon are cancelled with it', () => {
  const log: string[] = [];
  virtually(function* () {
    yield* spawn(
      (function* () {
        yield* spawn(worker(log, 'child of the daemon', 1000, 5));
        yield* sleep(1000);
      })(),
      { daemon: true },
    );
    yield* sleep(10);
  });
  assert.equal(log, ['child of the daemon over at 15']);
});

test('a task that fails cancels its children and waits for their clean-up before its error is seen', () => {
  const log: string[] = [];
  const wrong = new Error('wrong');
  virtually(function* () {
    const owner = yield* spawn(
      (function* (): Coroutine<void> {
        yield* spawn(worker(log, 'a', 1000, 20));
        yield* spawn(worker(log, 'daemon', 1000, 5), { daemon: true });
        yield* sleep(10);
        throw wrong;
      })(),
    );
    assert.is(yield* caught(owner), wrong);
    assert.is(yield* now(), 35);
    assert.is(owner.state, 'failed');
  });
  assert.equal(log, ['a over at 30', 'daemon over at 35']); // daemons go last
});

test('a child that was not started when its owner fails never starts', () => {
  const log: string[] = [];
  const error = thrown(() =>
    virtually(function* (): Coroutine<void> {
      yield* spawn(
        (function* () {
          log.push('STARTED');
        })(),
      );
      throw new Error('at once');
    }),
  );
  assert.is(error.message, 'at once');
  assert.equal(log, []);
});

test('a task that is cancelled cancels its children and waits for their clean-up', () => {
  const log: string[] = [];
  virtually(function* () {
    const owner = yield* spawn(
      (function* () {
        yield* spawn(worker(log, 'child', 1000, 20));
        yield* worker(log, 'owner', 1000);
      })(),
    );
    yield* sleep(10);
    yield* cancel(owner);
    assert.is(yield* now(), 30);
  });
  assert.equal(log, ['owner over at 10', 'child over at 30']);
});

test('a child that is spawned in the clean-up of a cancelled task is seen to its end or cancelled, never left behind', () => {
  const log: string[] = [];
  virtually(function* () {
    const owner = yield* spawn(
      (function* () {
        try {
          yield* sleep(1000);
        } finally {
          yield* spawn(worker(log, 'late', 50, 1));
        }
      })(),
    );
    yield* sleep(10);
    yield* cancel(owner);
    assert.equal(owner.children, []);
    assert.is(owner.state, 'cancelled');
  });
  assert.ok(log.length <= 2);
});

test('a child that spawns while it is cancelled with its owner leaves nobody behind', () => {
  const log: string[] = [];
  virtually(function* () {
    const owner = yield* spawn(
      (function* () {
        yield* spawn(
          (function* () {
            try {
              yield* sleep(1000);
            } finally {
              const helper = yield* spawn(worker(log, 'helper', 5));
              log.push(yield* join(helper));
            }
          })(),
        );
        yield* sleep(10);
        throw new Error('owner');
      })(),
    );
    yield* caught(owner);
    assert.is(yield* now(), 15);
  });
  assert.equal(log, ['helper done', 'helper over at 15', 'helper']);
});

test('a failing child does not disturb its owner before the end: the failure is kept until somebody joins', () => {
  const wrong = new Error('wrong');
  virtually(function* () {
    const child = yield* spawn(
      (function* (): Coroutine<void> {
        yield* sleep(1);
        throw wrong;
      })(),
    );
    yield* sleep(100);
    assert.is(child.state, 'failed');
    assert.is(yield* caught(child), wrong);
  });
});

test('a failure that nobody joined makes the owner fail when the owner ends', () => {
  const wrong = new Error('wrong');
  const log: string[] = [];
  virtually(function* () {
    const owner = yield* spawn(
      (function* () {
        yield* spawn(
          (function* (): Coroutine<void> {
            yield* sleep(1);
            throw wrong;
          })(),
        );
        yield* sleep(50);
        log.push('the owner came to its end');
        return 'value';
      })(),
    );
    assert.is(yield* caught(owner), wrong);
    assert.is(yield* now(), 50);
  });
  assert.equal(log, ['the owner came to its end']);
});

test('a failure of a child after the end of the body makes the owner fail', () => {
  const wrong = new Error('wrong');
  assert.is(
    thrown(() =>
      virtually(function* () {
        yield* spawn(
          (function* (): Coroutine<void> {
            yield* sleep(50);
            throw wrong;
          })(),
        );
        return 'value';
      }),
    ),
    wrong,
  );
});

test('a failure goes up through owners until somebody joins', () => {
  const wrong = new Error('wrong');
  virtually(function* () {
    const top = yield* spawn(
      (function* () {
        yield* spawn(
          (function* () {
            yield* spawn(
              (function* (): Coroutine<void> {
                yield* sleep(1);
                throw wrong;
              })(),
            );
          })(),
        );
      })(),
    );
    assert.is(yield* caught(top), wrong);
  });
});

test('a failure that was joined and caught by anybody does not make the owner fail', () => {
  virtually(function* () {
    const failing = function* (): Coroutine<void> {
      yield* sleep(5);
      throw new Error('wrong');
    };
    const owner = yield* spawn(
      (function* () {
        const a = yield* spawn(failing());
        yield* caught(a);
        const b = yield* spawn(failing());
        yield* spawn(caught(b));
        const c = yield* spawn(failing());
        yield* sleep(20);
        c.error();
        const d = yield* spawn(failing());
        d.addDoneCallback((me) => me.error());
        const e = yield* spawn(failing());
        e.then(undefined, () => {});
        return 'fine';
      })(),
    );
    assert.is(yield* owner, 'fine');
  });
});

test('a joiner that was cancelled before the failure has seen nothing: it is not lost', () => {
  const wrong = new Error('wrong');
  virtually(function* () {
    const owner = yield* spawn(
      (function* () {
        const child = yield* spawn(
          (function* (): Coroutine<void> {
            yield* sleep(10);
            throw wrong;
          })(),
        );
        const joiner = yield* spawn(join(child));
        yield* sleep(1);
        yield* cancel(joiner);
        yield* sleep(20);
      })(),
    );
    assert.is(yield* caught(owner), wrong);
  });
});

test('several failures that nobody joined become one AggregateError', () => {
  const failing = function* (message: string, ms: number): Coroutine<void> {
    yield* sleep(ms);
    throw new Error(message);
  };
  virtually(function* () {
    const owner = yield* spawn(
      (function* () {
        yield* spawn(failing('b', 5));
        yield* spawn(failing('a', 1));
        yield* spawn(failing('c', 50));
      })(),
    );
    const error = (yield* caught(owner)) as AggregateError;
    assert.instance(error, AggregateError);
    assert.equal(error.errors.map((e) => e.message).sort(), ['a', 'b', 'c']);
    for (const message of ['a', 'b', 'c']) assert.match(error.message, new RegExp(message));
  });
});

test('its own error and those of its children are told together', () => {
  virtually(function* () {
    const owner = yield* spawn(
      (function* (): Coroutine<void> {
        yield* spawn(
          (function* (): Coroutine<void> {
            throw new Error('early child');
          })(),
        );
        yield* spawn(
          (function* () {
            try {
              yield* sleep(1000);
            } finally {
              throw new Error('clean-up of a child');
            }
          })(),
        );
        yield* sleep(1);
        throw new Error('own');
      })(),
    );
    const error = (yield* caught(owner)) as AggregateError;
    assert.instance(error, AggregateError);
    assert.equal(error.errors.map((e) => e.message).sort(), ['clean-up of a child', 'early child', 'own']);
    assert.is((error.errors[0] as Error).message, 'own', 'its own comes first');
  });
});

test('a failure of a child that the owner joins and passes on is told once', () => {
  const wrong = new Error('wrong');
  virtually(function* () {
    const owner = yield* spawn(
      (function* () {
        const child = yield* spawn(
          (function* (): Coroutine<void> {
            yield* sleep(1);
            throw wrong;
          })(),
        );
        yield* child;
      })(),
    );
    assert.is(yield* caught(owner), wrong);
  });
});

test('a child that was cancelled by itself or another is no failure of the owner', () => {
  virtually(function* () {
    const owner = yield* spawn(
      (function* () {
        const a = yield* spawn(sleep(1000));
        yield* spawn(
          (function* () {
            (yield* currentTask()).cancel();
            yield* yieldNow();
          })(),
        );
        yield* sleep(1);
        a.cancel();
        return 'fine';
      })(),
    );
    assert.is(yield* owner, 'fine');
  });
});

test('a CancelledError that is not caught by a joiner is a failure of the joiner, not its cancellation', () => {
  virtually(function* () {
    const target = yield* spawn(sleep(1000));
    const joiner = yield* spawn(join(target));
    yield* sleep(1);
    target.cancel('why');
    const error = yield* caught(joiner);
    assert.instance(error, CancelledError);
    assert.is((error as CancelledError).reason, 'why');
    assert.is(joiner.state, 'failed');
  });
});

test('detached children do not hold their spawner, and are cancelled with clean-up when main ends', () => {
  const log: string[] = [];
  virtually(function* () {
    const spawner = yield* spawn(
      (function* () {
        const detached = yield* spawn(worker(log, 'detached', 1000, 5), { detached: true });
        assert.is(detached.parent === (yield* currentTask()), false);
        return 'value';
      })(),
    );
    assert.is(yield* spawner, 'value');
    assert.is(yield* now(), 0);
    yield* sleep(50);
  });
  assert.equal(log, ['detached over at 55']);
});

test('detached children live on when their spawner fails or is cancelled', () => {
  const log: string[] = [];
  virtually(function* () {
    const failing = yield* spawn(
      (function* (): Coroutine<void> {
        yield* spawn(worker(log, 'a', 30), { detached: true });
        throw new Error('wrong');
      })(),
    );
    yield* caught(failing);
    const cancelled = yield* spawn(
      (function* () {
        yield* spawn(worker(log, 'b', 30), { detached: true });
        yield* sleep(1000);
      })(),
    );
    yield* sleep(1);
    yield* cancel(cancelled);
    yield* sleep(50);
  });
  assert.equal(log, ['a done', 'a over at 30', 'b done', 'b over at 30']);
});

test('a detached child that fails and that nobody joined is not lost', () => {
  const wrong = new Error('wrong');
  const reports: unknown[] = [];
  let error: unknown;
  try {
    virtually(
      function* () {
        yield* spawn(
          (function* () {
            yield* spawn(
              (function* (): Coroutine<void> {
                yield* sleep(1);
                throw wrong;
              })(),
              { detached: true },
            );
          })(),
        );
        yield* sleep(10);
      },
      { onError: (e) => reports.push(e) },
    );
  } catch (e) {
    error = e;
  }
  assert.ok(error === wrong || reports.includes(wrong));
});

test('tasks of the loop itself do not hold main, and main does not cancel them', async () => {
  const loop = virtualLoop();
  const log: string[] = [];
  const other = loop.createTask(worker(log, 'other', 100));
  await loop.runUntilComplete(sleep(10));
  assert.is(other.state, 'waiting');
  await loop.runUntilComplete(other);
  assert.equal(log, ['other done', 'other over at 100']);
});

test('an owner that waits for its children can still be cancelled, with them', () => {
  const log: string[] = [];
  virtually(function* () {
    const owner = yield* spawn(
      (function* () {
        yield* spawn(worker(log, 'child', 1000, 5));
        return 'dropped';
      })(),
    );
    yield* sleep(10);
    assert.is(owner.state, 'waiting');
    assert.is(yield* cancel(owner, 'why'), true);
    assert.is(owner.state, 'cancelled');
  });
  assert.equal(log, ['child over at 15']);
});

test('cancelling one child leaves its siblings and its owner alone', () => {
  const log: string[] = [];
  virtually(function* () {
    const a = yield* spawn(worker(log, 'a', 10));
    yield* spawn(worker(log, 'b', 20));
    yield* sleep(1);
    yield* cancel(a);
    yield* sleep(1);
    log.push('owner');
  });
  assert.equal(log, ['a over at 1', 'owner', 'b done', 'b over at 20']);
});

test('when main is over, so is everything that was started in it', async () => {
  const seen: Task[] = [];
  const note = function* (ms: number): Coroutine<void> {
    seen.push((yield* currentTask()) as Task);
    yield* sleep(ms);
  };
  for (const end of ['normal', 'fails', 'cancelled']) {
    const main = run(
      (function* () {
        yield* spawn(note(10));
        yield* spawn(note(1e9), { daemon: true });
        yield* spawn(
          (function* () {
            yield* spawn(note(1e9), { detached: true });
            yield* spawn(note(20));
          })(),
        );
        yield* sleep(5);
        if (end === 'fails') throw new Error('end');
        if (end === 'cancelled') yield* cancel(yield* currentTask());
      })(),
      { clock: new VirtualClock() },
    );
    if (end === 'normal') await main;
    else await rejection(main);
    assert.ok(seen.length >= 1);
    assert.ok(
      seen.every((each) => each.done),
      end,
    );
  }
});

test('a child may outlive the interest of its owner only by its clean-up: events that never come do not hold a failing owner', () => {
  const event = new Event();
  const error = thrown(() =>
    virtually(function* (): Coroutine<void> {
      yield* spawn(event.wait());
      yield* spawn(event.wait());
      yield* sleep(1);
      throw new Error('owner');
    }),
  );
  assert.is(error.message, 'owner');
});

test('ten thousand children that fail are told in one AggregateError', () => {
  const error = thrown(() =>
    virtually(function* () {
      for (let i = 0; i < 10_000; i++)
        yield* spawn(
          (function* (): Coroutine<void> {
            throw new Error(`${i}`);
          })(),
        );
    }),
  );
  assert.instance(error, AggregateError);
  assert.is((error as AggregateError).errors.length, 10_000);
});

test.run();
