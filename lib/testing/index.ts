// treadle/testing: what programs on treadle are tested with. `runSync` of the main entry runs a program on
// this clock at once; `run(main(), { clock: new VirtualClock() })` also lets the outside world in.

export { VirtualClock } from './clock-by-hand.ts';
export type { VirtualClockOptions } from './clock-by-hand.ts';
export { seeded } from '../time/seeded.ts';
export { simulate, Simulation } from './simulate.ts';
export type { SimulateOptions } from './simulate.ts';
export { explore } from './explore.ts';
export type { ExploreOptions } from './explore.ts';
export { replay } from './replay.ts';
export type { ReplayOptions } from './replay.ts';
export type { Exploration, Failure } from './failure.ts';
export type { FailureKind } from './execute.ts';
export type { StrategyName } from './strategies.ts';
export type { Action, Step } from './interleaving.ts';
export { table } from './table.ts';
export {
  CheckFailedError,
  ExplorationError,
  NotRepeatableError,
  ScheduleError,
  TooManyStepsError,
} from './testing-errors.ts';
export { intercept } from './intercept.ts';
export type { EffectHandler, EffectHandlers, PerformOutside } from './intercept.ts';
export { fakeFetch } from './fake-fetch.ts';
export type { FakeAnswer, FakeReply, FakeRequest } from './fake-fetch.ts';
export { step } from './step.ts';
export type { Walk } from './step.ts';
export { virtually } from './virtually.ts';
export type { VirtuallyOptions } from './virtually.ts';
export { JournalError } from './journal/journal-error.ts';
export { record } from './journal/record.ts';
export type { Recording, RecordOptions } from './journal/record.ts';
export { replayJournal } from './journal/replay-journal.ts';
export type { ReplayJournalOptions } from './journal/replay-journal.ts';
