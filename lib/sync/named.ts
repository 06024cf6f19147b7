// The option that every primitive takes: the name that its effects are printed with.

/** The option of every lock, queue and the like: a name for reports. */
export interface NameOption {
  /** For reports: with the name `'jobs'`, a task that waits prints `jobs.get()` instead of `queue.get()`. */
  readonly name?: string | undefined;
}
