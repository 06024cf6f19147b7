// The two messages that come with every call, the order to run it and its value, travel as arrays. What they say is the
// same, but the names of fields are written and read anew with each message. For small arguments that takes longer than
// everything else: of bare messages between two threads and their program, each with its answer, one takes 18 µs as
// an array and 25 µs with fields. And a worker is told only once which function a number stands for: the URL of a
// module is often longer than all else, and without it a call takes 1 µs less. All other messages travel as they are.
// Relies on protocol.

import type { Answer, Call, Callee, Order, RunOrder } from './protocol.ts';

const RUN = 'treadle:run';
const VALUE = 'treadle:value';

/** A function, by the number that the worker knows; or in full, with the number that it has from now on. */
type Target = number | [module: string, name: string, number?: number];
type ShortOrder = [
  tag: string,
  id: number,
  target: Target,
  args: readonly unknown[],
  progress?: boolean,
  ahead?: boolean,
  each?: unknown,
  place?: unknown,
];

/** A program that makes modules of text (`data:` URLs) may call any number of functions. No more of them are kept. */
const MOST_KNOWN = 1_000;

/** The pool's end of a line to a worker. */
export class ShortOrders {
  private readonly emit: (message: unknown, transfers: Iterable<object> | undefined) => void;
  /** The numbers of the functions that the worker knows, by their modules and names. */
  private readonly numbers = new Map<string, Map<string, number>>();
  private count = 0;

  constructor(emit: (message: unknown, transfers: Iterable<object> | undefined) => void) {
    this.emit = emit;
  }

  /** Throws what `emit` throws. Then the worker has not learned of the function, either. */
  post(order: Order, transfers?: Iterable<object>): void {
    if (order.treadle !== 'run') return this.emit(order, transfers);
    const { call } = order;
    const number = this.numbers.get(call.module)?.get(call.export);
    if (number !== undefined) return this.emit(short(order, number), transfers);
    if (this.count === MOST_KNOWN) return this.emit(short(order, [call.module, call.export]), transfers);
    this.emit(short(order, [call.module, call.export, this.count]), transfers);
    const names = this.numbers.get(call.module) ?? new Map<string, number>();
    this.numbers.set(call.module, names.set(call.export, this.count++));
  }
}

function short({ id, call, progress, ahead }: RunOrder, target: Target): ShortOrder {
  const { args, each, place } = call;
  if (each) return [RUN, id, target, args, progress, ahead, each, place];
  return progress || ahead ? [RUN, id, target, args, progress, ahead] : [RUN, id, target, args];
}

/** The worker's end. */
export class LongOrders {
  private readonly known: { readonly module: string; readonly export: string }[] = [];

  /** What has come. `undefined`: it is the user's own. */
  read(message: unknown): Order | undefined {
    if (!Array.isArray(message)) return message as Order | undefined;
    const [tag, id, target, args, progress = false, ahead = false, each, place] = message as ShortOrder;
    if (tag !== RUN) return undefined;
    const { module, export: name } = this.find(target);
    const call = each === undefined ? { module, export: name, args } : { module, export: name, args, each, place };
    return { treadle: 'run', id, call: call as Call, progress, ahead };
  }

  private find(target: Target): { readonly module: string; readonly export: string } {
    if (typeof target === 'number') return this.known[target] as Callee;
    const [module, name, number] = target;
    const callee = { module, export: name };
    if (number !== undefined) this.known[number] = callee;
    return callee;
  }
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
