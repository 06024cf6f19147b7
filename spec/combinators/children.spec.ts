// What all combinators promise of the work they are given, each of them asked the same questions.
import {
  all,
  allSettled,
  any,
  cancel,
  CancelledError,
  coroutine,
  currentTask,
  DeadlockError,
  forEach,
  fromPromise,
  join,
  map,
  now,
  Queue,
  race,
  sleep,
  spawn,
  taskGroup,
  timeout,
  yieldNow,
} from 'treadle';
import type { Awaitable, Effect } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught, thrown } from '../support/errors.ts';
import { delay } from '../support/host.ts';
import { same, sameSet } from '../support/lists.ts';
import { virtualLoop, virtually } from '../support/virtual.ts';
import { after, breaking, failing, lasting } from '../support/work.ts';

const test = suite('combinators');

type Work = readonly Awaitable<unknown>[];
const forms: Record<string, (work: Work) => Effect<unknown>> = {
  all: (work) => all(work),
  'all of an object': (work) => all(Object.fromEntries(work.entries())),
  allSettled: (work) => allSettled(work),
  any: (work) => any(work),
  race: (work) => race(work),
  map: (work) => map(work, (one) => one),
  forEach: (work) => forEach(work, (one) => one, { concurrency: 1000 }),
  timeout: (work) => (work.length === 1 ? timeout(1e9, work[0]!) : timeout(1e9, all(work))),
  taskGroup: (work) =>
    taskGroup(function* (group) {
      for (const one of work) yield* group.spawn(one);
    }),
};

for (const [name, form] of Object.entries({ allSettled: forms['allSettled']!, any: forms['any']! })) {
  test(`${name}: cancelled when one has failed already, it is cancelled: that failure was no loss`, () => {
    const log: unknown[] = [];
    virtually(function* () {
      const task = yield* spawn(form([failing(1, new Error('no')), lasting(log, 'a', 10)]));
      yield* sleep(5);
      yield* cancel(task);
      assert.is(task.state, 'cancelled');
    });
    assert.equal(log, ['a cleans up', 'a is clean']);
  });

  test(`${name}: cancelled when one has failed already, the failure of a clean-up is still told`, () => {
    const error = new Error('unclean');
    virtually(function* () {
      const unclean = function* () {
        try {
          yield* sleep(100);
        } finally {
          throw error;
        }
      };
      const task = yield* spawn(form([failing(1, new Error('no')), unclean()]));
      yield* sleep(5);
      task.cancel();
      assert.is(yield* caught(task), error);
    });
  });
}

