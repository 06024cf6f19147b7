// What runs in the database's thread: Postgres, compiled to WebAssembly (PGlite). It has one connection, and a query
// holds the thread until it is answered. Nothing here needs treadle: these are plain functions that return promises,
// and ../index.ts calls them by name.
import { PGlite } from '@electric-sql/pglite';

let database: PGlite;

/** Called once in each thread, before anything else. */
export const open = (folder: string) =>
  PGlite.create(folder).then((opened) => {
    database = opened;
  });

export const query = (sql: string, parameters: readonly unknown[]) =>
  database.query(sql, parameters).then(({ rows }) => rows);
