// What code of the user's and the program of its worker share, one for each process or thread. It hangs on the global
// object, because each of the two may have a copy of this package: the worker's program is a bundle of its own
// (build.mjs), and a user may bundle a module with all that it imports. Relies on node:async_hooks.

import { AsyncLocalStorage } from 'node:async_hooks';
import type { Loop } from '../loop/loop.ts';
import type { CallSignal } from './call-signal.ts';

/** An AsyncLocalStorage. (It is not called so, because the declarations are to name nothing of Node.) */
interface Store<T> {
  run<R>(value: T, work: () => R): R;
  getStore(): T | undefined;
}

type Report = (value: unknown) => void;

export interface WorkerState {
  /** What ends the worker. Only a worker has it. */
  crash: ((error: unknown) => void) | undefined;
  /** The event loop of the coroutines that are called, when there was one. */
  loop: Loop | undefined;
  /** The cancellation of the call whose code runs; none while the worker's event loop steps coroutines. */
  readonly signals: Store<CallSignal | undefined>;
  /** Where the progress of the call goes whose code runs; nowhere when its caller does not ask for it. */
  readonly reports: Store<Report | undefined>;
  /** What is to be handed over with a value, and not copied. */
  readonly transfers: WeakMap<object, readonly object[]>;
  usesTransfers: boolean;
}

const key: unique symbol = /* @__PURE__ */ Symbol.for('treadle.worker') as never;
let state: WorkerState | undefined;

/** Made when it is first asked for: importing this package does nothing. */
export function workerState(): WorkerState {
  return (state ??= (globalThis as { [key]?: WorkerState })[key] ??=
    {
      crash: undefined,
      loop: undefined,
      signals: new AsyncLocalStorage(),
      reports: new AsyncLocalStorage(),
      transfers: new WeakMap(),
      usesTransfers: false,
    });
}
