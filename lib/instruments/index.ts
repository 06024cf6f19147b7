// treadle/instruments: the one way into the engine, for all that looks on and for all that decides. The import fills a
// slot of the core (loop/watching.ts), so that the option `instruments` works; nothing else happens by it.

export { attach, instrumentEveryLoop } from './attach.ts';
export type { Cause, Instrument, ItemQueue, Resumption } from './instrument.ts';
