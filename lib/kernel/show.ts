// How values look in messages: short, on one line, without node:util, because the kernel also runs in
// browsers. Effects, tasks and primitives bring their own `toString`. Relies on nothing.

/** Node's console.log calls a method of this name; elsewhere it is only a symbol. */
export const inspect: unique symbol = /* @__PURE__ */ Symbol.for('nodejs.util.inspect.custom') as never;

let depth = 0; // of values within values: rings end, too, also those that lead through somebody's toString

/** One short line that a person recognises the value by. Never throws, whatever the value's own methods do. */
export function show(value: unknown): string {
  if (depth > 3) return '...';
  depth++;
  try {
    let text =
      typeof value === 'string' ? `'${value}'`
      : typeof value === 'function' ? value.name || 'a function'
      : Array.isArray(value) ? `[${value.slice(0, 9).map(show).join(', ')}]`
      : (value as { _brief?: string } | null | undefined)?._brief ?? String(value).replace(/^\[object (.*)]$/, 'a $1');
    if (text === 'a Object') {
      const { name } = (value as object).constructor;
      text = name === 'Object' ? `{ ${Object.entries(value as object).map(([key, field]) => `${key}: ${show(field)}`).join(', ')} }` : `a ${name}`;
    }
    return text.length > 99 ? `${text.slice(0, 96)}...` : text;
  } catch {
    return 'an object';
  } finally {
    depth--;
  }
}
