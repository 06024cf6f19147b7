// From a position in a text to its line and column, both counted from 1. Relies on nothing.

export function placeIn(text: string, position: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, position).split('\n');
  return { line: before.length, column: (before.at(-1) as string).length + 1 };
}
