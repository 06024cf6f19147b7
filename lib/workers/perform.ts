// A call in a worker: loads the module, and calls the function, once or with each item of a chunk.
// Relies on exports, call-function, call-each.

import { callEach } from './call-each.ts';
import { callFunction } from './call-function.ts';
import type { CallSignal } from './call-signal.ts';
import { withExported } from './exports.ts';
import type { Call } from './protocol.ts';
import type { Kind } from './travels.ts';

/** It is over when one of the two is called, once. */
export function perform(
  call: Call,
  kind: Kind,
  signal: CallSignal,
  resolve: (value: unknown) => void,
  reject: (error: unknown) => void,
): void {
  const { module, export: name, args } = call;
  withExported(
    module,
    name,
    (fn) =>
      call.each ?
        callEach(fn, call, kind, signal, resolve, reject)
      : callFunction(fn, args, name, signal, resolve, reject),
    reject,
  );
}
