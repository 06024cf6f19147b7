// Two modules of Node that a worker needs for few calls. They are loaded when they are first needed: the first call of
// a thread takes 1 ms less without them. (A process has loaded them already, for its channel.) Relies on node:module.

import { createRequire } from 'node:module';
import type * as Net from 'node:net';
import type * as V8 from 'node:v8';

/** Node has `process.getBuiltinModule` only from 20.16 on. Its own modules are found from any path. */
const moduleOfNode = (name: string): unknown => createRequire('/')(name);

let loadedV8: typeof V8 | undefined;

export const v8 = (): typeof V8 => (loadedV8 ??= moduleOfNode('node:v8') as typeof V8);
export const net = (): typeof Net => moduleOfNode('node:net') as typeof Net;
