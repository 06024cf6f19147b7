// The garbage collector at hand, without a flag on the command line.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');

/** A full collection, now. */
export const collect = runInNewContext('gc') as () => void;
