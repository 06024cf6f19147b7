// Cancel scopes: how a cancellation travels through a stack, parts of which can be cancelled by themselves.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cancel, currentTask, now, sleep, spawn, wait, yieldNow } from 'treadle';
import type { Awaitable, Coroutine, Task } from 'treadle';
import { inScope } from '../../lib/effects/in-scope.ts';
import { type CancelScope, isCancelled } from '../../lib/kernel/cancel-scope.ts';
import { Effect } from '../../lib/kernel/effect.ts';
import { DUE } from '../../lib/kernel/modes.ts';
import { caught } from '../support/errors.ts';
import { virtually } from '../support/virtual.ts';

/** Runs the work in a cancel scope, which `open` is given. */
const scoped = (work: Awaitable<unknown>, open: (scope: CancelScope) => void) =>
  new Effect<unknown>('scoped', work, (task: Task<any>) => task._call(inScope(task, work, open) as never));

/** Puts off what is asked for from outside, until it is over. */
const shielded = (work: Awaitable<unknown>, open: (scope: CancelScope) => void = () => {}) =>
  scoped(work, (scope) => {
    scope.shields = true;
    open(scope);
  });

/** Waits for ever, in two frames; each cleans up for 5 ms and notes it. */
function* working(log: string[], name = 'work'): Coroutine<void> {
  try {
    yield (function* (): Coroutine<void> {
      try {
        yield* sleep(Infinity);
        log.push('WENT ON');
      } catch {
        log.push('CAUGHT');
      } finally {
        yield* sleep(5);
        log.push(`${name}: inner frame`);
      }
    })();
    log.push('WENT ON');
  } catch {
    log.push('CAUGHT');
  } finally {
    yield* sleep(5);
    log.push(`${name}: outer frame`);
  }
}

/** Runs the body as a child task, with scopes that it opens under names; gives the child after its end. */
function program(
  log: string[],
  body: (open: (name: string) => (scope: CancelScope) => void) => Coroutine<unknown>,
  script: (scopes: Record<string, CancelScope>, task: Task<unknown>) => Coroutine<unknown>,
): Task<unknown> {
  return virtually(function* () {
    const scopes: Record<string, CancelScope> = {};
    const task = yield* spawn(
      body((name) => (scope) => {
        scopes[name] = scope;
      }),
    );
    yield* sleep(10);
    yield* script(scopes, task);
    yield* wait([task]);
    log.push(`${task.state} at ${yield* now()}`);
    if (task.state === 'failed') task.error(); // now it is seen, and does not fail the program as well
    if (task.state === 'succeeded') assert.not(task._flags & DUE, 'nothing is left to be delivered');
    return task;
  });
}

const test = suite('cancel scopes');

test('a scope that is cancelled closes the frames above its own, from the innermost out, and its own is thrown the error', () => {
  const log: string[] = [];
  const task = program(
    log,
    function* (open) {
      try {
        yield* scoped(working(log), open('limit'));
      } catch (error) {
        log.push(`thrown ${error} at ${yield* now()}`);
      }
      yield* sleep(3);
      return 'went on';
    },
    function* ({ limit }) {
      limit!.cancel('too late');
    },
  );
  assert.equal(log, ['work: inner frame', 'work: outer frame', 'thrown too late at 20', 'succeeded at 23']);
  assert.is(task.result(), 'went on');
});

test('a scope is cancelled once: the first error is the one that is thrown', () => {
  const log: string[] = [];
  program(
    log,
    function* (open) {
      log.push(`thrown ${yield* caught(scoped(working(log), open('limit')))}`);
    },
    function* ({ limit }) {
      limit!.cancel('first');
      limit!.cancel('second');
      yield* sleep(7);
      limit!.cancel('in the clean-up');
    },
  );
  assert.equal(log, ['work: inner frame', 'work: outer frame', 'thrown first', 'succeeded at 20']);
});

