// `node demos database`. Its connection is tried on a made-up engine, which notes what it is told. With the real one,
// which is not downloaded for the sake of a spec, the demo is run as a process: see the names of what is skipped.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { all, cancel, coroutine, runSync, sleep, spawn } from 'treadle';
import type { Effect } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Ask, Connection } from '../../../demos/programs/database/index.ts';
import { installed } from '../../../demos/support/install.ts';
import { demo, numbers } from '../../support/demo.ts';

const folder = fileURLToPath(new URL('../../../demos/programs/database/postgres/', import.meta.url));

const connection = suite('the connection of the demo database');

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

connection("gives a transaction its statements, and nobody else's, until it is committed", () => {
  const { told, db } = engine();
  const results = runSync(all([two(db, 'a'), db.query('single'), two(db, 'b')]));
  assert.equal(told, ['begin', 'first a', 'second a', 'commit', 'single', 'begin', 'first b', 'second b', 'commit']);
  assert.equal(results, ['a', [{ sql: 'single' }], 'b']);
});

connection('rolls back what fails, and is free again', () => {
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

connection('rolls back a transaction that is cancelled, whenever that is, before anybody else is served', () => {
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

connection.run();

const pinned = suite('the engine of the demo database');

pinned('is pinned to one version, locked without addresses, and unknown to the root', () => {
  const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
  const { dependencies } = JSON.parse(read('demos/programs/database/postgres/package.json')) as {
    dependencies: Record<string, string>;
  };
  const lock = read('demos/programs/database/postgres/package-lock.json');
  const { packages } = JSON.parse(lock) as { packages: Record<string, { version?: string }> };
  assert.not.match(lock, /"resolved"/);
  assert.equal(Object.keys(dependencies), ['@electric-sql/pglite']);
  for (const [name, version] of Object.entries(dependencies)) {
    assert.is(packages[`node_modules/${name}`]?.version, version);
    assert.not.match(read('package.json') + read('package-lock.json'), name);
  }
});

pinned.run();

const database = suite('demo database, with Postgres');
const there = installed(folder);
const test = there ? database : database.skip;

test('keeps the timer ticking, loses no deposit in transactions, and undoes what was cancelled or took too long', async () => {
  const { code, out, err, left } = await demo('database --limit 300 --delay 300');
  assert.is(err, '');
  assert.is(code, 0);
  assert.equal(left, []);
  assert.match(out, / PostgreSQL \d+/);
  assert.match(out, 'primes up to 5,000, 10,000 and 20,000: 669 1229 2262');
  const [[ticks] = []] = numbers(out, /the timer ticked (\d+) times/g);
  assert.ok(ticks! >= 20, out);
  assert.match(out, /statement by statement +10,/);
  assert.match(out, /in transactions +100\n/);
  const [[inserted] = []] = numbers(out, /(\d+) rows inserted; cancel </g);
  assert.ok(inserted! > 0, out);
  assert.match(out, /rows after: .* now it is <Task #\d+ import cancelled: 'not wanted'>/);
  assert.match(out, 'TimeoutError: minute() took longer than 300 ms');
  assert.equal(numbers(out, /rows (?:before|after): +(\d+)/g), [[1], [1], [1], [1]]);
});

test('Ctrl-C while it starts leaves nothing', async () => {
  let sent = false;
  const { code, err, left } = await demo('database', (out, { child }) => {
    if (!sent && out.includes('Creating a database')) sent = child.kill('SIGINT');
  });
  assert.is(err, '');
  assert.is(code, 130);
  assert.equal(left, []);
});

test('SIGTERM in the middle of a transaction leaves nothing', async () => {
  let sent = false;
  const { code, out, err, left } = await demo('database --delay 60000', (out, { child }) => {
    if (!sent && out.includes('rows and is cancelled:')) (setTimeout(() => child.kill('SIGTERM'), 300), (sent = true));
  });
  assert.is(err, '');
  assert.is(code, 143);
  assert.equal(left, []);
  assert.not.match(out, 'rows after');
});

database.run();