for (const [name, form] of Object.entries(forms)) {
  test(`${name}: cancelling the one who waits cancels the work and waits for every clean-up`, () => {
    const log: unknown[] = [];
    virtually(function* () {
      const task = yield* spawn(
        (function* () {
          try {
            yield* form([lasting(log, 'a', 20), lasting(log, 'b', 50)]);
            log.push('goes on');
          } catch (error) {
            log.push(error);
          } finally {
            log.push('finally');
          }
        })(),
      );
      yield* sleep(5);
      yield* cancel(task, 'why');
      assert.is(yield* now(), 55);
      assert.is(task.state, 'cancelled');
      assert.is((yield* caught(task)).reason, 'why');
    });
    assert.equal(log, ['a cleans up', 'b cleans up', 'a is clean', 'b is clean', 'finally']);
  });

  test(`${name}: cancelled again while it closes its work, no clean-up is cut short`, () => {
    const log: unknown[] = [];
    virtually(function* () {
      const task = yield* spawn(form([lasting(log, 'a', 20), lasting(log, 'b', 50)]));
      yield* sleep(5);
      task.cancel();
      yield* sleep(5);
      task.cancel();
      yield* cancel(task);
      assert.is(yield* now(), 55);
    });
    assert.equal(log, ['a cleans up', 'b cleans up', 'a is clean', 'b is clean']);
  });

  test(`${name}: cancelled before its first step, its work is never started`, () => {
    const log: unknown[] = [];
    virtually(function* () {
      const task = yield* spawn(
        form([
          (function* () {
            log.push('ran');
          })(),
        ]),
      );
      yield* cancel(task);
    });
    assert.equal(log, []);
  });

  test(`${name}: cancelled in the turn in which the work is started, nothing of it runs on`, () => {
    const log: unknown[] = [];
    virtually(function* () {
      const task = yield* spawn(form([lasting(log, 'a'), lasting(log, 'b')]));
      yield* yieldNow();
      yield* cancel(task);
      assert.is(task.state, 'cancelled');
      assert.equal((yield* currentTask()).children, []);
    });
    assert.equal(
      log.filter((line) => String(line).includes('cleans up')).length,
      log.filter((line) => String(line).includes('is clean')).length,
    );
  });

  test(`${name}: tasks that were there before are only waited for: cancelling the one who waits leaves them alone`, () => {
    virtually(function* () {
      const tasks = [yield* spawn(after(100, 'a')), yield* spawn(after(200, 'b'))];
      const waiter = yield* spawn(form(tasks));
      yield* sleep(5);
      yield* cancel(waiter);
      assert.is(yield* now(), 5);
      assert.equal([yield* tasks[0]!, yield* tasks[1]!], ['a', 'b']);
    });
  });

  test(`${name}: futures and promises are only waited for, too`, async () => {
    const loop = virtualLoop();
    const future = loop.createFuture<string>();
    const promise = delay(10, 'promise');
    await loop.runUntilComplete(
      (function* () {
        const waiter = yield* spawn(form([future, promise]));
        yield* sleep(0);
        yield* sleep(0);
        yield* cancel(waiter);
        assert.is(future.state, 'waiting');
        future.setResult('future');
        assert.is(yield* future, 'future');
        assert.is(yield* fromPromise(promise), 'promise');
      })(),
    );
  });

  test(`${name}: a clean-up that fails while it is cancelled is not lost, and the others clean up whole`, () => {
    const log: unknown[] = [];
    const error = new Error('clean-up');
    virtually(function* () {
      const task = yield* spawn(form([breaking(error, 5), lasting(log, 'b', 50)]));
      yield* sleep(5);
      assert.is(yield* caught(cancel(task)), error);
      assert.is(yield* now(), 55);
    });
    assert.equal(log, ['b cleans up', 'b is clean']);
  });

  test(`${name}: two clean-ups that fail while it is cancelled are both reported`, () => {
    const errors = [new Error('a'), new Error('b')];
    virtually(function* () {
      const task = yield* spawn(form([breaking(errors[0], 5), breaking(errors[1], 10)]));
      yield* sleep(5);
      const error = yield* caught(cancel(task));
      assert.instance(error, AggregateError);
      sameSet(error.errors, errors);
    });
  });

  test(`${name}: works in a clean-up`, () => {
    const log: unknown[] = [];
    virtually(function* () {
      const task = yield* spawn(
        (function* () {
          try {
            yield* sleep(Infinity);
          } finally {
            yield* form([after(20, 'x')]);
            log.push(yield* now());
          }
        })(),
      );
      yield* sleep(5);
      yield* cancel(task);
    });
    assert.equal(log, [25]);
  });

  test(`${name}: runs plain generators, effects and tasks alike, and leaves no child behind`, () => {
    virtually(function* () {
      const task = yield* spawn(after(5, 'task'));
      yield* form([
        task,
        (function* () {
          yield* sleep(5);
        })(),
        sleep(5),
      ]);
      yield* task;
      assert.equal((yield* currentTask()).children, []);
    });
  });

  test(`${name}: can be yielded twice and by two tasks, if its work can`, () => {
    virtually(function* () {
      const effect = form([after(10, 'x'), sleep(20)]);
      const one = yield* effect;
      const tasks = [yield* spawn(effect), yield* spawn(effect)];
      assert.equal(yield* tasks[0]!, one);
      assert.equal(yield* tasks[1]!, one);
      assert.equal(yield effect, one);
    });
  });

  test(`${name}: a task that waits in it prints in one line, as any other`, () => {
    virtually(function* () {
      const task = yield* spawn(form([sleep(5)]), { name: 'waiter' });
      yield* sleep(1);
      assert.match(String(task), /^<Task #\d+ waiter waiting on .{3,120}>$/);
    });
  });

  // A limit comes, even if late.
  if (name !== 'timeout')
    test(`${name}: work that waits for what never comes is a DeadlockError that names it`, () => {
      const error = thrown(() =>
        virtually(function* () {
          yield* form([new Queue(Infinity, { name: 'jobs' }).get()]);
        }),
      );
      assert.instance(error, DeadlockError);
      assert.match(error.message, /jobs\.get\(\)/);
    });

  test(`${name}: a thousand pieces of work end in time`, () => {
    virtually(function* () {
      yield* form(Array.from({ length: 1000 }, (_, i) => sleep(i % 10)));
      assert.ok((yield* now()) <= 9);
    });
  });
}

// What is thrown (or won) after the rest has cleaned up: cancelled in between.
const closing: Record<string, (a: Awaitable<unknown>, b: Awaitable<unknown>) => Effect<unknown>> = {
  all: (a, b) => all([a, b]),
  race: (a, b) => race([a, b]),
  map: (a, b) => map([a, b], (one) => one),
  forEach: (a, b) => forEach([a, b], (one) => one),
  taskGroup: (a, b) =>
    taskGroup(function* (group) {
      yield* group.spawn(a);
      yield* group.spawn(b);
    }),
};
for (const [name, form] of Object.entries(closing)) {
  test(`${name}: cancelled while it closes the rest after a failure, the clean-up is whole and nothing goes on after the next yield`, () => {
    const log: unknown[] = [];
    const error = new Error('no');
    virtually(function* () {
      const task = yield* spawn(
        (function* () {
          try {
            yield* form(failing(10, error), lasting(log, 'b', 50));
            log.push('goes on');
          } finally {
            log.push('finally');
          }
        })(),
      );
      yield* sleep(20);
      task.cancel('why');
      const end = yield* caught(task);
      assert.ok(end === error || end instanceof CancelledError, String(end));
      assert.is(yield* now(), 60);
    });
    assert.equal(log, ['b cleans up', 'b is clean', 'finally']);
  });

  test(`${name}: cancelled while it closes the rest after a failure, a finally around it that waits is whole, too`, () => {
    const log: unknown[] = [];
    const error = new Error('no');
    virtually(function* () {
      const task = yield* spawn(
        (function* () {
          try {
            yield* form(failing(10, error), lasting(log, 'b', 50));
            log.push('goes on');
          } finally {
            log.push(`finally at ${yield* now()}`);
          }
        })(),
      );
      yield* sleep(20);
      task.cancel('why');
      const end = yield* caught(task);
      assert.ok(end === error || end instanceof CancelledError, String(end));
      assert.is(yield* now(), 60);
    });
    assert.equal(log, ['b cleans up', 'b is clean', 'finally at 60']);
  });

  test(`${name}: the first failure cancels the rest, which has cleaned up before it is thrown`, () => {
    const log: unknown[] = [];
    const error = new Error('no');
    virtually(function* () {
      assert.is(yield* caught(form(failing(10, error), lasting(log, 'b', 50))), error);
      assert.is(yield* now(), 60);
    });
    assert.equal(log, ['b cleans up', 'b is clean']);
  });

  test(`${name}: when a clean-up fails after the first failure, both are thrown in one AggregateError`, () => {
    const [first, second] = [new Error('first'), new Error('clean-up')];
    virtually(function* () {
      const error = yield* caught(form(failing(10, first), breaking(second)));
      assert.instance(error, AggregateError);
      same(error.errors, [first, second]);
      assert.match(error.message, /first[^]*clean-up/);
    });
  });

  test(`${name}: a failure that was caught is dealt with: the owner does not fail with it once more`, () => {
    virtually(function* () {
      yield* caught(form(failing(10, new Error('a')), breaking(new Error('b'))));
      yield* caught(form(failing(10, new Error('a')), failing(10, new Error('b'))));
    });
  });

  test(`${name}: a failure cancels only its own work, not a task that was there before`, () => {
    virtually(function* () {
      const task = yield* spawn(after(100, 'result'));
      yield* caught(form(failing(10, 'no'), task));
      assert.is(yield* now(), 10);
      assert.is(yield* task, 'result');
    });
  });

  test(`${name}: work that fails at once cancels work that has not begun`, () => {
    const log: unknown[] = [];
    virtually(function* () {
      assert.is(yield* caught(form(failing(0, 'no'), lasting(log, 'b'))), 'no');
    });
    assert.equal(
      log.filter((line) => String(line).includes('caught')),
      [],
    );
  });

  test(`${name}: work that is cancelled by somebody else${name === 'taskGroup' ? ' disturbs nobody' : ' is a failure, thrown as a CancelledError with its reason'}`, () => {
    virtually(function* () {
      const work = coroutine('victim', function* () {
        (yield* currentTask()).cancel('by itself');
        yield* sleep(1);
      });
      if (name === 'taskGroup') yield* form(work(), after(50, 'b'));
      else {
        const error = yield* caught(form(work(), sleep(Infinity)));
        assert.instance(error, CancelledError);
        assert.is(error.reason, 'by itself');
      }
      assert.is(yield* now(), name === 'taskGroup' ? 50 : 0);
    });
  });

  test(`${name}: a joined task that was cancelled is a failure`, () => {
    virtually(function* () {
      const task = yield* spawn(sleep(Infinity));
      const waiter = yield* spawn(caught(form(join(task), sleep(Infinity))));
      yield* sleep(1);
      yield* cancel(task, 'gone');
      const error = yield* waiter;
      assert.instance(error, CancelledError);
      assert.is(error.reason, 'gone');
    });
  });
}

test('an uncaught failure of a combinator in main is what runSync throws', () => {
  const error = new Error('no');
  assert.is(
    thrown(() =>
      virtually(function* () {
        yield* all([failing(1, error), sleep(5)]);
      }),
    ),
    error,
  );
});

test.run();
