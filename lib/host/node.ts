// What the engine takes from its host when that is Node: turns of the host's own loop, the moment when it has nothing
// left to do, its asynchronous context, whether debug mode is wanted, and the report of errors that have nowhere else
// to go. It is imported as `#host`, and the "imports" of package.json choose the file: browser.ts, the twin of this
// one, under the condition `browser`, otherwise this one, as in Node, Deno and Bun. Some bundlers set no such
// condition, even when they bundle for a browser. So what only Node has is looked for before it is used. Relies on
// deadlock, keep-compiled, browser.

import type { Loop } from '../loop/loop.ts';
import { afterHost as afterBrowser } from './browser.ts';
import { goOnAlone } from './deadlock.ts';
import { keepCompiled } from './keep-compiled.ts';
import { enterLoop, leaveLoop, runningLoops } from './loops.ts';
import { mustBe } from '../words/messages.ts';

interface Host {
  setImmediate?(callback: () => void): void;
  readonly process?: {
    on?(event: string, listener: () => void): void;
    removeListener?(event: string, listener: () => void): void;
    readonly env?: Readonly<Record<string, string | undefined>>;
    readonly execArgv?: readonly string[];
    exitCode?: number | string | undefined;
    getBuiltinModule?(name: 'node:async_hooks'): { readonly AsyncResource: new (type: string) => AsyncResource };
  };
}
const host = globalThis as Host;

/**
 * Calls back after the host has had its turn. setImmediate costs 12 ns a step when it is used every 1,024
 * steps; MessageChannel and microtasks would starve Node's sockets.
 */
export function afterHost(callback: () => void): void {
  if (host.setImmediate) host.setImmediate(callback);
  else afterBrowser(callback);
}

// ---- The moment when Node would end the process: 'beforeExit'. One listener for all loops, as there is one process.

let quiet = false;

function onBeforeExit(): void {
  // Other listeners of 'beforeExit' may still find work for us. Asking for one more turn makes the host come back; only
  // when it does, and no loop was woken in between, is it really over.
  quiet = !quiet;
  if (quiet) return afterHost(() => {});
  const loop = goOnAlone();
  if (loop) afterHost(loop._turn);
}

/** The loop runs: when the host has nothing left to do, it will be told. */
export function watchHost(loop: Loop): void {
  keepCompiled(loop);
  if (runningLoops.size === 0) host.process?.on?.('beforeExit', onBeforeExit);
  enterLoop(loop);
}

/** The loop is over, or was stopped. */
export function unwatchHost(loop: Loop): void {
  leaveLoop(loop);
  if (runningLoops.size === 0) host.process?.removeListener?.('beforeExit', onBeforeExit);
}

/** A loop has been woken: whatever seemed stuck may not be. */
export function hostActive(): void {
  quiet = false;
}

// ---- The asynchronous context

/** Does work in an asynchronous context, 26 ns: that of the moment at which `captureContext` gave this function. */
export type InContext = <A extends unknown[], T>(work: (...args: A) => T, ...args: A) => T;

interface AsyncResource {
  runInAsyncScope<A extends unknown[], T>(work: (...args: A) => T, self: undefined, ...args: A): T;
}

// `AsyncLocalStorage.snapshot()` is the newer form of the same, but it takes 40 µs in Node 20; this takes 35 ns.
// Node before 20.16 cannot load a module of its own at once: there each callback runs in the context of its loop.
let Resource: (new (type: string) => AsyncResource) | null | undefined;

/** The context of this moment, or `undefined` where the host has no such thing. */
export function captureContext(): InContext | undefined {
  if (Resource === undefined) Resource = host.process?.getBuiltinModule?.('node:async_hooks').AsyncResource ?? null;
  if (Resource === null) return undefined;
  const resource = new Resource('treadle');
  return (work, ...args) => resource.runInAsyncScope(work, undefined, ...args);
}

/** An error that has nowhere to go, in a program that goes on: printed, and the exit code becomes 1. */
export function reportError(error: unknown, where: string): void {
  console.error(`treadle: error in ${where}:`, error);
  if (host.process) host.process.exitCode ||= 1;
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
