// treadle/debug: debug mode. It tells what was made and never yielded, which steps hold up everything else, and where
// tasks were spawned. It is an instrument, attached to each loop whose option `debug` says so. The import switches the
// option on (loop/watching.ts). Relies on instruments.

import { instrumentEveryLoop } from '../instruments/attach.ts';
import { watching } from '../loop/watching.ts';
import type { Debug } from '../loop/watching.ts';
import { DebugMode } from './debug-mode.ts';

export type { Debug };

instrumentEveryLoop((loop) => (loop._debug ? new DebugMode(loop._debug) : undefined));
watching.debug = true;
