// The two messages that come with every call, the order to run it and its value, travel as arrays. What they say is the
// same, but the names of fields are written and read anew with each message. For small arguments that takes longer than
// everything else: of bare messages between two threads and their program, each with its answer, one takes 18 µs as an
// array and 25 µs with fields. All other messages travel as they are. Relies on protocol.

import type { Answer, Call, Order } from './protocol.ts';

const RUN = 'treadle:run';
const VALUE = 'treadle:value';

/** What the pool sends. */
export function shortOrder(order: Order): unknown {
  if (order.treadle !== 'run') return order;
  const { id, progress, call } = order;
  const short: unknown[] = [RUN, id, progress, call.module, call.export, call.args];
  if (call.each) short.push(call.each, call.place);
  return short;
}

/** What has come to the worker. `undefined`: it is the user's own. */
export function longOrder(message: unknown): Order | undefined {
  if (!Array.isArray(message)) return message as Order | undefined;
  const [tag, id, progress, module, name, args, each, place] = message as [string, number, boolean, ...unknown[]];
  if (tag !== RUN) return undefined;
  const call = each === undefined ? { module, export: name, args } : { module, export: name, args, each, place };
  return { treadle: 'run', id, progress, call: call as Call };
}

/** What the worker sends. A field that is not there stays so in JSON, which would make null of `undefined`. */
export function shortAnswer(answer: Answer): unknown {
  if (answer.treadle !== 'value') return answer;
  const { id, value } = answer;
  return value === undefined ? [VALUE, id] : [VALUE, id, value];
}

/** What has come to the pool, with the fields of an answer, if it is one: that is looked at next (read-answer.ts). */
export function longAnswer(message: unknown): unknown {
  if (!Array.isArray(message) || message[0] !== VALUE) return message;
  const [, id, value] = message as unknown[];
  return { treadle: 'value', id, value };
}
