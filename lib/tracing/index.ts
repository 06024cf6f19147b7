// treadle/tracing: what a program did, written down while it runs, and shown afterwards: docs/tracing.md.

export { FlightRecorder } from './flight-recorder.ts';
export type { FlightRecorderOptions, Trouble } from './flight-recorder.ts';
export { Recorder } from './recorder.ts';
export type { RecorderOptions } from './recorder.ts';
export type { Recording, RecordedCause, RecordedEvent } from './recording.ts';
export { readRecording, toJsonLines } from './json-lines.ts';
