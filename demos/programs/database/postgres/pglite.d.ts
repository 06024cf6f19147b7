// As much of PGlite's types as engine.ts needs: the type check must pass where it is not installed.
declare module '@electric-sql/pglite' {
  export class PGlite {
    /** Opens the database in the folder, and makes it first if there is none. */
    static create(folder: string): Promise<PGlite>;
    query(sql: string, parameters: readonly unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
  }
}
