import {
  all,
  cancel,
  CancelledError,
  coroutine,
  currentTask,
  Event,
  join,
  now,
  shield,
  sleep,
  spawn,
  timeout,
  TimeoutError,
  yieldNow,
} from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught, refuses, thrown } from '../support/errors.ts';
import { virtually } from '../support/virtual.ts';
import { after, failing } from '../support/work.ts';

const test = suite('shield');

test('gives the result of the work, or throws its error', () => {
  const error = new Error('no');
  virtually(function* () {
    assert.is(yield* shield(after(5, 'result')), 'result');
    assert.is(yield* caught(shield(failing(5, error))), error);
  });
});

test('cancellation waits for the work, and then closes the task at this very yield', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const task = yield* spawn(
      (function* () {
        try {
          const result = yield* shield(after(50, 'result'));
          log.push(result);
          yield* yieldNow();
          log.push('goes on');
        } finally {
          log.push(`closed at ${yield* now()}`);
        }
      })(),
    );
    yield* sleep(5);
    yield* cancel(task, 'why');
    assert.is(yield* now(), 50);
    assert.is(task.state, 'cancelled');
    assert.is((yield* caught(task)).reason, 'why');
  });
  assert.equal(log, ['closed at 50']);
});

test('a finally that waits runs whole behind a shield, when the cancellation comes in the turn in which that is over', () => {
  {
    const log: unknown[] = [];
    const done = new Event();
    virtually(function* () {
      const task = yield* spawn(
        (function* () {
          try {
            yield* shield(done.wait());
          } finally {
            log.push('cleans');
            yield* sleep(1);
            log.push('is clean');
          }
        })(),
      );
      yield* sleep(5);
      done.set();
      assert.equal(log, [], 'it has not begun');
      yield* cancel(task);
    });
    assert.equal(log, ['cleans', 'is clean']);
  }
});

test('shielded work that fails in a clean-up throws there', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const task = yield* spawn(
      (function* () {
        try {
          yield* sleep(Infinity);
        } finally {
          try {
            yield* shield(failing(5, new Error('no')));
          } catch (error) {
            log.push(error);
          }
          log.push('goes on');
        }
      })(),
    );
    yield* sleep(1);
    yield* cancel(task);
  });
  assert.equal(log, [new Error('no'), 'goes on']);
});

test('the error of shielded work is not lost when the task was cancelled meanwhile', () => {
  const error = new Error('no');
  virtually(function* () {
    const task = yield* spawn(
      coroutine(function* () {
        yield* shield(failing(50, error));
      })(),
    );
    yield* sleep(5);
    assert.is(yield* caught(cancel(task)), error);
    assert.is(yield* caught(task), error);
  });
});

test('when shielded work fails while its task is being cancelled, no catch sees it, every finally runs whole, and the error is not lost', () => {
  const log: unknown[] = [];
  const error = new Error('no');
  virtually(function* () {
    const task = yield* spawn(
      (function* () {
        try {
          yield* shield(failing(50, error));
        } catch {
          log.push('CATCH');
        } finally {
          yield* sleep(10);
          log.push('finally');
        }
        log.push('GOES ON');
      })(),
    );
    yield* sleep(5);
    assert.is(yield* caught(cancel(task)), error);
    assert.is(task.state, 'failed');
  });
  assert.equal(log, ['finally']);
});

test('shields nest', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const task = yield* spawn(
      (function* () {
        log.push(
          yield* shield(
            (function* () {
              const inner = yield* shield(after(20, 'inner'));
              yield* sleep(20);
              return `${inner} and outer`;
            })(),
          ),
        );
        yield* yieldNow();
        log.push('goes on');
      })(),
    );
    yield* sleep(5);
    yield* cancel(task);
    assert.is(yield* now(), 40);
  });
  assert.equal(log, []);
});

test('in the middle of calls only the shielded one is spared', () => {
  const log: unknown[] = [];
  const middle = coroutine('middle', function* () {
    yield* shield(after(50, 'x'));
    log.push('middle goes on');
  });
  virtually(function* () {
    const task = yield* spawn(
      (function* () {
        yield* middle();
        log.push('outer goes on');
      })(),
    );
    yield* sleep(5);
    yield* cancel(task);
    assert.is(yield* now(), 50);
  });
  assert.equal(log, []);
});

test('works in a clean-up', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const task = yield* spawn(
      (function* () {
        try {
          yield* sleep(Infinity);
        } finally {
          log.push(yield* shield(after(20, 'saved')));
          yield* sleep(10);
          log.push('clean');
        }
      })(),
    );
    yield* sleep(5);
    yield* cancel(task);
    assert.is(yield* now(), 35);
  });
  assert.equal(log, ['saved', 'clean']);
});

test('a shield that is reached begins, also in a task that has cancelled itself: which is closed at its end', () => {
  const log: string[] = [];
  virtually(function* () {
    const task = yield* spawn(
      (function* () {
        try {
          (yield* currentTask()).cancel('by itself');
        } finally {
          yield* shield(
            (function* () {
              yield* sleep(10);
              log.push('clean');
            })(),
          );
          log.push('BEHIND');
        }
      })(),
    );
    const error = yield* caught(task);
    assert.instance(error, CancelledError);
    assert.is(yield* now(), 10);
  });
  assert.equal(log, ['clean']);
});

test('a shield that is spawned, and cancelled before its first step, does not start the work', () => {
  let ran = false;
  virtually(function* () {
    const task = yield* spawn(
      shield(
        (function* () {
          ran = true;
        })(),
      ),
    );
    yield* cancel(task);
  });
  assert.not(ran);
});

test('a time limit around it comes after the work', () => {
  virtually(function* () {
    const error = yield* caught(
      timeout(
        10,
        (function* () {
          yield* shield(sleep(50));
          yield* sleep(50);
        })(),
      ),
    );
    assert.instance(error, TimeoutError);
    assert.is(yield* now(), 50);
  });
});

test('the first failure of all waits for shielded work', () => {
  const log: unknown[] = [];
  const error = new Error('no');
  virtually(function* () {
    assert.is(
      yield* caught(
        all([
          failing(10, error),
          shield(
            (function* () {
              yield* sleep(50);
              log.push('saved');
            })(),
          ),
        ]),
      ),
      error,
    );
    assert.is(yield* now(), 50);
  });
  assert.equal(log, ['saved']);
});

test('the cancelled owner waits for the shielded child', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const owner = yield* spawn(
      (function* () {
        yield* spawn(
          shield(
            (function* () {
              yield* sleep(50);
              log.push('saved');
            })(),
          ),
        );
        yield* sleep(Infinity);
      })(),
    );
    yield* sleep(5);
    yield* cancel(owner);
    assert.is(yield* now(), 50);
  });
  assert.equal(log, ['saved']);
});

test('work that was cancelled by somebody else throws a CancelledError', () => {
  virtually(function* () {
    const task = yield* spawn(sleep(Infinity));
    const waiting = yield* spawn(caught(shield(join(task))));
    yield* sleep(5);
    yield* cancel(task, 'by name');
    const error = yield* waiting;
    assert.instance(error, CancelledError);
    assert.is(error.reason, 'by name');
  });
});

test('a failing clean-up of shielded work that is joined is thrown to the joiner', () => {
  const error = new Error('late');
  assert.is(
    thrown(() =>
      virtually(function* () {
        yield* shield(failing(10, error));
      }),
    ),
    error,
  );
});

for (const wrong of [undefined, null, 5, {}]) {
  test(`shield(${String(wrong)}) is a TypeError at the call that says what it takes`, () =>
    refuses(() => shield(wrong as never), /shield/));
}

test.run();
