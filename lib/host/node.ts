// What the engine takes from its host when that is Node: turns of the host's own loop, the moment when it has nothing
// left to do, whether debug mode is wanted, and the report of errors that have nowhere else to go. It is imported as
// `#host`, and the "imports" of package.json choose the file: browser.ts, the twin of this one, under the condition
// `browser`, otherwise this one, as in Node, Deno and Bun. Some bundlers set no such condition, even when they bundle for
// a browser. So what only Node has is looked for before it is used. Relies on deadlock, browser.

import type { Loop } from '../loop/loop.ts';
import { breakDeadlock, waitsElsewhere } from './deadlock.ts';
import { afterHost as afterBrowser } from './browser.ts';

interface Host {
  setImmediate?(callback: () => void): void;
  readonly process?: {
    on?(event: 'beforeExit', listener: () => void): void;
    removeListener?(event: 'beforeExit', listener: () => void): void;
    readonly env?: Readonly<Record<string, string | undefined>>;
    readonly execArgv?: readonly string[];
    exitCode?: number | string | undefined;
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

// The moment when Node would end the process: 'beforeExit'. One listener for all loops, as there is one
// process.
const loops = new Set<Loop>();
let quiet = false;

function onBeforeExit(): void {
  // Other listeners of 'beforeExit' may still find work for us. Asking for one more turn makes the host
  // come back; only when it does, and no loop was woken in between, is it really over.
  quiet = !quiet;
  if (quiet) afterHost(() => {});
  else {
    // The newest first, because an older one may wait for it through a promise; and first those whose tasks
    // wait only for each other: they are stuck, while the others may be waiting for them.
    const newest = [...loops].reverse();
    const stuck = newest.filter((loop) => loop._outside === 0 && !waitsElsewhere(loop));
    [...stuck, ...newest].some(goOn);
  }
}

/** Nobody outside will wake the loop any more. True when it found something to do nevertheless. */
function goOn(loop: Loop): boolean {
  if (loop._awake || !(loop._clock._advance ? loop._clock._advance(loop, true) : breakDeadlock(loop))) return false;
  afterHost(loop._turn);
  return true;
}

/** The loop will be told when the host has nothing left to do. */
export function watchHost(loop: Loop): void {
  if (loops.size === 0) host.process?.on?.('beforeExit', onBeforeExit);
  loops.add(loop);
}

export function unwatchHost(loop: Loop): void {
  loops.delete(loop);
  if (loops.size === 0) host.process?.removeListener?.('beforeExit', onBeforeExit);
}

/** A loop has been woken: whatever seemed stuck may not be. */
export function hostActive(): void {
  quiet = false;
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

let loading: Promise<void> | undefined;

/** Loads debug mode, which then fills the loops' slot for it. The promise never fails: a program also runs without it. */
export function loadDebug(): Promise<void> {
  return (loading ??= import('../debug/index.ts').then(
    () => {},
    (error: unknown) => console.warn('treadle: debug mode could not be loaded:', error),
  ));
}
