// Small changes of a program's source. Each must find what it changes, exactly once: else the program has become another
// one, and the change must be looked at. Relies on nothing.

/** A text, and what stands in its place. */
export type Edit = readonly [find: string, replacement: string];

export function edited(source: string, edits: readonly Edit[], file: string): string {
  let code = source;
  for (const [find, replacement] of edits) {
    const parts = code.split(find);
    if (parts.length !== 2)
      throw new Error(`${file}: ${parts.length - 1} times there is ${JSON.stringify(find)}, and once is expected`);
    code = parts.join(replacement);
  }
  return code;
}
