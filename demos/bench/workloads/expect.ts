// A workload counts what it did, and fails if that is not what its row promises. A peer that drops work, or a compiler
// that optimises it away, must not look fast. Relies on nothing.

export function expect(count: number, wanted: number): void {
  if (count !== wanted) throw new Error(`it did ${count} operations, not ${wanted}`);
}
