// The twin of explain.ts for bundles that browsers load: the same in fewer words, because a browser's console
// shows the values themselves. Relies on nothing.

/** No browser's console calls it. */
export const inspect: unique symbol = /* @__PURE__ */ Symbol() as never;

export function show(value: unknown): string {
  try {
    return typeof value === 'string' ?
        `'${value}'`
      : ((value as { _brief?: string } | null | undefined)?._brief ?? String(value));
  } catch {
    return 'an object';
  }
}

export function cannotBe(done: string, value: unknown): string {
  return `${show(value)} cannot be ${done}`;
}

export function mustBe(where: string, wanted: string, value: unknown): string {
  return `${where} takes ${wanted}, not ${show(value)}`;
}

export function spawnedAt(_task: object, _place: string): void {}

export function origin(task: { readonly name: string }): string {
  return task.name;
}

export function explainError(error: unknown, _task: unknown): unknown {
  return error;
}

export function addTaskPath(error: unknown, _task: unknown): unknown {
  return error;
}
