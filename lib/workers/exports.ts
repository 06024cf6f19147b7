// From the URL of a module and the name of an export to the function. Relies on words, require-first and Node.
//
// A module that may export a `then` is not imported directly. What import() gives is a promise, and a promise that is
// resolved with an object that has a `then` calls that: the module's own function `then`, with two functions that it
// knows nothing of. A plain import of such a module hangs, or gives whatever that call does. So a wrapper is imported,
// which has the module's namespace as its only export. It makes the first call of a worker 2 ms longer.

import { readFileSync } from 'node:fs';
import { show } from '../words/messages.ts';
import type { Callable } from './call-function.ts';
import { requireFirst } from './require-first.ts';
import type { Namespace } from './require-first.ts';

/** A namespace, in an object that no promise looks into. */
interface Loaded {
  readonly exports: Namespace;
}

const loaded = new Map<string, Loaded>();

/**
 * What a text must have whose module exports a `then`: that word, an escape that may spell it, or a form that passes on
 * what another module exports.
 */
const mayExportThen = /\bthen\b|\\[ux]|\bexport\s*[*/]|\b(module|require)\b/;

function canBeImportedDirectly(module: string): boolean {
  try {
    return /^file:.*\.[cm]?[jt]s$/.test(module) && !mayExportThen.test(readFileSync(new URL(module), 'utf8'));
  } catch {
    return false; // it cannot be read, as import() will say
  }
}

export function loadModule(module: string): Promise<Loaded> {
  const unwrapped = () => import(module).then((exports: Namespace) => ({ exports }));
  if (canBeImportedDirectly(module)) return unwrapped();
  const wrapper = `export * as exports from ${JSON.stringify(module)}`;
  return import(`data:text/javascript,${encodeURIComponent(wrapper)}`).then(
    // Bun imports the wrapper, and finds nothing in it.
    (wrapped: Partial<Loaded>) => (wrapped.exports ? (wrapped as Loaded) : unwrapped()),
    // The module cannot be loaded: its own error, which does not speak of a wrapper. Or this is no Node, and a wrapper
    // cannot be imported.
    unwrapped,
  );
}

/**
 * Loads the module and calls back with the function: in this very turn when the module is there already, or can be
 * required. Or calls back with the error: that of the module, or a `TypeError` when there is no such function.
 */
export function withExported(
  module: string,
  name: string,
  found: (fn: Callable) => void,
  failed: (error: unknown) => void,
): void {
  const find = (one: Loaded): void => {
    let fn: Callable;
    try {
      fn = exported(one.exports, module, name);
    } catch (error) {
      return failed(error);
    }
    found(fn);
  };
  const known = loaded.get(module);
  if (known) return find(known);
  const keep = (one: Loaded): void => {
    loaded.set(module, one);
    find(one);
  };
  let required: Namespace | undefined;
  try {
    required = requireFirst(module);
  } catch (error) {
    return failed(error);
  }
  if (required) keep({ exports: required });
  else loadModule(module).then(keep, failed);
}

function exported(exports: Namespace, module: string, name: string): Callable {
  const fn = exports[name];
  if (typeof fn === 'function') return fn as Callable;
  // CommonJS: when `module.exports` was made by a call, Node cannot see its fields in the text, and it is the
  // `default`.
  const whole = exports['default'] as Record<string, unknown>;
  const field = fieldOf(whole, name);
  if (typeof field === 'function') return (...args) => (field as Callable).call(whole, ...args);
  if (name in exports || field !== undefined)
    throw new TypeError(`the export '${name}' of ${module} must be a function, and is ${show(fn ?? field)}`);
  throw new TypeError(`${module} has no export '${name}'; it has ${Object.keys(exports).join(', ') || 'none'}`);
}

/** A field of its own or of its class. What every object and function has is not meant: `toString`, `call`. */
function fieldOf(value: Record<string, unknown> | undefined | null, name: string): unknown {
  const field: unknown = value?.[name];
  const isCommon = [Object.prototype, Function.prototype].some((one) => field === (one as typeof value)?.[name]);
  return isCommon ? undefined : field;
}
