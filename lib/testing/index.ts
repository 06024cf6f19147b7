// treadle/testing: what programs on treadle are tested with. `runSync` of the main entry runs a program on
// this clock at once; `run(main(), { clock: new VirtualClock() })` also lets the outside world in.

export { VirtualClock } from '../time/virtual-clock.ts';
export { seeded } from '../time/seeded.ts';
