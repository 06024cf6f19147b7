// The engine, in a worker: it is loaded when it is first needed. To load it takes 6 ms of the 40 that the first call of
// a worker takes, and a worker whose functions are plain ones, or return promises, never needs it.
// Relies on worker-state.

import type * as Engine from './coroutines.ts';
import { workerState } from './worker-state.ts';

let loaded: typeof Engine | undefined;
let loading: Promise<typeof Engine> | undefined;

function load(): Promise<typeof Engine> {
  // Not in the context of the call for which it is loaded: its loop is that of other calls, too.
  const { signals, reports } = workerState();
  return (loading ??= signals.run(undefined, () =>
    reports.run(undefined, () => import('./coroutines.ts').then((engine) => (loaded = engine))),
  ));
}

/**
 * Calls back with the engine: in this very turn when it is there already. Otherwise `failed` is given what hinders it,
 * or what `use` throws.
 */
export function withEngine(use: (engine: typeof Engine) => void, failed: (error: unknown) => void): void {
  if (loaded) use(loaded);
  else load().then(use).then(undefined, failed);
}
