// What a module exports, found out in a worker: a host must not load the modules itself. One that starts a program when
// it is loaded asks `inWorker()` first, and a host is not one. Relies on workers/exports.

import { loadModule } from '../workers/exports.ts';

/** The names of the functions that the module exports itself: not what an object or a function inherits. */
export function exportsOf(url: string): PromiseLike<string[]> {
  return loadModule(url).then(({ exports }) => {
    const functions = (holder: object): string[] =>
      Object.entries(Object.getOwnPropertyDescriptors(holder))
        .filter(([, { value }]) => typeof value === 'function')
        .map(([name]) => name);
    const names = new Set<string>();
    for (const name of Object.keys(exports)) if (typeof exports[name] === 'function') names.add(name);
    // CommonJS: what `module.exports` has.
    const { default: whole } = exports;
    if (typeof whole === 'object' && whole !== null) for (const name of functions(whole)) names.add(name);
    return [...names];
  });
}
