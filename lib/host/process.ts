// What the engine takes from a process: turns of the host's own loop, the moment when it has nothing left to do, its
// asynchronous context, and the report of errors that have nowhere else to go. It is a part of node.ts. A bundle may
// have been made for no platform (anywhere.ts), and run in a page. So what only a process has is looked for before it
// is used. Relies on deadlock, browser.

import type { Loop } from '../loop/loop.ts';
import { afterHost as afterBrowser, reportError as reportToPage } from './browser.ts';
import type { InContext } from './browser.ts';
import { goOnAlone } from './deadlock.ts';
import { enterLoop, leaveLoop, runningLoops } from './loops.ts';

export type { InContext };

interface Host {
  setImmediate?(callback: () => void): void;
  readonly process?: {
    on?(event: string, listener: () => void): void;
    removeListener?(event: string, listener: () => void): void;
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

interface AsyncResource {
  runInAsyncScope<A extends unknown[], T>(work: (...args: A) => T, self: undefined, ...args: A): T;
}

// `AsyncLocalStorage.snapshot()` is the newer form of the same, but it takes 40 µs in Node 20; this takes 35 ns.
// Node before 20.16 cannot load a module of its own at once: there each callback runs in the context of its loop.
let Resource: (new (type: string) => AsyncResource) | null | undefined;

/** The context of this moment, or `undefined` where the host has no such thing. To run in it takes 26 ns. */
export function captureContext(): InContext | undefined {
  if (Resource === undefined) Resource = host.process?.getBuiltinModule?.('node:async_hooks').AsyncResource ?? null;
  if (Resource === null) return undefined;
  const resource = new Resource('treadle');
  return (work, ...args) => resource.runInAsyncScope(work, undefined, ...args);
}

/** An error that has nowhere to go, in a program that goes on: printed, and the exit code becomes 1. */
export function reportError(error: unknown, where: string): void {
  if (!host.process) return reportToPage(error, where);
  console.error(`treadle: error in ${where}:`, error);
  host.process.exitCode ||= 1;
}
