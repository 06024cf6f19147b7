// What the engine takes from its host when that is a browser: the twin of node.ts, imported as `#host` like that one
// (package.json, "imports"). A browser has no moment when it has nothing left to do, so it never calls back at one:
// there a deadlock shows only on a virtual clock. Relies on loops.

import { enterLoop, leaveLoop } from './loops.ts';

/** Milliseconds from one frame to the next: a browser shows 60 a second, if it is let. */
const FRAME = 17;
/** Since when a frame has been waited for, or 0. */
let awaited = 0;

/**
 * Calls back after the browser has had its turn: a message, because nested timers are stretched to 4 ms. But Firefox
 * puts messages before frames, and shows 18 a second beside a program that computes. So when a frame is late, one
 * message is a timer instead: it shows 57 then. In Chromium no frame is late. A hidden page has no frames, and its
 * timers wait for a second: there, as in workers, all are messages. (docs/environments.md has the measurements, also of
 * `scheduler.postTask` and `scheduler.yield`.)
 */
export function afterHost(callback: () => void): void {
  if (globalThis.document?.hidden === false) {
    const now = performance.now();
    if (awaited === 0) {
      awaited = now;
      requestAnimationFrame(() => (awaited = 0));
    } else if (now - awaited > FRAME) {
      awaited = now;
      setTimeout(callback, 1);
      return;
    }
  }
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = callback;
  port2.postMessage(0);
  port2.close(); // the message still arrives; an open port would keep Node alive, where tests of pages run
}

/** The loop runs. */
export const watchHost = enterLoop;

/** The loop is over, or was stopped. */
export const unwatchHost = leaveLoop;

export function hostActive(): void {}

/** Does work in an asynchronous context: that of the moment at which `captureContext` gave this function. */
export type InContext = <A extends unknown[], T>(work: (...args: A) => T, ...args: A) => T;

/** `AsyncContext` is a proposal to the language, which no browser has yet. */
interface AsyncContext {
  readonly Snapshot: { wrap(work: InContext): InContext };
}

/** The asynchronous context of this moment, or `undefined` where the browser has no such thing. */
export function captureContext(): InContext | undefined {
  return (globalThis as { AsyncContext?: AsyncContext }).AsyncContext?.Snapshot.wrap((work, ...args) => work(...args));
}

/** An error that has nowhere to go: to `window.onerror`, and so to the console. */
export function reportError(error: unknown, _where: string): void {
  globalThis.reportError(error);
}

/** A page has no command line: the option `debug` of a loop is all there is. */
export function debugWanted(): boolean {
  return false;
}

/** It is never wanted here. */
export function loadDebug(_loop: unknown, _equip: () => void): void {}

/** A page gets no signals. */
export function dumpOnSignal(_signal: string): (() => void) | undefined {
  return undefined;
}
