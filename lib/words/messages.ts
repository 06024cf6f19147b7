// Words for people: how values look in messages, and what is said of those that are wrong. Short, on one
// line, without node:util, because all of lib/ also runs in browsers.
// Relies on errors.

import { InvalidStateError } from './errors.ts';

/** Node's console.log calls a method of this name. */
export const inspect: unique symbol = /* @__PURE__ */ Symbol.for('nodejs.util.inspect.custom') as never;

interface Named {
  readonly name: string;
  readonly parent: Named | undefined;
}

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
      : ((value as { _brief?: string } | null | undefined)?._brief ?? String(value));
    const tag = /^\[object (.*)]$/.exec(text)?.[1];
    if (tag !== undefined) {
      const name =
        tag === 'Object' ? (value as object).constructor.name
        : tag === 'Generator' ? 'coroutine'
        : tag;
      text =
        name === 'Object' ?
          `{ ${Object.entries(value as object)
            .map(([key, field]) => `${key}: ${show(field)}`)
            .join(', ')} }`
        : `a ${name}`;
    }
    return text.length > 99 ? `${text.slice(0, 96)}...` : text;
  } catch {
    return 'an object';
  } finally {
    depth--;
  }
}

/** Of a value that is no awaitable: what cannot be done with it, and what was probably meant. */
export function cannotBe(done: string, value: unknown): string {
  const meant =
    typeof value === 'function' ? 'to call it'
    : Array.isArray(value) ? 'all(...)'
    : 'fromPromise(...)';
  return `${show(value)} cannot be ${done}; did you mean ${meant}? Effects, coroutines, tasks, futures and promises can`;
}

/** Of an argument: who takes what, and what came. */
export function mustBe(where: string, wanted: string, value: unknown): string {
  return `${where} takes ${wanted}, not ${show(value)}`;
}

/** Where tasks were spawned, as far as debug mode saw it: 'at file:///app.js:5:10'. */
const places = /* @__PURE__ */ new WeakMap<object, string>();

export function spawnedAt(task: object, place: string): void {
  places.set(task, ` ${place}`);
}

/** Of a task that an error has crossed: its name, and whose it was. */
export function origin(task: Named): string {
  const { name, parent } = task;
  return parent ? `${name}, spawned by ${parent.name}${places.get(task) ?? ''}` : name;
}

/** A generator that is stepped from inside itself: the language's error does not say where. */
export function explainError(error: unknown, task: unknown): unknown {
  const reentry =
    error instanceof TypeError && /enerator is already running|already executing generator/.test(error.message);
  return reentry ?
      new InvalidStateError(`${task} cannot step a generator from inside itself: ${error.message}`)
    : error;
}

/** A stack of the language ends at the scheduler, which calls every coroutine: so an error gains the path of tasks it crossed. */
export function addTaskPath(error: unknown, task: Named): unknown {
  try {
    const lines = (error as Error).stack as string;
    if (lines.length < 1e4) (error as Error).stack = `${lines}\n    in task ${origin(task)}`;
  } catch {
    // frozen, or without a stack: it keeps what it has
  }
  return error;
}
