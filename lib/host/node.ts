// What the engine takes from its host when that is Node: turns of the host's own loop, the moment when it
// has nothing left to do, debug mode, and the report of errors that have nowhere else to go. Bundlers for browsers
// take host-browser.ts instead (the "browser" field of package.json). Relies on deadlock, debug, host-browser.

import type { Loop } from '../loop/loop.ts';
import { breakDeadlock, waitsElsewhere } from './deadlock.ts';
import { endDebug, startDebug, takeDebug } from '../debug/index.ts';
import type { Debug } from '../debug/index.ts';
import { afterHost as afterBrowser } from './browser.ts';

interface Host {
  setImmediate?(callback: () => void): void;
  process?: {
    on?(event: 'beforeExit', listener: () => void): void;
    removeListener?(event: 'beforeExit', listener: () => void): void;
    env?: Readonly<Record<string, string | undefined>>;
    exitCode?: number | string | undefined;
  };
}
const host = globalThis as Host;

/**
 * Calls back after the host has had its turn. setImmediate costs 12 ns a step when it is used every 1,024
 * steps; MessageChannel and microtasks would starve Node's sockets. Without it (a browser that loads this
 * file unbundled) it is done as in its twin.
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

/** `debug`, or, when it is not given, the environment's TREADLE_DEBUG. */
export function takeOptions(
  loop: object,
  { debug = /^(?!0?$)/.test(host.process?.env?.['TREADLE_DEBUG'] ?? '') }: { readonly debug?: Debug | undefined },
): void {
  takeDebug(loop, debug);
}

/** The loop will be told when the host has nothing left to do. */
export function watchHost(loop: Loop): void {
  startDebug(loop);
  if (loops.size === 0) host.process?.on?.('beforeExit', onBeforeExit);
  loops.add(loop);
}

export function unwatchHost(loop: Loop): void {
  endDebug(loop);
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
