// The slot for debug mode. The core does not import debug mode: `treadle/debug` fills the slot below when it is loaded,
// and a loop that wants to be watched attaches itself to what is there. A loop wants that by its option `debug`, or
// because the program was started so (`debugWanted` of the host): then it is loaded from here, before the first step.
// Relies on the host.

import { debugWanted, loadDebug } from '#host';
import type { Loop } from './loop.ts';

/** `true`: warnings are printed. A function is given them instead. */
export type Debug = boolean | ((warning: string) => void);

/** What `treadle/debug` is for a loop. */
export interface DebugMode {
  /** The loop starts: it is watched from now on. */
  attach(loop: Loop, debug: Debug): void;
  /** The loop has stopped or is over. May be called again, and for a loop that was not attached. */
  detach(loop: Loop): void;
}

/** Filled by `treadle/debug`, once, for all loops. */
export const debugMode: { installed: DebugMode | undefined } = { installed: undefined };

/**
 * The option `debug` of a loop; by default what the host says. Throws a `TypeError` when only the option wants debug
 * mode, and nobody has imported it.
 */
export function checkDebug(debug: Debug = debugWanted()): Debug {
  if (debug && !debugMode.installed && !debugWanted())
    throw new TypeError(
      "the option debug needs debug mode: import 'treadle/debug' first (or start Node with --import treadle/debug)",
    );
  return debug;
}

/** The loop starts. Returns a promise when debug mode must be loaded first: call this again when it is fulfilled. */
export function attachDebug(loop: Loop): Promise<void> | undefined {
  if (!loop._debug) return undefined;
  if (!debugMode.installed) return loadDebug();
  debugMode.installed.attach(loop, loop._debug);
  return undefined;
}
