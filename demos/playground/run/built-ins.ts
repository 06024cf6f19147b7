// What is built into the language, and whether a program has changed it: `Array.prototype.map = ...`. Such a program
// would harm the one that is run after it, in the same worker. The test itself uses no iterator and no method that could
// be one of those. Relies on nothing.

const NAMES = [
  ...['Object', 'Function', 'Array', 'String', 'Number', 'Boolean', 'Symbol', 'BigInt', 'Math', 'JSON', 'Reflect'],
  ...['Map', 'Set', 'WeakMap', 'WeakSet', 'WeakRef', 'Error', 'TypeError', 'RangeError', 'RegExp', 'Promise', 'Proxy'],
];

// Kept, because the program may have changed these as well.
const { ownKeys, getOwnPropertyDescriptor, getPrototypeOf } = Reflect;

/** A property: what it is the property of, its value, and its getter. */
interface Kept {
  readonly of: object;
  readonly key: PropertyKey;
  readonly value: unknown;
  readonly get: unknown;
}

/** How many properties an object has. */
interface Count {
  readonly of: object;
  readonly keys: number;
}

/** Looks at everything now. Gives a function that says whether something is different by then. */
export function watchBuiltIns(): () => boolean {
  const objects = new Set<object>();
  const kept: Kept[] = [];
  const keep = (of: object, key: PropertyKey) => {
    const found = getOwnPropertyDescriptor(of, key);
    kept.push({ of, key, value: found?.value, get: found?.get });
  };
  for (const name of NAMES) {
    keep(globalThis, name);
    const builtIn = (globalThis as unknown as Record<string, { readonly prototype?: object }>)[name];
    if (builtIn) objects.add(builtIn);
    if (builtIn?.prototype) objects.add(builtIn.prototype);
  }
  for (let object: object | null = (function* () {})(); object; object = getPrototypeOf(object)) objects.add(object);
  for (const one of [[].values(), new Map().keys(), 'a'[Symbol.iterator]()]) objects.add(getPrototypeOf(one) as object);
  const counts: Count[] = [];
  for (const object of objects) {
    const keys = ownKeys(object);
    counts.push({ of: object, keys: keys.length });
    for (const key of keys) keep(object, key);
  }
  return () => {
    for (let index = 0; index < counts.length; index++) {
      const { of, keys } = counts[index] as Count;
      if (ownKeys(of).length !== keys) return true;
    }
    for (let index = 0; index < kept.length; index++) {
      const { of, key, value, get } = kept[index] as Kept;
      const found = getOwnPropertyDescriptor(of, key);
      if (found?.value !== value && found?.value === found?.value) return true; // but NaN, which is Number.NaN
      if (found?.get !== get) return true;
    }
    return false;
  };
}
