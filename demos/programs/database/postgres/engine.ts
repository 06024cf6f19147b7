// What runs in the thread of the database: Postgres, compiled to WebAssembly (PGlite). One connection, and a query
// holds the thread until it is answered. Nothing of treadle is needed here: these are plain functions that
// return promises, called by name from ../index.ts.
import { PGlite } from '@electric-sql/pglite';

let database: PGlite;

/** Once in each thread, before anything else. */
export const open = (folder: string) =>
  PGlite.create(folder).then((opened) => {
    database = opened;
  });

export const query = (sql: string, parameters: readonly unknown[]) =>
  database.query(sql, parameters).then(({ rows }) => rows);
