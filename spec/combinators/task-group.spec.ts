import {
  cancel,
  CancelledError,
  coroutine,
  currentTask,
  InvalidStateError,
  join,
  now,
  sleep,
  spawn,
  Task,
  taskGroup,
  yieldNow,
} from 'treadle';
import type { TaskGroup } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught, refuses } from '../support/errors.ts';
import { sameSet } from '../support/lists.ts';
import { virtually } from '../support/virtual.ts';
import { after, breaking, failing, lasting } from '../support/work.ts';

const test = suite('taskGroup');

test('gives the result of its body when all that was spawned is over', () => {
  const log: unknown[] = [];
  virtually(function* () {
    assert.is(
      yield* taskGroup(function* (group) {
        yield* group.spawn(
          (function* () {
            yield* sleep(50);
            log.push('member');
          })(),
        );
        log.push('body');
        return 'result';
      }),
      'result',
    );
    assert.is(yield* now(), 50);
  });
  assert.equal(log, ['body', 'member']);
});

test('a group without members is its body', () => {
  virtually(function* () {
    assert.is(
      yield* taskGroup(function* () {
        return 5;
      }),
      5,
    );
    assert.is(yield* now(), 0);
  });
});

test('spawn gives the task at once, queued, with its name; it can be joined in the body', () => {
  const log: unknown[] = [];
  virtually(function* () {
    yield* taskGroup(function* (group) {
      const task = yield* group.spawn(
        (function* () {
          log.push('member');
          return 1;
        })(),
        { name: 'one' },
      );
      assert.instance(task, Task);
      assert.is(task.name, 'one');
      log.push('body');
      assert.is(yield* join(task), 1);
    });
  });
  assert.equal(log, ['body', 'member']);
});

test('a member may spawn more, also when the body is over', () => {
  const log: unknown[] = [];
  virtually(function* () {
    yield* taskGroup(function* (group) {
      yield* group.spawn(
        (function* () {
          yield* sleep(10);
          yield* group.spawn(
            (function* () {
              yield* sleep(10);
              log.push('grandchild');
            })(),
          );
        })(),
      );
    });
    assert.is(yield* now(), 20);
  });
  assert.equal(log, ['grandchild']);
});

test('the first failure cancels the body and the other members, and is thrown as it is when they have cleaned up', () => {
  const log: unknown[] = [];
  const error = new Error('no');
  virtually(function* () {
    assert.is(
      yield* caught(
        taskGroup(function* (group) {
          yield* group.spawn(lasting(log, 'member', 20));
          yield* group.spawn(failing(10, error));
          yield* lasting(log, 'body', 30);
        }),
      ),
      error,
    );
    assert.is(yield* now(), 40);
  });
  assert.equal(new Set(log), new Set(['body cleans up', 'member cleans up', 'member is clean', 'body is clean']));
});

test('a body that fails cancels the members', () => {
  const log: unknown[] = [];
  const error = new Error('body');
  virtually(function* () {
    assert.is(
      yield* caught(
        taskGroup(function* (group) {
          yield* group.spawn(lasting(log, 'member', 20));
          yield* sleep(5);
          throw error;
        }),
      ),
      error,
    );
    assert.is(yield* now(), 25);
  });
  assert.equal(log, ['member cleans up', 'member is clean']);
});

test('a body that fails at once, before its members began', () => {
  const log: unknown[] = [];
  virtually(function* () {
    assert.is(
      yield* caught(
        taskGroup(function* (group) {
          yield* group.spawn(
            (function* () {
              yield* yieldNow();
              log.push('ran on');
            })(),
          );
          throw 'no';
        }),
      ),
      'no',
    );
  });
  assert.equal(log, []);
});

test('several failures are thrown together in an AggregateError', () => {
  const errors = [new Error('a'), new Error('b'), new Error('c')];
  virtually(function* () {
    const error = yield* caught(
      taskGroup(function* (group) {
        yield* group.spawn(failing(10, errors[0]));
        yield* group.spawn(breaking(errors[1]));
        yield* group.spawn(breaking(errors[2]));
      }),
    );
    assert.instance(error, AggregateError);
    sameSet(error.errors, errors);
  });
});

test('a failure that the body joined and let through is thrown once', () => {
  const error = new Error('no');
  virtually(function* () {
    assert.is(
      yield* caught(
        taskGroup(function* (group) {
          yield* join(yield* group.spawn(failing(10, error)));
        }),
      ),
      error,
    );
  });
});

test('a failure of a member fails the group even if the body joined and caught it', () => {
  const error = new Error('no');
  virtually(function* () {
    assert.is(
      yield* caught(
        taskGroup(function* (group) {
          yield* caught(yield* group.spawn(failing(10, error)));
          return 'fine';
        }),
      ),
      error,
    );
  });
});

