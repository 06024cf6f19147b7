// treadle/tracing: what a program did, written down while it runs, and shown afterwards: docs/tracing.md.
// The import also gives deadlock reports their lines (lib/lines/in-reports.ts).

import { giveReportsLines } from '../lines/in-reports.ts';

export { FlightRecorder } from './flight-recorder.ts';
export type { FlightRecorderOptions, Trouble } from './flight-recorder.ts';
export { Recorder } from './recorder.ts';
export type { RecorderOptions } from './recorder.ts';
export type { Recording, RecordedCause, RecordedEvent } from './recording.ts';
export { readRecording, toJsonLines } from './json-lines.ts';
export { toText } from './text.ts';
export type { TextOptions } from './text.ts';
export { toSvg } from './svg.ts';
export type { SvgOptions } from './svg.ts';
export { summarize } from './summary.ts';
export type { Moment, Summary } from './summary.ts';
export { toPerfetto } from './perfetto.ts';
export { measureTasks } from './performance-tracks.ts';
export type { MeasureOptions } from './performance-tracks.ts';
export { dump } from './dump.ts';
export type { Dump, DumpFrame, DumpOptions, DumpTask } from './dump.ts';
export type { DumpTextOptions } from './dump-text.ts';
export type { LoopFacts, TaskFacts } from './survey.ts';
export type { FrameLine } from '../lines/frames.ts';

giveReportsLines();