test('of two scopes that are cancelled only the outer one throws, in whichever order it is asked for', () => {
  for (const order of [
    ['inner', 'outer'],
    ['outer', 'inner'],
  ] as const) {
    const log: string[] = [];
    program(
      log,
      function* (open) {
        const error = yield* caught(
          scoped(
            (function* () {
              try {
                yield* scoped(working(log), open('inner'));
              } catch {
                log.push('CAUGHT');
              } finally {
                log.push('between');
              }
            })(),
            open('outer'),
          ),
        );
        log.push(`thrown ${error}`);
      },
      function* (scopes) {
        for (const name of order) {
          scopes[name]!.cancel(name);
          yield* sleep(2);
        }
      },
    );
    assert.equal(
      log,
      ['work: inner frame', 'work: outer frame', 'between', 'thrown outer', 'succeeded at 20'],
      order.join(),
    );
  }
});

test('an outer scope that is cancelled after the inner one has thrown closes what the task does then', () => {
  const log: string[] = [];
  program(
    log,
    function* (open) {
      const error = yield* caught(
        scoped(
          (function* () {
            log.push(`thrown ${yield* caught(scoped(working(log), open('inner')))}`);
            yield* sleep(100);
            log.push('WENT ON');
          })(),
          open('outer'),
        ),
      );
      log.push(`thrown ${error}`);
    },
    function* ({ inner, outer }) {
      inner!.cancel('inner');
      yield* sleep(30);
      outer!.cancel('outer');
    },
  );
  assert.equal(log, ['work: inner frame', 'work: outer frame', 'thrown inner', 'thrown outer', 'succeeded at 40']);
});

test('a task that is cancelled while a scope of its own is being closed never sees the error, and cleans up once', () => {
  for (const later of [0, 2, 7]) {
    const log: string[] = [];
    program(
      log,
      function* (open) {
        try {
          yield* scoped(working(log), open('limit'));
          log.push('WENT ON');
        } catch {
          log.push('CAUGHT');
        } finally {
          yield* sleep(5);
          log.push('task');
        }
      },
      function* ({ limit }, task) {
        limit!.cancel('too late');
        if (later > 0) yield* sleep(later);
        task.cancel();
      },
    );
    assert.equal(log, ['work: inner frame', 'work: outer frame', 'task', 'cancelled at 25'], `${later} ms later`);
  }
});

test('a clean-up is not cut by the cancellation of a scope around it', () => {
  const log: string[] = [];
  program(
    log,
    function* (open) {
      yield* scoped(
        (function* () {
          yield* caught(scoped(working(log), open('inner')));
        })(),
        open('outer'),
      );
    },
    function* ({ inner, outer }, task) {
      inner!.cancel('inner');
      yield* sleep(2);
      outer!.cancel('outer');
      yield* sleep(2);
      task.cancel();
    },
  );
  assert.equal(log, ['work: inner frame', 'work: outer frame', 'cancelled at 20']);
});

test('a shield puts a cancellation of the task off until it is over; then it is delivered at that very yield', () => {
  const log: string[] = [];
  program(
    log,
    function* () {
      try {
        yield* shielded(
          (function* () {
            yield* sleep(50);
            log.push('shielded work is over');
          })(),
        );
        log.push('WENT ON');
      } finally {
        log.push('task');
      }
    },
    function* (_, task) {
      task.cancel();
    },
  );
  assert.equal(log, ['shielded work is over', 'task', 'cancelled at 50']);
});

test('a shield puts off the cancellation of a scope around it, too, but none of a scope within it', () => {
  const log: string[] = [];
  program(
    log,
    function* (open) {
      const error = yield* caught(
        scoped(
          shielded(
            (function* () {
              log.push(`within: ${yield* caught(scoped(working(log), open('within')))}`);
              yield* sleep(5);
              log.push('shielded work is over');
            })(),
          ),
          open('around'),
        ),
      );
      log.push(`around: ${error}`);
    },
    function* ({ around, within }) {
      around!.cancel('too late');
      yield* sleep(10);
      assert.equal(log, []);
      within!.cancel('stop');
    },
  );
  assert.equal(log, [
    'work: inner frame',
    'work: outer frame',
    'within: stop',
    'shielded work is over',
    'around: too late',
    'succeeded at 35',
  ]);
});

