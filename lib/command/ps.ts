// `treadle ps PID`: the tree of tasks of a process that runs. Relies on open, remote-dump.

import { race } from '../combinators/race.ts';
import { coroutine } from '../effects/coroutine.ts';
import { ensure } from '../effects/ensure.ts';
import { sleep } from '../effects/sleep.ts';
import { suspend } from '../effects/suspend.ts';
import type { Coroutine } from '../kernel/awaitable.ts';
import type { ScriptParsed } from '../lines/answers.ts';
import type { FrameLine } from '../lines/frames.ts';
import type { Dump } from '../tracing/dump.ts';
import { frameText, nameOf, span } from '../tracing/dump-text.ts';
import { closeInspector, openInspector } from './open.ts';
import type { Opened } from './open.ts';
import { dumpRemote } from './remote-dump.ts';
import type { CallFrame } from './remote-dump.ts';
import { Refusal } from './process-of.ts';
import type { Remote } from './remote.ts';

export interface PsOptions {
  readonly port?: number | undefined;
  readonly limit: number;
  readonly width: number;
}

/** A process that has not come back to its event loop for so long is blocked. Milliseconds. */
const BLOCKED = 200;
/** Of a deep recursion this many calls are shown, the innermost ones. */
const MOST_CALLS = 20;

/** The text that is printed. Throws a `Refusal` when the process cannot be looked into. */
export const ps = coroutine('ps', function* (pid: number, options: PsOptions): Coroutine<string> {
  const opened = yield* openInspector(pid, options.port);
  return yield* ensure(look(opened, options), () => closeInspector(opened));
});

const look = coroutine('look', function* ({ remote }: Opened, { limit, width }: PsOptions): Coroutine<string> {
  const scripts = new Map<string, ScriptParsed>();
  remote.on<ScriptParsed>('Debugger.scriptParsed', (script) => scripts.set(script.scriptId, script));
  yield* remote.post('Debugger.enable');
  const isBlocked = !(yield* comesBack(remote));
  const calls = yield* pause(remote, isBlocked);
  // While it is paused: what is asked one after the other must be of one moment.
  const { dump, running } = yield* ensure(dumpRemote(remote, scripts, limit, calls), () =>
    remote.isOpen ? remote.post('Debugger.resume') : undefined,
  );
  const text = dump.toString({ width });
  return isBlocked ? `${blockedText(dump, running, width)}\n\n${text}` : text;
});

function blockedText(dump: Dump, running: readonly FrameLine[], width: number): string {
  const lasts = Math.max(BLOCKED, ...dump.loops.map(({ slice = 0 }) => slice));
  const task = dump.tasks.find(({ state }) => state === 'running');
  const where = running.length > 0 ? running.slice(0, MOST_CALLS) : (task?.frames ?? []);
  return [
    `The process is blocked: for ${span(lasts)} nothing else could run.`,
    task ? `${nameOf(task)} runs:` : 'It runs:',
    ...where.map((frame) => `    ${frameText(frame, width - 4)}`),
  ].join('\n');
}

/** Does the process come back to its event loop within a while? */
const comesBack = coroutine('comesBack', function* (remote: Remote): Coroutine<boolean> {
  const turn = remote.post<object>('Runtime.evaluate', {
    expression: 'new Promise((resolve) => setImmediate(resolve))',
    awaitPromise: true,
  });
  const answer = yield* race([turn, sleep(BLOCKED)]);
  return answer !== undefined;
});

/** Stops it where it is, or, when it has nothing to do, in a statement of ours. Gives its calls, innermost first. */
const pause = coroutine('pause', function* (remote: Remote, isBlocked: boolean): Coroutine<readonly CallFrame[]> {
  const paused = suspend<{ callFrames: CallFrame[] }>((resume) => {
    remote.on('Debugger.paused', resume);
    if (isBlocked) remote.tell('Debugger.pause');
    else remote.tell('Runtime.evaluate', { expression: 'debugger' });
  });
  const stopped = yield* race([paused, sleep(2_000)]);
  if (stopped === undefined) throw new Refusal('the process cannot be stopped: it is in a call of the system');
  return stopped.callFrames;
});
