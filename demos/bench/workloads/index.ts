// The workloads, in the order of the table. The process that prints the table loads them, too. So a workload imports
// treadle or a peer only inside its variants.
import type { Workload } from '../workload.ts';
import call from './call.ts';
import depth from './depth.ts';
import fairness from './fairness.ts';
import fanOut from './fan-out.ts';
import http from './http.ts';
import inline from './inline.ts';
import memory from './memory.ts';
import pingPong from './ping-pong.ts';
import reschedule from './reschedule.ts';
import size from './size.ts';
import sleepers from './sleepers.ts';
import spawnCancel from './spawn-cancel.ts';
import spawnJoin from './spawn-join.ts';
import startup from './startup.ts';

export const workloads: readonly Workload[] = [
  inline,
  ...reschedule,
  pingPong,
  call,
  spawnJoin,
  ...fanOut,
  spawnCancel,
  sleepers,
  memory,
  depth,
  http,
  size,
  startup,
  ...fairness,
];
