// What runs in the database's thread: Postgres, compiled to WebAssembly (PGlite). It has one connection, and a query
// holds the thread until it is answered. Nothing here needs treadle: these are plain functions that return promises,
// and ../index.ts calls them by name.
import { setFlagsFromString } from 'node:v8';
import { PGlite } from '@electric-sql/pglite';

// V8 compiles WebAssembly quickly, and what runs often a second time, better. A program of seconds does not get that
// time back: without it the demo takes 5 s of the processor instead of 8.
for (const flag of ['--liftoff-only', '--no-wasm-tier-up', '--no-wasm-dynamic-tiering']) setFlagsFromString(flag);

let database: PGlite;

/** Called once in each thread, before anything else. */
export const open = (folder: string) =>
  PGlite.create(folder).then((opened) => {
    database = opened;
  });

export const query = (sql: string, parameters: readonly unknown[]) =>
  database.query(sql, parameters).then(({ rows }) => rows);
