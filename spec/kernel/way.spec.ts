// The way of an error through the frames of a task, as its stack tells it when the task has failed.
import { all, coroutine, run, runSync, sleep, spawn, timeout } from 'treadle';
import type { Coroutine } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught, thrown } from '../support/errors.ts';
import { virtually } from '../support/virtual.ts';

const test = suite('the way of an error');

const query = coroutine('query', function* (sql: string): Coroutine<never> {
  yield* sleep(1);
  throw new Error(`no ${sql}`);
});
const loadUser = coroutine('loadUser', function* (id: number) {
  return yield* query(`select ${id}`);
});
const page = coroutine('page', function* (url: string) {
  return yield* loadUser(Number(url.slice(-1)));
});

/** The lines of a stack that the engine has added. */
const way = (error: unknown) =>
  (error as Error)
    .stack!.split('\n')
    .filter((line) => line.startsWith('    in '))
    .map((line) => line.trim());

test('names the calls that it came out of, with their arguments, and the task', () => {
  const error = thrown(() =>
    virtually(function* (): Coroutine<void> {
      yield* spawn(page('/user/7'), { name: 'request-12' });
      yield* sleep(10);
    }),
  );
  assert.equal(way(error), [
    "in query('select 7') in loadUser(7) in page('/user/7') in task request-12, spawned by main",
    'in task main',
  ]);
});

test('names what a task was spawned with, if that has arguments, also when the task has no other name', () => {
  virtually(function* (): Coroutine<void> {
    const task = yield* spawn(page('/user/7'));
    assert.is(task.name, 'page');
    const error = yield* caught(task);
    assert.is(task.name, 'page');
    assert.equal(way(error), ["in query('select 7') in loadUser(7) in page('/user/7') in task page, spawned by main"]);
  });
});

test('goes on through each task that joins the one that failed', () => {
  const outer = coroutine('outer', function* (_n: number) {
    yield* yield* spawn(page('/user/7'));
  });
  virtually(function* (): Coroutine<void> {
    const task = yield* spawn(
      (function* () {
        yield* outer(1);
      })(),
      { name: 'joins' },
    );
    assert.equal(way(yield* caught(task)), [
      "in query('select 7') in loadUser(7) in page('/user/7') in task page, spawned by joins",
      'in outer(1) in task joins, spawned by main',
    ]);
  });
});

test('names combinators and limits on the way', () => {
  const error = thrown(() =>
    runSync(
      (function* () {
        yield* timeout(100, all([loadUser(7)]));
      })(),
    ),
  );
  const [child, main] = way(error);
  assert.is(child, "in query('select 7') in loadUser(7) in task loadUser, spawned by main");
  assert.is(main, 'in all([loadUser(7)]) in timeout(100, all([loadUser(7)])) in task main');
});

test('an error that is caught and thrown again tells the calls that it came out of', () => {
  const again = coroutine('again', function* (_times: number) {
    try {
      yield* page('/user/7');
    } catch (error) {
      yield* sleep(5);
      throw error;
    }
  });
  const error = thrown(() =>
    runSync(
      (function* () {
        yield* again(2);
      })(),
    ),
  );
  assert.equal(way(error), ["in query('select 7') in loadUser(7) in page('/user/7') in again(2) in task main"]);
});

test('an error that is caught for good says nothing, and leaves nothing behind for the next one', () => {
  virtually(function* (): Coroutine<void> {
    const error = yield* caught(page('/user/7'));
    assert.equal(way(error), []);
  });
});

test('a frame that catches one error and throws another is on the way of that one only', () => {
  const other = coroutine('other', function* () {
    try {
      yield* page('/user/7');
    } catch (cause) {
      throw new Error('other', { cause });
    }
  });
  const error = thrown(() =>
    runSync(
      (function* () {
        yield* other();
      })(),
    ),
  );
  assert.equal(way(error), ['in other() in task main']);
});

test('is bounded, however deep the recursion was and however long the arguments', () => {
  const deep = coroutine('deep', function* (n: number, _text: string): Coroutine<void> {
    if (n === 0) throw new Error('the bottom');
    yield* deep(n - 1, 'x'.repeat(1_000));
  } as (n: number, text: string) => Coroutine<void>);
  const [line = ''] = way(thrown(() => runSync(deep(100_000, ''))));
  assert.ok(line.length < 3_000, `${line.length}`);
  assert.match(line, / in more calls in task main$/);
});

test('errors of several tasks in one, and a clean-up error, each tell their own way', () => {
  const cleaning = coroutine('cleaning', function* (_what: string) {
    try {
      yield* sleep(100);
    } finally {
      yield* query('clean-up');
    }
  });
  const error = thrown(() =>
    runSync(
      (function* () {
        yield* all([loadUser(7), cleaning('a table')]);
      })(),
    ),
  ) as AggregateError;
  assert.instance(error, AggregateError);
  assert.equal(error.errors.map(way), [
    ["in query('select 7') in loadUser(7) in task loadUser, spawned by main"],
    ["in query('clean-up') in cleaning('a table') in task cleaning, spawned by main"],
  ]);
  assert.match(way(error)[0]!, /^in all\(.*\) in task main$/);
});

test('what cannot carry it is left alone: values that are no errors, frozen errors', () => {
  const frozen = Object.freeze(new Error('frozen'));
  for (const value of [frozen, 'a text', undefined, null, 7]) {
    const throwing = coroutine('throwing', function* (_n: number): Coroutine<never> {
      throw value;
    });
    assert.is(
      thrown(() =>
        runSync(
          (function* () {
            yield* throwing(1);
          })(),
        ),
      ),
      value,
    );
  }
});

test('a task that is over keeps neither what it yielded nor what it was called with', async () => {
  const [task] = await run(
    (function* () {
      const child = yield* spawn(page('/user/7'));
      yield* caught(child);
      return [child] as const; // not the child, which a task would hand on
    })(),
  );
  const kept = Object.values(task).filter((value) => typeof value === 'object' && value !== null);
  assert.not(kept.some((value) => /page|query|sleep/.test(String(value)) && !(value instanceof Error)));
  assert.is(task.waitingOn, undefined);
  const running = run(sleep(1));
  await running;
  assert.is(running.waitingOn, undefined);
});

test.run();
