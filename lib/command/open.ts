// Opening the inspector of a process that runs, and closing it again. Relies on process-of, remote and the engine.

import { get } from 'node:http';
import { timeout } from '../combinators/timeout.ts';
import { coroutine } from '../effects/coroutine.ts';
import { sleep } from '../effects/sleep.ts';
import { suspend } from '../effects/suspend.ts';
import type { Coroutine } from '../kernel/awaitable.ts';
import { TimeoutError } from '../words/errors.ts';
import { checkProcess, inspectorPort, Refusal } from './process-of.ts';
import { Remote } from './remote.ts';

/** A process whose inspector is open. */
export interface Opened {
  readonly remote: Remote;
  /** It was opened by us, and is to be closed again. */
  readonly byUs: boolean;
}

/**
 * Milliseconds. JavaScript that runs is interrupted for the inspector; a call of the system, such as execSync, is not.
 */
const PATIENCE = 5_000;

/** Opens the inspector of this process. Throws a `Refusal` with a line for the user when that cannot be. */
export const openInspector = coroutine('openInspector', function* (pid: number, givenPort?: number): Coroutine<Opened> {
  checkProcess(pid);
  const port = givenPort ?? inspectorPort(pid);
  try {
    return yield* timeout(PATIENCE, openAt(pid, port));
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
    throw new Refusal(
      `process ${pid} does not open its inspector on port ${port}, or does not answer there. It is in a call of the ` +
        'system (execSync, say), and will answer afterwards; or it listens to SIGUSR1 itself; ' +
        'or its port is another one (--port)',
    );
  }
});

const openAt = coroutine('openAt', function* (pid: number, port: number): Coroutine<Opened> {
  const there = yield* addressAt(port);
  if (there !== undefined) {
    const remote = yield* connectTo(there, pid);
    if (remote) return { remote, byUs: false };
    throw new Refusal(`port ${port} is taken by the inspector of another process: end that, or give --port`);
  }
  signal(pid);
  return yield* untilOpen(pid, port);
});

const untilOpen = coroutine('untilOpen', function* (pid: number, port: number): Coroutine<Opened> {
  for (;;) {
    const address = yield* addressAt(port);
    const remote = address && (yield* connectTo(address, pid));
    if (remote) return { remote, byUs: true };
    yield* sleep(20);
    checkProcess(pid); // it may have ended meanwhile
  }
});

function signal(pid: number): void {
  try {
    (process as unknown as { _debugProcess(pid: number): void })._debugProcess(pid);
  } catch (error) {
    throw new Refusal(`process ${pid} cannot be looked into: ${(error as Error).message}`);
  }
}

/** Connects, and asks which process that is: `undefined` if it is another one. */
const connectTo = coroutine('connectTo', function* (address: string, pid: number): Coroutine<Remote | undefined> {
  const remote = yield* Remote.open(address);
  let isWanted = false;
  try {
    const { result } = yield* remote.post<{ result: { value: unknown } }>('Runtime.evaluate', {
      expression: 'process.pid',
    });
    isWanted = result.value === pid;
    return isWanted ? remote : undefined;
  } finally {
    if (!isWanted) remote.close(); // also when it does not answer in time
  }
});

/** The address of the inspector at this port; `undefined` when nobody is there. */
function addressAt(port: number) {
  return suspend<string | undefined>((resume) => {
    const request = get(`http://127.0.0.1:${port}/json/list`, { agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      response.on('end', () => resume(addressIn(text)));
    });
    request.on('error', () => resume(undefined));
    return () => request.destroy();
  });
}

function addressIn(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { webSocketDebuggerUrl?: string }[])[0]?.webSocketDebuggerUrl;
  } catch {
    return undefined;
  }
}

/** Leaves the process as it was. What it runs goes on, also if it is blocked just now. */
export const closeInspector = coroutine('closeInspector', function* ({ remote, byUs }: Opened): Coroutine<void> {
  try {
    if (byUs && remote.isOpen) yield* remote.post('Runtime.evaluate', { expression: CLOSE });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error; // it is ending
  } finally {
    remote.close(); // or a process that ends would wait for us
  }
});

/**
 * Not within a message of the inspector, which would wait for this very connection. And not before the process has had
 * a whole turn: if it was blocked, the signal that has opened the inspector is still to come to its event loop as well,
 * and would open it once more.
 */
const CLOSE = 'void setTimeout(() => setImmediate(() => setImmediate(() => process._debugEnd())), 0)';
