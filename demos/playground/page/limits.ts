// How long the page waits for the machine that runs the reader's code, in milliseconds. The machine has limits of its
// own, and tells when they are reached. A loop that never yields does not let it.
export const LIMITS = { run: 2_600, find: 20_000 } as const;

/** After how many seconds a program that never yields is ended. */
export const SECONDS = LIMITS.run / 1000;
