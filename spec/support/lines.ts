// Lines of sources, and a host that does not know them.

/** The line from which this is called. */
export function lineHere(): number {
  return Number(/:(\d+):\d+\)?$/.exec(new Error().stack!.split('\n')[2]!)![1]);
}

/** Does the work as a host does it that has no modules of its own, such as a browser. */
export function withoutBuiltins<T>(work: () => T): T {
  const host = process as unknown as { getBuiltinModule: unknown };
  const { getBuiltinModule } = host;
  host.getBuiltinModule = undefined;
  try {
    return work();
  } finally {
    host.getBuiltinModule = getBuiltinModule;
  }
}
