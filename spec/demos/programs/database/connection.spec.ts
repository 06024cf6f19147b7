// The connection of `node demos database`, on a made-up engine that notes what it is told.
import { all, allSettled, cancel, coroutine, runSync, sleep, spawn } from 'treadle';
import type { Effect } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Ask, Connection } from '../../../../demos/programs/database/index.ts';

const test = suite('the connection of the demo database');

/** Takes 10 ms for a statement, and fails at 'nonsense'. */
function engine() {
  const told: string[] = [];
  const ask: Ask = coroutine('ask', function* (sql: string, ...parameters: unknown[]) {
    yield* sleep(10);
    told.push([sql, ...parameters].join(' '));
    if (sql === 'nonsense') throw new Error('syntax error');
    return [{ sql }];
  });
  return { told, db: new Connection(ask) };
}

const two = (db: Connection, name: string): Effect<string> =>
  db.transaction(
    coroutine('two', function* (ask) {
      yield* ask('first', name);
      yield* sleep(50);
      yield* ask('second', name);
      return name;
    }),
  );

test("gives a transaction its statements, and nobody else's, until it is committed", () => {
  const { told, db } = engine();
  const results = runSync(all([two(db, 'a'), db.query('single'), two(db, 'b')]));
  assert.equal(told, ['begin', 'first a', 'second a', 'commit', 'single', 'begin', 'first b', 'second b', 'commit']);
  assert.equal(results, ['a', [{ sql: 'single' }], 'b']);
});

test('rolls back what fails, and is free again', () => {
  const { told, db } = engine();
  runSync(
    (function* () {
      try {
        yield* db.transaction(
          coroutine('bad', function* (ask) {
            yield* ask('nonsense');
          }),
        );
        assert.unreachable();
      } catch (error) {
        assert.match(String(error), 'syntax error');
      }
      yield* db.query('single');
    })(),
  );
  assert.equal(told, ['begin', 'nonsense', 'rollback', 'single']);
});

test('a cancellation that comes during a rollback does not cut it', () => {
  const { told, db } = engine();
  runSync(
    (function* () {
      const task = yield* spawn(
        db.transaction(
          coroutine('bad', function* (ask) {
            yield* ask('nonsense');
          }),
        ),
      );
      yield* sleep(25); // begin takes 10 ms, the nonsense too, and so does the rollback
      const [outcome] = yield* allSettled([cancel(task)]);
      assert.is(outcome.status, 'rejected', 'it had failed before, and that is not lost');
      yield* db.query('single');
    })(),
  );
  assert.equal(told, ['begin', 'nonsense', 'rollback', 'single']);
});

test('rolls back a transaction that is cancelled, whenever that is, before anybody else is served', () => {
  const outcomes = new Set<string>();
  for (let time = 0; time <= 100; time++) {
    const { told, db } = engine();
    runSync(
      (function* () {
        const task = yield* spawn(two(db, 'a'));
        const other = yield* spawn(db.query('single'));
        yield* sleep(time);
        yield* cancel(task);
        if (task.state === 'cancelled')
          assert.not(told.includes('single') && told.indexOf('single') < told.indexOf('rollback'), told.join());
        yield* other;
      })(),
    );
    const own = told.filter((sql) => sql !== 'single');
    const end = own.at(-1);
    assert.ok(end === 'rollback' || end === 'commit' || own.length === 0, `cancelled after ${time} ms: ${told.join()}`);
    assert.is(told.at(-1), 'single', told.join());
    outcomes.add(own.join());
  }
  // Before and after the first statement, before the second one, and not at all.
  assert.ok(outcomes.size >= 4, [...outcomes].join('\n'));
  assert.ok(outcomes.has('begin,first a,second a,commit'));
});

test.run();