test('a member that is cancelled by itself disturbs nobody', () => {
  virtually(function* () {
    assert.is(
      yield* taskGroup(function* (group) {
        const victim = yield* group.spawn(sleep(Infinity));
        const other = yield* group.spawn(after(20, 'other'));
        yield* sleep(5);
        yield* cancel(victim, 'gone');
        assert.is(victim.state, 'cancelled');
        return yield* other;
      }),
      'other',
    );
  });
});

test('a member whose clean-up fails when it is cancelled by itself fails the group', () => {
  const error = new Error('clean-up');
  virtually(function* () {
    assert.is(
      yield* caught(
        taskGroup(function* (group) {
          const victim = yield* group.spawn(breaking(error));
          yield* sleep(5);
          victim.cancel();
          yield* sleep(100);
        }),
      ),
      error,
    );
    assert.is(yield* now(), 15);
  });
});

test('a body that joins a member that was cancelled is thrown its CancelledError', () => {
  virtually(function* () {
    const error = yield* caught(
      taskGroup(function* (group) {
        const victim = yield* group.spawn(sleep(Infinity));
        yield* yieldNow();
        victim.cancel('gone');
        yield* victim;
      }),
    );
    assert.instance(error, CancelledError);
    assert.is(error.reason, 'gone');
  });
});

test('to spawn after the group is over is an InvalidStateError that says so', () => {
  let kept: TaskGroup | undefined;
  virtually(function* () {
    yield* taskGroup(function* (group) {
      kept = group;
    });
    const error = yield* caught(kept!.spawn(sleep(1)));
    assert.instance(error, InvalidStateError);
    assert.match(error.message, /group is over/);
  });
});

test('what is spawned while the group closes is cancelled before its first step, and waited for', () => {
  const log: unknown[] = [];
  virtually(function* () {
    yield* caught(
      taskGroup(function* (group) {
        yield* group.spawn(
          (function* () {
            try {
              yield* sleep(Infinity);
            } finally {
              const late = yield* group.spawn(
                (function* () {
                  log.push('late member ran');
                })(),
              );
              yield* sleep(5);
              log.push(late.state);
            }
          })(),
        );
        yield* sleep(10);
        throw 'no';
      }),
    );
    assert.equal((yield* currentTask()).children, []);
  });
  assert.equal(log, ['cancelled']);
});

test('somebody outside may spawn in the group while it is open', () => {
  virtually(function* () {
    let group: TaskGroup | undefined;
    const grouping = yield* spawn(
      taskGroup(function* (g) {
        group = g;
        yield* sleep(10);
        return 'result';
      }),
    );
    yield* sleep(5);
    const member = yield* group!.spawn(after(50, 'member'));
    assert.is(yield* grouping, 'result');
    assert.is(yield* now(), 55);
    assert.is(yield* member, 'member');
  });
});

test('cancelling the one who waits cancels the body and the members and waits for their clean-ups', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const task = yield* spawn(
      coroutine(function* () {
        yield* taskGroup(function* (group) {
          yield* group.spawn(lasting(log, 'member', 30));
          yield* lasting(log, 'body', 10);
        });
        log.push('goes on');
      })(),
    );
    yield* sleep(5);
    yield* cancel(task);
    assert.is(yield* now(), 35);
    assert.is(task.state, 'cancelled');
  });
  assert.equal(new Set(log), new Set(['member cleans up', 'body cleans up', 'body is clean', 'member is clean']));
});

test('groups nest: a failure goes through both', () => {
  const log: unknown[] = [];
  virtually(function* () {
    assert.is(
      yield* caught(
        taskGroup(function* (outer) {
          yield* outer.spawn(lasting(log, 'outer', 5));
          yield* taskGroup(function* (inner) {
            yield* inner.spawn(lasting(log, 'inner', 5));
            yield* inner.spawn(failing(10, 'no'));
          });
        }),
      ),
      'no',
    );
    assert.is(yield* now(), 20);
  });
  assert.equal(log, ['inner cleans up', 'inner is clean', 'outer cleans up', 'outer is clean']);
});

test('a daemon in a group is cancelled, not waited for, when the rest is over', () => {
  const log: unknown[] = [];
  virtually(function* () {
    assert.is(
      yield* taskGroup(function* (group) {
        yield* group.spawn(lasting(log, 'daemon', 5), { daemon: true });
        yield* sleep(10);
        return 'result';
      }),
      'result',
    );
    assert.is(yield* now(), 15);
  });
  assert.equal(log, ['daemon cleans up', 'daemon is clean']);
});

for (const [what, wrong] of [
  ['undefined', undefined],
  ['a generator', (function* () {})()],
  ['5', 5],
  ['an effect', sleep(1)],
] as const) {
  test(`taskGroup(${what}) is a TypeError at the call that says what it takes`, () =>
    refuses(() => taskGroup(wrong as never), /taskGroup/, /function/));
}

test('group.spawn of no awaitable is a TypeError at the call', () => {
  virtually(function* () {
    yield* taskGroup(function* (group) {
      refuses(() => group.spawn(5 as never), /spawn/);
    });
  });
});

test.run();
