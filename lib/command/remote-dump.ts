// A dump of another process, through its inspector. The very functions that make a dump here are sent there as text.
// Relies on remote-loops, tracing.

import { all } from '../combinators/all.ts';
import { coroutine } from '../effects/coroutine.ts';
import type { Coroutine } from '../kernel/awaitable.ts';
import { waitsFor } from '../debug/waits-for.ts';
import { readFunction, readGenerator } from '../lines/answers.ts';
import type { Location, Properties, RemoteObject, ScriptParsed } from '../lines/answers.ts';
import { engineClassOf, readFrames, stackOf } from '../lines/frames.ts';
import type { FrameLine } from '../lines/frames.ts';
import { makeDump } from '../tracing/dump.ts';
import type { Dump } from '../tracing/dump.ts';
import { survey } from '../tracing/survey.ts';
import type { Facts } from '../tracing/survey.ts';
import { callOn, loopsOf } from './remote-loops.ts';
import type { Remote } from './remote.ts';

type Outline = {
  readonly facts: Facts;
  readonly stacks: { generators: number; gap: { after: number; count: number } | undefined }[];
};

/** The dump, and where a process that was paused is, innermost first, without the engine's own functions. */
export interface RemoteDump {
  readonly dump: Dump;
  readonly running: readonly FrameLine[];
}

/** What a process that is paused says of a function that runs. */
export interface CallFrame {
  readonly functionName: string;
  readonly location: Location;
}

/** A dump of the process. `scripts` are the ones that its `Debugger` has announced. */
export const dumpRemote = coroutine(
  'dumpRemote',
  function* (
    remote: Remote,
    scripts: ReadonlyMap<string, ScriptParsed>,
    limit: number,
    calls: readonly CallFrame[] = [],
  ): Coroutine<RemoteDump> {
    const loops = yield* loopsOf(remote);
    const surveyed = yield* callOn(remote, loops, surveyText(limit));
    const outline = yield* callOn(
      remote,
      surveyed,
      `function () {
        const stacks = this.stacks.map(({ generators, gap }) => ({ generators: generators.length, gap }));
        return { facts: this.facts, stacks };
      }`,
      [],
      true,
    );
    const generators = yield* eachOf(
      remote,
      surveyed,
      'function () { return this.stacks.flatMap((stack) => stack.generators) }',
    );
    const classes = yield* eachOf(remote, surveyed, 'function () { return this.engineClasses }');
    const { facts, stacks } = outline.value as Outline;
    const engineClasses = classes.map(readFunction);
    const dump = makeDump(
      facts,
      stacks.map(({ generators: length, gap }) => ({ generators: Array.from({ length }), gap })),
      readFrames(generators.map(readGenerator), engineClasses, scripts),
    );
    const called = calls.map(({ functionName: name, location }) => ({ name, location }));
    const running = readFrames(called, engineClasses, scripts).filter((frame) => frame !== undefined);
    return { dump, running: running.filter(({ place }) => !place.startsWith('node:')) };
  },
);

/** The text of a function whose `this` is an array of loops. */
function surveyText(limit: number): string {
  return `function () {
  return (${survey})(this, undefined, ${limit}, ${waitsFor}, ${stackOf}, ${engineClassOf});
}`;
}

/** The answers about each item of an array. */
const eachOf = coroutine(
  'eachOf',
  function* (remote: Remote, surveyed: RemoteObject, functionDeclaration: string): Coroutine<Properties[]> {
    const { objectId } = yield* callOn(remote, surveyed, functionDeclaration);
    const { result } = yield* remote.post<Properties>('Runtime.getProperties', { objectId, ownProperties: true });
    const ids = result.flatMap(({ value }) => (value?.objectId === undefined ? [] : [value.objectId]));
    return yield* all(
      ids.map((id) => remote.post<Properties>('Runtime.getProperties', { objectId: id, ownProperties: true })),
    );
  },
);
