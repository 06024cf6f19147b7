// The path of tasks that an error crossed, at the end of its own stack: "in task page, spawned by main".
// A stack of the language ends at the scheduler, which calls every coroutine. Relies on nothing.

interface Traced {
  readonly name: string;
  readonly parent: Traced | undefined;
}

/** Adds one line for the task that failed with the error; returns the error. */
export function addTrace(error: unknown, { name, parent }: Traced): unknown {
  try {
    (error as Error).stack += `\n    in task ${name}${parent ? `, spawned by ${parent.name}` : ''}`;
  } catch {
    // frozen, or no object: it keeps what it has
  }
  return error;
}
