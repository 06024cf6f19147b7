import { cancel, Lock, now, run, sleep, spawn, suspend, yieldNow } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught, refuses } from '../support/errors.ts';
import { virtualLoop, virtually } from '../support/virtual.ts';
import { turns } from '../support/work.ts';

const test = suite('suspend');

test('waits until it is resumed, from a callback', () => {
  virtually(function* () {
    let resume!: (value: string) => void;
    const task = yield* spawn(
      suspend<string>((r) => {
        resume = r;
      }),
    );
    yield* sleep(10);
    resume('value');
    assert.is(task.done, false, 'never inline');
    assert.is(yield* task, 'value');
  });
});

test('waits for a callback of the host', async () => {
  const value = await run(
    suspend<string>((resume) => {
      setTimeout(resume, 5, 'value');
    }),
  );
  assert.is(value, 'value');
});

test('fail throws', () => {
  const error = new Error('no');
  virtually(function* () {
    let fail!: (error: unknown) => void;
    const task = yield* spawn(
      caught(
        suspend((_, f) => {
          fail = f;
        }),
      ),
    );
    yield* sleep(10);
    fail(error);
    assert.is(yield* task, error);
  });
});

test('resumed while it starts, it goes on at once: no turn passes', () => {
  const log: unknown[] = [];
  virtually(function* () {
    yield* spawn(
      (function* () {
        log.push('other');
      })(),
    );
    log.push(yield* suspend<string>((resume) => resume('value')));
    log.push(yield* caught(suspend((_, fail) => fail('error'))));
    yield* yieldNow();
  });
  assert.equal(log, ['value', 'error', 'other']);
});

test('only the first answer counts, whatever comes later, at once or afterwards', () => {
  const log: unknown[] = [];
  let again!: () => void;
  virtually(function* () {
    for (const late of [false, true]) {
      const task = yield* spawn(
        suspend<string>((resume, fail) => {
          again = () => {
            resume('first');
            resume('second');
            fail(new Error('third'));
          };
          if (!late) again();
        }),
      );
      yield* sleep(1);
      if (late) again();
      log.push(yield* task);
      again();
      yield* sleep(1);
    }
  });
  assert.equal(log, ['first', 'first']);
});

test('an answer that comes when the task waits for something else is ignored', () => {
  virtually(function* () {
    let resume!: (value: string) => void;
    const task = yield* spawn(
      (function* () {
        yield* suspend<string>((r) => (resume = r)('now'));
        yield* sleep(50);
        return yield* now();
      })(),
    );
    yield* sleep(10);
    resume('late');
    assert.is(yield* task, 50);
  });
});

test('the clean-up runs once, when the wait is cancelled, before the finally of the coroutine', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const task = yield* spawn(
      (function* () {
        try {
          yield* suspend(() => () => log.push('undone'));
        } finally {
          yield* turns(2);
          log.push('finally');
        }
      })(),
    );
    yield* sleep(1);
    task.cancel();
    task.cancel();
    yield* cancel(task);
  });
  assert.equal(log, ['undone', 'finally']);
});

test('the clean-up does not run when the wait ends by an answer', () => {
  const log: unknown[] = [];
  virtually(function* () {
    yield* suspend((resume) => {
      resume();
      return () => log.push('undone');
    });
    let resume!: () => void;
    const task = yield* spawn(
      suspend((r) => {
        resume = r;
        return () => log.push('undone');
      }),
    );
    yield* sleep(1);
    resume();
    yield* task;
    yield* caught(
      suspend((_, fail) => {
        fail('no');
        return () => log.push('undone');
      }),
    );
  });
  assert.equal(log, []);
});

test('an answer after the cancellation is ignored, also while the task cleans up', () => {
  const log: unknown[] = [];
  virtually(function* () {
    let resume!: (value: string) => void;
    let fail!: (error: unknown) => void;
    const task = yield* spawn(
      (function* () {
        try {
          log.push(
            yield* suspend<string>((r, f) => {
              [resume, fail] = [r, f];
            }),
          );
        } finally {
          yield* sleep(20);
          log.push(`clean at ${yield* now()}`);
        }
      })(),
    );
    yield* sleep(10);
    const cancelling = yield* spawn(cancel(task));
    yield* sleep(5);
    resume('late');
    fail(new Error('later'));
    yield* cancelling;
    resume('much later');
    assert.is(task.state, 'cancelled');
  });
  assert.equal(log, ['clean at 30']);
});

test('an answer that the clean-up itself gives is ignored', () => {
  virtually(function* () {
    const log: unknown[] = [];
    const task = yield* spawn(
      (function* () {
        log.push(yield* suspend<string>((resume) => () => resume('from the clean-up')));
      })(),
    );
    yield* sleep(1);
    yield* cancel(task);
    assert.equal(log, []);
    assert.is(task.state, 'cancelled');
  });
});

test('what start throws is thrown at the yield', () => {
  const error = new Error('cannot start');
  virtually(function* () {
    assert.is(
      yield* caught(
        suspend(() => {
          throw error;
        }),
      ),
      error,
    );
  });
});

test('a start that fails and yet answers later does not disturb the next wait', () => {
  const error = new Error('cannot start');
  const log: unknown[] = [];
  const lock = new Lock();
  virtually(function* () {
    let resume!: (value: string) => void;
    yield* lock.acquire();
    const task = yield* spawn(
      (function* () {
        assert.is(
          yield* caught(
            suspend<string>((r) => {
              resume = r;
              throw error;
            }),
          ),
          error,
        );
        yield* lock.acquire();
        log.push('acquired');
      })(),
    );
    yield* sleep(1);
    resume('late');
    yield* sleep(1);
    assert.equal(log, []);
    yield* cancel(task);
    lock.release();
    assert.not(lock.locked, 'the cancelled task does not stand in line any more');
    assert.is(task.state, 'cancelled');
  });
  assert.equal(log, []);
});

test('an error of the clean-up is not lost: it is what the cancelled task fails with', () => {
  const error = new Error('clean-up');
  const log: unknown[] = [];
  virtually(function* () {
    const task = yield* spawn(
      (function* () {
        try {
          yield* suspend(() => () => {
            throw error;
          });
        } finally {
          yield* turns(2);
          log.push('the frames still close');
        }
      })(),
    );
    yield* sleep(1);
    assert.is(yield* caught(cancel(task)), error);
  });
  assert.equal(log, ['the frames still close']);
});

test('a task that is cancelled while start runs is closed, and the clean-up runs', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const task = yield* spawn(
      (function* () {
        yield* suspend(() => {
          task.cancel();
          return () => log.push('undone');
        });
        log.push('goes on');
      })(),
    );
    yield* sleep(1);
    assert.is(task.state, 'cancelled');
  });
  assert.equal(log, ['undone']);
});

test('on a virtual clock time stands still while the outside is at work', async () => {
  const loop = virtualLoop();
  const log: unknown[] = [];
  await loop.runUntilComplete(
    (function* () {
      yield* spawn(
        (function* () {
          yield* sleep(1000);
          log.push(`slept until ${yield* now()}`);
        })(),
      );
      yield* suspend((resume) => {
        setTimeout(resume, 5);
      });
      log.push(`outside answered at ${yield* now()}`);
    })(),
  );
  assert.equal(log, ['outside answered at 0', 'slept until 1000']);
});

for (const wrong of [undefined, null, 5, {}, Promise.resolve()]) {
  test(`suspend(${String(wrong)}) is a TypeError at the call that says what it takes`, () =>
    refuses(() => suspend(wrong as never), /suspend/, /function/));
}

test.run();
