// The errors of arguments and results that cannot be sent. They name the argument, and where in it the trouble is.
// Relies on words, transfer, travels, when-needed.

import { oneLine } from '../words/show.ts';
import type { Call } from './protocol.ts';
import { transfersOf, usesTransfers } from './transfer.ts';
import { findStray } from './travels.ts';
import type { Kind } from './travels.ts';
import { v8 } from './when-needed.ts';

const neverSent = new WeakSet<object>();

/** Is it the error of a call that was never sent? Then nothing of it has begun, and it has used no try. */
export function wasNeverSent(error: unknown): boolean {
  return neverSent.has(error as object);
}

/** Only threads are handed anything. On its way to a process, what was to be handed over is copied like the rest. */
const handedOver = (values: readonly unknown[], kind: Kind): Set<object> | undefined =>
  kind === 'thread' ? transfersOf(values) : undefined;

/** Looks through the arguments before they are sent. */
export function unsendableArgument(call: Call, kind: Kind): TypeError | undefined {
  const stray = findStray(call.args, kind, handedOver(call.args, kind));
  if (!stray) return undefined;
  const [, index, path] = /^\[(\d+)\](.*)$/s.exec(stray.path) as unknown as [string, string, string];
  return errorOfArgument(call, kind, Number(index), `${path && `, at ${oneLine(path)},`} ${stray.why}`);
}

/** What the call hands over. Throws if another call, while this one waited, has handed over memory of its arguments. */
export function transfersOfCall(call: Call, kind: Kind): Set<object> | undefined {
  const unsendable = kind === 'thread' && usesTransfers() ? unsendableArgument(call, kind) : undefined;
  if (unsendable) throw unsendable;
  return transfersOf(call.args);
}

/** Node has refused to send them: which one was it? */
export function refusedArgument(call: Call, kind: Kind, cause: unknown): TypeError {
  const index = call.args.findIndex((argument) => !canBeCopied(argument));
  return errorOfArgument(call, kind, index, `: ${oneLine((cause as Error).message)}`, cause);
}

function errorOfArgument(call: Call, kind: Kind, index: number, what: string, cause?: unknown): TypeError {
  const which = index < 0 ? 'an argument' : `argument ${index + 1}`;
  const error = new TypeError(
    `${call} cannot be sent to a ${kind}: ${which}${what}`,
    cause === undefined ? undefined : { cause },
  );
  neverSent.add(error);
  return error;
}

/** Looks through what a worker sends, `what` it is: 'the result of square'. */
export function unsendableValue(what: () => string, value: unknown, kind: Kind): TypeError | undefined {
  const stray = findStray(value, kind, handedOver([value], kind));
  return (
    stray &&
    new TypeError(
      `${what()} cannot be sent from a ${kind}: ${stray.path ? `at ${oneLine(stray.path)} it` : 'it'} ${stray.why}`,
    )
  );
}

/** Node has refused to send it. */
export function refusedValue(what: () => string, kind: Kind, cause: unknown): TypeError {
  const message = `${what()} cannot be sent from a ${kind}: ${oneLine((cause as Error).message)}`;
  return new TypeError(message, { cause });
}

/** Does Node copy it? Asked when it has refused, to see what it was. */
export function canBeCopied(value: unknown): boolean {
  try {
    v8().serialize(value);
    return true;
  } catch {
    return false;
  }
}
