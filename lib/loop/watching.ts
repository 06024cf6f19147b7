// The slot for instruments, which look into a loop: debug mode, recorders and whatever else is attached. The core does
// not import them. `treadle/instruments` fills the slot below when it is loaded, and is told there of each loop that
// starts and ends; `treadle/debug` stands on that. A loop is in debug mode when its option `debug` says so, or when the
// program was started so (`debugWanted` of the host, which then also loads debug mode before the first step).
// Relies on the host.

import { debugWanted } from '#host';
import type { Instrument } from '../instruments/instrument.ts';
import type { Loop } from './loop.ts';

/** Where the warnings of debug mode go: `true` prints them, a function is called with them. */
export type Debug = boolean | ((warning: string) => void);

/** What `treadle/instruments` does for loops. */
export interface Instruments {
  /** Throws a `TypeError` for an option `instruments` that holds anything else. */
  check(instruments: readonly Instrument[] | undefined): void;
  /** The loop is about to run. From now on it may be watched. */
  starts(loop: Loop): void;
  /** The loop has stopped or is over. May be called again, and for a loop that is not watched. */
  ends(loop: Loop): void;
}

/** Filled once, for all loops: by `treadle/instruments`, and by `treadle/debug`, which then watches loops with it. */
export const watching: {
  instruments: Instruments | undefined;
  /** Debug mode is there, so the option `debug` may ask for it. */
  debug: boolean;
  /** Debug mode is asked for from outside the program, in a page: loops are in it unless their option says no. */
  wanted?: boolean;
} = {
  instruments: undefined,
  debug: false,
};

/**
 * The option `debug` of a loop; by default what the host says. Throws a `TypeError` when only the option wants debug
 * mode, and nobody has imported it.
 */
export function checkDebug(debug: Debug = watching.wanted || debugWanted()): Debug {
  if (debug && !watching.debug && !debugWanted())
    throw new TypeError(
      "the option debug needs debug mode: import 'treadle/debug' first (or start Node with --import treadle/debug)",
    );
  return debug;
}

/**
 * The option `instruments` of a loop. Throws a `TypeError` for anything that is not a list of instruments, and when the
 * seam is not loaded.
 */
export function checkInstruments(instruments?: readonly Instrument[]): readonly Instrument[] | undefined {
  if (instruments !== undefined && !watching.instruments)
    throw new TypeError("the option instruments needs the engine's seam: import 'treadle/instruments' first");
  watching.instruments?.check(instruments);
  return instruments;
}
