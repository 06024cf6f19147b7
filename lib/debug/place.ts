// The line of a program that made an effect, read off a stack. Relies on nothing.

/**
 * As V8 writes it, `    at new Queue (file:///app.js:5:10)` or `    at file:///app.js:5:10`; others
 * `Queue@file:///app.js:5:10`.
 */
const STACK_LINE = /^(?: *at (?:(.*?) \()?|.*?@)(.*:\d+:\d+)\)?$/;

/**
 * The line of the program that makes an effect: the innermost one outside of the engine. `undefined` when the effect
 * is not the program's: one that an object of the engine keeps, made by its constructor.
 */
export function place(): string | undefined {
  // First the two functions of this file, the instrument, the watch, the setter, and the constructor of effects; then
  // who called that.
  const [here, , , , , , ...callers] = longStack().flatMap((line) => {
    const [found, name = '', location = ''] = STACK_LINE.exec(line) ?? [];
    return found === undefined ? [] : [{ name, location }];
  });
  const engine = folderOf(here?.location ?? '');
  for (const [i, { name, location }] of callers.entries()) {
    if (location.startsWith('node:')) continue;
    // In a bundle of the program's own everything is one file. But effects are made by functions that the program
    // calls.
    if (engine === undefined ? i > 0 : !location.startsWith(engine)) return `at ${location}`;
    if (/^new |^<instance_members_initializer>/.test(name)) return undefined;
  }
  return 'at an unknown place';
}

/**
 * The engine is the folder that this very file is in, whatever form of the package runs and whatever source maps make
 * of it: lib/, dist/ or dist/node/. `undefined` in a bundle of the program's own.
 */
export function engineFolder(): string | undefined {
  const [, line = ''] = (new Error().stack ?? '').split('\n');
  return folderOf(STACK_LINE.exec(line)?.[2] ?? '');
}

function folderOf(location: string): string | undefined {
  return /^(.*)debug[\\/]\w+\.\w+:/.exec(location)?.[1];
}

/** V8 gives ten lines, of which the engine takes half. */
function longStack(): string[] {
  const V8 = Error as { stackTraceLimit?: number };
  const limit = V8.stackTraceLimit ?? 10;
  V8.stackTraceLimit = limit + 20;
  const { stack = '' } = new Error();
  V8.stackTraceLimit = limit;
  return stack.split('\n');
}
