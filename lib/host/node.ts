// What the engine takes from its host when that is Node: all that a process has, debug mode from outside, and dumps on
// signals. It is imported as `#host`, and the "imports" of package.json choose the file: browser.ts, the twin of this
// one, under the condition `browser`; this one under `node`, as in Node, Deno and Bun; and anywhere.ts where nobody
// says what it is for. Relies on process, keep-compiled.

import type { Loop } from '../loop/loop.ts';
import { keepCompiled } from './keep-compiled.ts';
import { watchHost as watchProcess } from './process.ts';
import { mustBe } from '../words/messages.ts';

export { afterHost, captureContext, hostActive, reportError, unwatchHost } from './process.ts';
export type { InContext } from './process.ts';

interface Host {
  readonly process?: {
    on?(event: string, listener: () => void): void;
    removeListener?(event: string, listener: () => void): void;
    readonly env?: Readonly<Record<string, string | undefined>>;
    readonly execArgv?: readonly string[];
  };
}
const host = globalThis as Host;

/** The loop runs: when the host has nothing left to do, it will be told. */
export function watchHost(loop: Loop): void {
  keepCompiled(loop);
  watchProcess(loop);
}

// Read once: each look at the environment costs a microsecond, and Deno may ask its user for permission.
let wanted: boolean | undefined;

/**
 * Was the program started with debug mode for all loops? TREADLE_DEBUG=1 says so, and so does `--import treadle/debug`,
 * on the command line or in NODE_OPTIONS.
 */
export function debugWanted(): boolean {
  return (wanted ??= askEnvironment());
}

function askEnvironment(): boolean {
  try {
    const { env = {}, execArgv = [] } = host.process ?? {};
    const value = env['TREADLE_DEBUG'] ?? '';
    if (value !== '') return value !== '0';
    const options = [...execArgv, ...(env['NODE_OPTIONS'] ?? '').split(/\s+/)];
    return options.some((option) => /^(--(import|require)=|-r=)?"?treadle\/debug"?$/.test(option));
  } catch {
    return false; // Deno, without the permission to look
  }
}

let loading: Promise<unknown> | undefined;

/**
 * The loop starts in debug mode, which is not there yet: it is loaded, and the loop's first slice waits for that. Then
 * `equip` gives the loop its instruments. A program also runs when debug mode cannot be loaded.
 */
export function loadDebug(loop: Loop, equip: () => void): void {
  if (loop._debugIsLate) {
    loop._debugIsLate();
    return equip();
  }
  loading ??= import('../debug/index.ts').catch((error: unknown) =>
    console.warn('treadle: debug mode could not be loaded:', error),
  );
  loop._awake = true;
  void loading.then(() => {
    equip();
    loop._turn();
  });
}

/**
 * Signals that ask for nothing else. SIGINT and SIGTERM cancel the program, Node keeps SIGUSR1 for its inspector, and
 * nobody can listen to SIGKILL and SIGSTOP. Node takes a listener for a misspelt signal, too, and never calls it: so
 * the name is checked here.
 */
const FOR_DUMPS: readonly unknown[] = ['SIGQUIT', 'SIGUSR2', 'SIGHUP', 'SIGINFO', 'SIGBREAK', 'SIGCONT', 'SIGWINCH'];

/**
 * Prints a dump of all loops on stderr whenever the process gets this signal, and goes on. `treadle/tracing` is loaded
 * when it is first needed. Gives a function that ends this. Throws a `TypeError` for any other
 * signal.
 */
export function dumpOnSignal(signal: string): (() => void) | undefined {
  if (!FOR_DUMPS.includes(signal))
    throw new TypeError(mustBe('the option dumpOn', `one of the signals ${FOR_DUMPS.join(', ')}`, signal));
  const onSignal = (): void => {
    import('../tracing/index.ts').then(
      ({ dump }) => console.error(`${signal}:\n${dump()}`),
      (error: unknown) => console.warn('treadle: the dump could not be made:', error),
    );
  };
  host.process?.on?.(signal, onSignal);
  return () => host.process?.removeListener?.(signal, onSignal);
}
