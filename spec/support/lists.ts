// Lists compared by identity: two errors, tasks or promises that look alike are not the same.

const shown = (list: readonly unknown[]) => `[${list.map(String).join(', ')}]`;

/** The very same things in the same order. */
export function same(actual: readonly unknown[], expected: readonly unknown[]): void {
  if (actual.length !== expected.length || actual.some((one, i) => !Object.is(one, expected[i])))
    throw new Error(`expected ${shown(expected)}, got ${shown(actual)}`);
}

/** The very same things in any order. */
export function sameSet(actual: readonly unknown[], expected: readonly unknown[]): void {
  if (actual.length !== expected.length || expected.some((one) => !actual.includes(one)))
    throw new Error(`expected in any order ${shown(expected)}, got ${shown(actual)}`);
}
