// The running loops of another process, which was not prepared to be asked for them. Each copy of the engine keeps its
// running loops in a set (host/loops.ts), and listens to 'beforeExit' while there are some (host/node.ts). So the
// inspector is asked for those listeners, for the variables that they know, and for the sets among these. That takes a
// few ms. Where it finds none, all sets in memory are looked at, which takes seconds in a large process. Relies on
// remote.

import { all } from '../combinators/all.ts';
import { coroutine } from '../effects/coroutine.ts';
import type { Coroutine } from '../kernel/awaitable.ts';
import type { Properties, RemoteObject } from '../lines/answers.ts';
import { Refusal } from './process-of.ts';
import type { Remote } from './remote.ts';

interface Answer {
  readonly result: RemoteObject;
  readonly exceptionDetails?: { readonly exception?: RemoteObject };
}

/** An array of the loops that run, in the other process. */
export const loopsOf = coroutine('loopsOf', function* (remote: Remote): Coroutine<RemoteObject> {
  const known = yield* callOn(remote, yield* evaluate(remote, '[]'), LOOPS_AMONG, yield* knownSets(remote));
  const { value } = yield* callOn(remote, known, 'function () { return this.length }');
  if ((value as number) > 0) return known;
  const { objectId } = yield* evaluate(remote, 'Set.prototype');
  const { objects } = yield* remote.post<{ objects: RemoteObject }>('Runtime.queryObjects', {
    prototypeObjectId: objectId,
  });
  return yield* callOn(remote, objects, LOOPS_AMONG);
});

/** The sets that the listeners of 'beforeExit' know. */
const knownSets = coroutine('knownSets', function* (remote: Remote): Coroutine<RemoteObject[]> {
  const listeners = yield* evaluate(remote, "process.listeners('beforeExit')");
  const functions = yield* itemsOf(remote, listeners);
  const scopes = (yield* all(functions.map((one) => scopesOf(remote, one)))).flat();
  const variables = (yield* all(scopes.map((scope) => itemsOf(remote, scope)))).flat();
  return variables.filter(({ subtype }) => subtype === 'set');
});

/** The scopes that a function sees, but that of all globals. */
const scopesOf = coroutine('scopesOf', function* (remote: Remote, { objectId }: RemoteObject): Coroutine<
  RemoteObject[]
> {
  const { internalProperties = [] } = yield* remote.post<Properties>('Runtime.getProperties', { objectId });
  const scopes = internalProperties.find(({ name }) => name === '[[Scopes]]')?.value;
  const found = scopes ? yield* itemsOf(remote, scopes) : [];
  return found.filter(({ description }) => description !== 'Global');
});

/** The objects in an array, or in the variables of a scope. */
const itemsOf = coroutine('itemsOf', function* (remote: Remote, { objectId }: RemoteObject): Coroutine<RemoteObject[]> {
  const { result } = yield* remote.post<Properties>('Runtime.getProperties', { objectId, ownProperties: true });
  return result.flatMap(({ value }) => (value?.objectId === undefined ? [] : [value]));
});

const evaluate = coroutine('evaluate', function* (remote: Remote, expression: string): Coroutine<RemoteObject> {
  return (yield* remote.post<Answer>('Runtime.evaluate', { expression })).result;
});

/**
 * Calls a function, given as text, with an object as `this`. A number is answered as its value, as is what is wanted
 * so.
 */
export const callOn = coroutine(
  'callOn',
  function* (
    remote: Remote,
    { objectId }: RemoteObject,
    functionDeclaration: string,
    args: readonly RemoteObject[] = [],
    returnByValue = false,
  ): Coroutine<RemoteObject> {
    const answer = yield* remote.post<Answer>('Runtime.callFunctionOn', {
      objectId,
      functionDeclaration,
      arguments: args.map((one) => ({ objectId: one.objectId })),
      returnByValue,
    });
    const thrown = answer.exceptionDetails?.exception;
    if (answer.exceptionDetails)
      throw new Refusal(`its tasks cannot be read (is its treadle of another version?): ${thrown?.description}`);
    return answer.result;
  },
);

/** Is sent as text: it uses nothing from outside itself. */
function loopsAmong(sets: Iterable<ReadonlySet<unknown>>): unknown[] {
  const isLoop = (value: unknown): boolean =>
    typeof value === 'object' &&
    value !== null &&
    ['_scope', '_clock', '_pace', '_main'].every((name) => name in value) &&
    (value as { _running?: boolean })._running === true;
  const loops = new Set<unknown>();
  for (const set of sets) {
    try {
      for (const value of Set.prototype.values.call(set)) {
        if (!isLoop(value)) break; // the first one tells: a set may have a million
        loops.add(value);
      }
    } catch {
      // `Set.prototype` itself, which is no set, or a value that refuses to be looked at.
    }
  }
  return [...loops];
}

/** Its sets are its arguments, or, where they are too many for that, the items of its `this`. */
const LOOPS_AMONG = `function (...sets) { return (${loopsAmong})(sets.length > 0 ? sets : this) }`;
