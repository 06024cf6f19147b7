// treadle/distributed: exported functions run on other machines, through BullMQ and Redis. For Node.

export { machines } from './machines.ts';
export type { Machines } from './machines.ts';
export type { MachinesCallOptions, MachinesOptions } from './machines-options.ts';
export type { TlsOptions } from './tls.ts';
export { serve } from './serve.ts';
export type { ServeOptions } from './serve.ts';
export { MachinesError } from './errors.ts';
export type { MachinesErrorCode } from './errors.ts';
