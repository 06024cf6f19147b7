// The types of PGlite that engine.ts needs. The type check must pass where PGlite is not installed.
declare module '@electric-sql/pglite' {
  export class PGlite {
    /** Opens the database in the folder, and creates it first if there is none. */
    static create(folder: string): Promise<PGlite>;
    query(sql: string, parameters: readonly unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
  }
}
