// What the engine takes from its host when that is a browser: the twin of node.ts, imported as `#host` like that one
// (package.json, "imports"). A browser has no moment when it has nothing left to do, so nobody is told of it: there a
// deadlock shows only on a virtual clock. Relies on nothing.

/** Calls back after the browser has had its turn: a message, because nested timers are stretched to 4 ms. */
export function afterHost(callback: () => void): void {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = callback;
  port2.postMessage(0);
  port2.close(); // the message still arrives; an open port would keep Node alive, where tests of pages run
}

export function watchHost(_loop: unknown): void {}
export function unwatchHost(_loop: unknown): void {}
export function hostActive(): void {}

/** An error that has nowhere to go: to `window.onerror`, and so to the console. */
export function reportError(error: unknown, _where: string): void {
  globalThis.reportError(error);
}

/** A page has no command line: the option `debug` of a loop is all there is. */
export function debugWanted(): boolean {
  return false;
}

/** Never called, since it is never wanted. */
export function loadDebug(): Promise<void> {
  return Promise.resolve();
}
