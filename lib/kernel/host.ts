// What the engine takes from its host, Node or a browser; the only file that knows which it is: turns of
// the host's own loop, the moment when the host has nothing left to do, and unheard errors.
// Relies on nothing.

interface Host {
  setImmediate?(callback: () => void): void;
  process?: {
    on?(event: 'beforeExit', listener: () => void): void;
    removeListener?(event: 'beforeExit', listener: () => void): void;
    exitCode?: number | string | undefined;
  };
}
const host = globalThis as Host;

/**
 * Calls back after the host has had its turn: I/O, timers, rendering. Node: setImmediate, 12 ns a step
 * when used every 1,024 steps, while MessageChannel and microtasks starve Node's sockets. Browsers: a
 * message, because they stretch nested setTimeout to 4 ms.
 */
export function afterHost(callback: () => void): void {
  if (host.setImmediate) host.setImmediate(callback);
  else {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      callback();
    };
    port2.postMessage(0);
  }
}

// The moment when the host would end the process: Node's 'beforeExit'. One listener for all loops, as
// there is one process. The newest loop is asked first: an older one may wait for it through a promise.
const idle: (() => boolean)[] = [];
let quiet = false;

function onBeforeExit(): void {
  // Other listeners of 'beforeExit' may still find work for us. Asking for one more turn makes the host
  // come back; only when it does, and no loop was woken in between, is it really over.
  quiet = !quiet;
  if (quiet) afterHost(() => {});
  else idle.some((check) => check());
}

/** `check` is called when the host has nothing left to do; it returns true when it found work. */
export function onHostIdle(check: () => boolean): void {
  if (!idle.length) host.process?.on?.('beforeExit', onBeforeExit);
  idle.unshift(check);
}

export function offHostIdle(check: () => boolean): void {
  idle.splice(idle.indexOf(check), 1);
  if (!idle.length) host.process?.removeListener?.('beforeExit', onBeforeExit);
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
