// The slot for debug mode. The core does not import debug mode: `treadle/debug` fills the slot below when it is
// loaded, and is told there of each loop that starts. A loop is watched when its option `debug` says so, or when the
// program was started so (`debugWanted` of the host, which then also loads debug mode before the first step).
// Relies on the host.

import { debugWanted } from '#host';
import type { Loop } from './loop.ts';

/** `true`: warnings are printed. A function is given them instead. */
export type Debug = boolean | ((warning: string) => void);

/** What `treadle/debug` is for a loop. */
export interface DebugMode {
  /** The loop starts. From now on it is watched, if it wants that. */
  attach(loop: Loop): void;
  /** The loop has stopped or is over. May be called again, and for a loop that is not watched. */
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
