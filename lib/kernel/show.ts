// How values look in messages: short, on one line, without node:util, because the kernel also runs in
// browsers. Effects, tasks and primitives bring their own `toString`. Relies on nothing.

/** Node's console.log calls a method of this name; elsewhere it is only a symbol. */
export const inspect: unique symbol = /* @__PURE__ */ Symbol.for('nodejs.util.inspect.custom') as never;

/** One line that a person recognises the value by. Never throws, whatever the value's own methods do. */
export function show(value: unknown): string {
  try {
    const text =
      typeof value === 'string' ? `'${value}'`
      : typeof value === 'function' ? value.name || 'a function'
      : Array.isArray(value) ? `[${value.map(show).join(', ')}]`
      : `${value}`;
    return text === '[object Object]'
      ? `{ ${Object.entries(value as object).map(([key, field]) => `${key}: ${show(field)}`).join(', ')} }`
      : text.replace(/^\[object (.*)]$/, 'a $1').slice(0, 90);
  } catch {
    return 'an object';
  }
}
