// What the caller and the hosts agree on. A caller of another version would use another queue, and never be given results
// of old code.
export const ROOT = new URL('./redis/', import.meta.url);
export const VERSION = '1.0.0';

/** A function is named by its path below the root, and by its export. */
export const JOBS = new URL('./jobs.ts', ROOT);
