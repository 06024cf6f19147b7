// A real database beside other work: Postgres in a thread, and one connection that many tasks share.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { all, cancel, coroutine, ensure, Lock, main, now, race, shield, sleep, spawn, timeout, use } from 'treadle';
import type { Effect } from 'treadle';
import { runIn, threads } from 'treadle/workers';
import type { Pool } from 'treadle/workers';
import { install } from '../../support/install.ts';
import { options } from '../../support/options.ts';
import { heading, say } from '../../support/say.ts';

export const summary = 'Postgres, with transactions that roll back when cancelled';
export const help = `
Runs Postgres (PGlite, installed when it is first needed) in a thread of its
own, with its files in a temporary directory. The program's thread stays free
during queries. Many tasks share one connection: a lock gives it to one
transaction at a time. A transaction whose task is cancelled is rolled back. A
query that takes too long is ended together with its thread, and the next query
opens the database again, as after a crash.

  --limit MS   how long the slow query may take        (default 500)
  --delay MS   when the import of rows is cancelled    (default 500)

Ctrl-C at any moment rolls back and removes the directory. While it creates the
database, Postgres takes up to 1 GB of memory.
`;

type Row = Readonly<Record<string, unknown>>;
/** Sends one statement and gives its rows. */
export type Ask = (sql: string, ...parameters: unknown[]) => Effect<Row[]>;

/**
 * One connection for many tasks, used by one task at a time: a statement that another task sends between a `begin`
 * and its `commit` would become part of that transaction.
 */
export class Connection {
  private readonly ask: Ask;
  private readonly lock = new Lock({ name: 'connection' });

  constructor(ask: Ask) {
    this.ask = ask;
  }

  query(sql: string, ...parameters: unknown[]): Effect<Row[]> {
    return this.lock.with(this.ask(sql, ...parameters));
  }

  /** Runs the work, which has the connection to itself, and commits. If it fails or is cancelled, no trace is left. */
  transaction<T>(work: (ask: Ask) => Effect<T>): Effect<T> {
    return this.lock.with(transaction(this.ask, work));
  }
}

const transaction = coroutine('transaction', function* <T>(ask: Ask, work: (ask: Ask) => Effect<T>) {
  let committed = false;
  const commit = coroutine('commit', function* () {
    yield* ask('commit');
    committed = true;
  });
  const body = coroutine('body', function* () {
    yield* ask('begin');
    const result = yield* work(ask);
    yield* shield(commit()); // nobody knows whether a commit that was cut short has happened
    return result;
  });
  const rollback = coroutine('rollback', function* () {
    if (!committed) yield* ask('rollback');
  });
  // Not a bare `finally`: a cancellation that comes while that waits would cut it, and leave the transaction open.
  return yield* ensure(body(), rollback());
});

/** A timer that should go off every 10 ms. It notes how long it really had to wait. */
function* ticker(gaps: number[]) {
  for (let last = yield* now(); ;) {
    yield* sleep(10);
    const time = yield* now();
    gaps.push(time - last);
    last = time;
  }
}

const queries = coroutine('queries', function* (db: Connection) {
  const [row] = yield* db.query('select version()');
  yield* say(String(row?.version).replace(/ on .*/, ''));
  const primes =
    'select count(*) from generate_series(2, $1) n where not exists (select from generate_series(2, sqrt(n)::int) d where n % d = 0)';
  const counts = yield* all([5_000, 10_000, 20_000].map((most) => db.query(primes, most)));
  yield* say('primes up to 5,000, 10,000 and 20,000:', ...counts.map(([row]) => Number(row?.count)));
});

const besideOthers = coroutine('beside others', function* (db: Connection) {
  heading('Creating a database takes seconds; then come queries. A timer ticks meanwhile:');
  const gaps: number[] = [];
  yield* race([queries(db), ticker(gaps)]); // the queries win: the ticker never ends by itself
  yield* say(`meanwhile the timer ticked ${gaps.length} times, at most ${Math.max(...gaps).toFixed(0)} ms apart`);
});

const balance = coroutine('balance', function* (ask: Ask, name: string) {
  return Number((yield* ask('select balance from account where name = $1', name))[0]?.balance);
});

const deposit = coroutine('deposit', function* (ask: Ask, name: string) {
  const before = yield* balance(ask, name);
  yield* sleep(20); // other tasks go on meanwhile
  yield* ask('update account set balance = $1 where name = $2', before + 10, name);
});

