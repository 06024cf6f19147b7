// Where in a value another one stands, written as a program would go there: `.options.signal`, `[3].get('a')`. Only a
// message needs it, so it is looked for when there is something to say. Relies on words and Node.

import { types } from 'node:util';
import { show } from '../words/messages.ts';

/** What Node copies of an error besides its texts. */
export const causeOf = (error: Error): unknown => Object.getOwnPropertyDescriptor(error, 'cause')?.value;

/** The way from one value to another one within it, as a program would go. */
export function pathTo(root: unknown, target: unknown): string {
  const seen = new Set<unknown>();
  const open: (readonly [value: unknown, path: string])[] = [[root, '']];
  for (const [value, path] of open) {
    if (value === target) return path;
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    try {
      for (const [part, step] of stepsFrom(value)) open.push([part, path + step]);
    } catch {
      // Its getter throws, and it is not what was looked for.
    }
  }
  return '';
}

function* stepsFrom(value: object): Iterable<readonly [part: unknown, step: string]> {
  if (types.isMap(value))
    for (const [key, part] of value) {
      yield [key, `.keys(): ${show(key)}`];
      yield [part, `.get(${show(key)})`];
    }
  else if (types.isSet(value)) for (const part of value) yield [part, `: ${show(part)}`];
  else if (types.isNativeError(value)) yield [causeOf(value), '.cause'];
  else
    for (const [key, part] of Object.entries(value))
      yield [part, /^[a-z_$][\w$]*$/i.test(key) ? `.${key}` : `[${/^\d+$/.test(key) ? key : show(key)}]`];
}
