// How values look in messages: short, on one line, without node:util, because the kernel also runs in
// browsers. Effects, tasks and primitives bring their own `toString`. Relies on nothing.

/** Node's console.log calls a method of this name; elsewhere it is only a symbol. */
export const inspect: unique symbol = /* @__PURE__ */ Symbol.for('nodejs.util.inspect.custom') as never;

/** One line that a person recognises the value by. Never throws, whatever the value's own methods do. */
export function show(value: unknown): string {
  try {
    if (typeof value === 'string') return `'${value.slice(0, 99)}'`;
    if (typeof value === 'function') return value.name;
    if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`;
    const text = `${value}`.replace(/^\[object (.*)]$/, 'a $1').slice(0, 99);
    return text === 'a Object' ? `{ ${Object.entries(value as object).map(([key, field]) => `${key}: ${show(field)}`).join(', ')} }` : text;
  } catch {
    return 'an object';
  }
}