const deposits = coroutine('deposits', function* (db: Connection) {
  heading('Ten tasks each read an account, think for 20 ms, and write it back with 10 more:');
  yield* db.query('create table account (name text primary key, balance int)');
  yield* db.query("insert into account values ('Ada', 0), ('Grace', 0)");
  const ten = Array.from({ length: 10 }, (_, i) => i);
  const ask: Ask = (sql, ...parameters) => db.query(sql, ...parameters);
  yield* all(ten.map(() => deposit(ask, 'Ada')));
  yield* say(`statement by statement   ${yield* balance(ask, 'Ada')}, because all ten had read 0`);
  yield* all(ten.map(() => db.transaction((ask) => deposit(ask, 'Grace'))));
  yield* say(`in transactions         ${yield* balance(ask, 'Grace')}`);
});

const count = coroutine('count', function* (db: Connection) {
  return Number((yield* db.query('select count(*) from item'))[0]?.count);
});

const cancelled = coroutine('cancelled', function* (db: Connection, delay: number) {
  heading('A transaction inserts rows and is cancelled:');
  yield* db.query('create table item (name text)');
  yield* db.query("insert into item values ('treadle')");
  yield* say(`rows before: ${yield* count(db)}`);
  let inserted = 0;
  const task = yield* spawn(
    db.transaction(
      coroutine('import', function* (ask) {
        for (; ; inserted++) {
          yield* ask('insert into item values ($1)', `number ${inserted}`);
          yield* sleep(20);
        }
      }),
    ),
    { name: 'import' },
  );
  yield* sleep(delay);
  yield* say(`${inserted} rows inserted; cancel`, task);
  yield* cancel(task, 'not wanted'); // returns when the transaction is rolled back
  yield* say(`rows after:  ${yield* count(db)}; now it is`, task);
});

const tooSlow = coroutine('too slow', function* (db: Connection, limit: number) {
  heading(`A transaction inserts a row, then takes a minute; its time limit is ${limit} ms:`);
  yield* say(`rows before: ${yield* count(db)}`);
  const minute = coroutine('minute', function* () {
    yield* db.transaction(
      coroutine('slow', function* (ask) {
        yield* ask("insert into item values ('lost')");
        yield* ask('select pg_sleep(60)');
      }),
    );
  });
  try {
    yield* timeout(limit, minute());
  } catch (error) {
    yield* say(String(error));
  }
  yield* say(`rows after:  ${yield* count(db)}; a new thread has the files, and the insert is undone`);
});

interface Database {
  readonly db: Connection;
  readonly thread: Pool;
  readonly folder: string;
}

/** A database in a temporary directory. Its release removes both. */
const database = {
  acquire(): Database {
    const folder = mkdtempSync(join(tmpdir(), 'treadle-database-'));
    const engine = new URL('./postgres/engine.ts', import.meta.url);
    // Postgres in WebAssembly cannot be told to stop. A query that is cancelled has 100 ms to come to its end; then its
    // thread is ended. The next query gets a new thread, which opens the same files.
    const thread = threads({ workers: 1, grace: 100, initializer: { module: engine, export: 'open', args: [folder] } });
    const db = new Connection((sql, ...parameters) => runIn(thread, engine, 'query', [sql, parameters]));
    return { db, thread, folder };
  },
  *release({ thread, folder }: Database) {
    yield* thread.terminate(); // before its files go
    rmSync(folder, { recursive: true, force: true });
    console.log(`\n${folder} is removed`);
  },
};

const scenes = coroutine('scenes', function* (db: Connection, limit: number, delay: number) {
  yield* besideOthers(db);
  yield* deposits(db);
  yield* cancelled(db, delay);
  yield* tooSlow(db, limit);
});

// use() releases the database however the scenes end, and only after the tasks that they spawned have rolled back.
const program = (limit: number, delay: number) => use(database, ({ db }) => scenes(db, limit, delay));

export default function (argv: string[]): void {
  const { limit, delay } = options(argv, { limit: 500, delay: 500 });
  try {
    install(
      fileURLToPath(new URL('./postgres', import.meta.url)),
      'database: installing Postgres (PGlite, 27 MB)',
      'Is the registry within reach?',
    );
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
    return;
  }
  main(program(limit, delay));
}
