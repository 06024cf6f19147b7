// Messages of workers, checked. Code of the user's can send over the same channel, and what it sends must neither crash
// the program nor pass for an answer. Relies on packed-error, protocol, short-form.

import { mustBe } from '../words/messages.ts';
import type { PackedError } from './packed-error.ts';
import type { Answer } from './protocol.ts';
import { longAnswer } from './short-form.ts';

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const isId = ({ id }: Fields): boolean => Number.isSafeInteger(id);

/** What each answer must have, by its name. */
const checks: ReadonlyMap<unknown, (answer: Fields) => boolean> = new Map([
  ['unreadable', () => false],
  ['ready', () => true],
  ['value', isId],
  ['cancelled', isId],
  ['progress', isId],
  ['heard', (answer) => answer['id'] === undefined || isId(answer)],
  ['stuck', ({ orders }) => Number.isSafeInteger(orders)],
  ['signal', ({ signal }) => typeof signal === 'string'],
  ['crashed', ({ error }) => isPacked(error)],
  [
    'error',
    (answer) =>
      isId(answer) &&
      isPacked(answer['error']) &&
      typeof answer['aborted'] === 'boolean' &&
      [undefined, 'not prepared', 'stuck'].includes(answer['unfit'] as undefined),
  ],
]);

/** `pack` goes less deep than this. What goes deeper would overflow the stack of `unpack`. */
const DEEPEST = 100;

/** Can `unpack` put it together? Packed errors form a tree, never a ring: `seen` has the parts that were met. */
function isPacked(packed: unknown, depth = 0, seen = new Set<unknown>()): packed is PackedError {
  if (!isObject(packed) || seen.has(packed) || depth > DEEPEST) return false;
  seen.add(packed);
  const isPart = (part: unknown): boolean => isPacked(part, depth + 1, seen);
  const { list, error } = packed;
  if (list !== undefined) return Array.isArray(list) && list.every(isPart);
  if (error === undefined) return true;
  if (!isObject(error)) return false;
  const { classes, name, message, stack, own } = error;
  return (
    Array.isArray(classes) &&
    classes.at(-1) === 'Error' && // the class that both sides have
    typeof name === 'string' &&
    typeof message === 'string' &&
    (stack === undefined || typeof stack === 'string') &&
    Array.isArray(own) &&
    own.every((field) => Array.isArray(field) && field.length === 3 && typeof field[0] === 'string' && isPart(field[1]))
  );
}

/**
 * The answer that a message is. `undefined`: it is the user's own. Throws a `TypeError` for one that has the name of an
 * answer, and is none: whoever sent it, the worker's line is no longer to be trusted.
 */
export function readAnswer(message: unknown): Answer | undefined {
  const answer = longAnswer(message) as Fields;
  const check = isObject(answer) ? checks.get(answer['treadle']) : undefined;
  if (!check) return undefined;
  if (!check(answer)) throw new TypeError(mustBe('what a worker sends', 'an answer of treadle', answer['treadle']));
  return answer as unknown as Answer;
}