test('a scope that opens a shield lets a cancellation through to its own work, and no further', () => {
  const log: string[] = [];
  program(
    log,
    function* (open) {
      let shield: CancelScope;
      yield* shielded(
        (function* () {
          try {
            yield* scoped(working(log), (scope) => {
              open('opened')(scope);
              scope.opens = shield;
            });
          } finally {
            yield* sleep(5);
            log.push('behind the shield');
          }
        })(),
        (scope) => {
          shield = scope;
        },
      );
      log.push('WENT ON');
    },
    function* (_, task) {
      task.cancel();
    },
  );
  assert.equal(log, ['work: inner frame', 'work: outer frame', 'behind the shield', 'cancelled at 25']);
});

test('an error of a clean-up wins over that of the scope; several are one', () => {
  for (const errors of [['a'], ['a', 'b']]) {
    const log: string[] = [];
    program(
      log,
      function* (open) {
        const level = function* (depth: number): Coroutine<void> {
          try {
            yield depth > 0 ? level(depth - 1) : sleep(Infinity);
          } finally {
            throw errors[depth];
          }
        };
        const error = yield* caught(scoped(level(errors.length - 1), open('limit')));
        log.push(`thrown ${error instanceof AggregateError ? error.errors.join() : error}`);
      },
      function* ({ limit }) {
        limit!.cancel('too late');
      },
    );
    assert.is(log[0], `thrown ${errors.join()}`);
  }
});

test('an error of a clean-up is not lost when the closing goes on to the end of the task', () => {
  const log: string[] = [];
  const task = program(
    log,
    function* (open) {
      try {
        yield* scoped(
          (function* () {
            try {
              yield* sleep(Infinity);
            } finally {
              throw 'in the clean-up';
            }
          })(),
          open('limit'),
        );
      } catch {
        log.push('CAUGHT');
      } finally {
        log.push('task');
      }
    },
    function* ({ limit }, task) {
      limit!.cancel('too late');
      task.cancel();
    },
  );
  assert.equal([...log, task.error()], ['task', 'failed at 10', 'in the clean-up']);
});

test('a scope that its own work cancels throws, though nothing is yielded any more: the result is not handed over', () => {
  virtually(function* () {
    const task = (yield* currentTask()) as Task<any>;
    const error = yield* caught(
      scoped(
        (function* () {
          const scope = task._scope as CancelScope;
          assert.not(isCancelled(task));
          scope.cancel('stop');
          assert.ok(isCancelled(task), 'it is known at once');
          return 'result';
        })(),
        () => {},
      ),
    );
    assert.is(error, 'stop');
    assert.not(isCancelled(task));
    assert.not(task._flags & DUE, 'nothing is left to be delivered');
  });
});

test('a scope owns what is spawned in it: it is over when that is, and cancels it when it is cancelled', () => {
  const log: string[] = [];
  program(
    log,
    function* (open) {
      const error = yield* caught(
        scoped(
          (function* () {
            const child = yield* spawn(working(log, 'child'));
            assert.is(child._owner, ((yield* currentTask()) as Task<any>)._scope);
            yield* sleep(1);
          })(),
          open('limit'),
        ),
      );
      log.push(`thrown ${error} at ${yield* now()}`);
    },
    function* ({ limit }) {
      limit!.cancel('too late');
    },
  );
  assert.equal(log, ['child: inner frame', 'child: outer frame', 'thrown too late at 20', 'succeeded at 20']);
});

test('a running task knows whether a cancellation will reach it, delivered or not, behind a shield or not', () => {
  const seen: Record<string, boolean> = {};
  virtually(function* () {
    const task = yield* spawn(
      (function* () {
        const self = (yield* currentTask()) as Task<any>;
        const look = (when: string) => {
          seen[when] = isCancelled(self);
        };
        look('before');
        try {
          yield* shielded(
            (function* () {
              yield* sleep(20);
              look('behind a shield');
            })(),
          );
        } finally {
          look('in the clean-up');
          yield* yieldNow();
          look('later in it');
        }
      })(),
    );
    yield* sleep(10);
    yield* cancel(task);
  });
  assert.equal(seen, { before: false, 'behind a shield': false, 'in the clean-up': true, 'later in it': true });
});

test.run();
