// What `treadle trace` loads into each Node process of the command, before its program: a recorder for each loop that
// starts. When the process ends, the recordings are written into the folder that TREADLE_TRACE names, from where the
// command fetches them. Relies on tracing, instruments and Node.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { instrumentEveryLoop } from '../instruments/attach.ts';
import { toPerfetto } from '../tracing/perfetto.ts';
import { Recorder } from '../tracing/recorder.ts';
import { toSvg } from '../tracing/svg.ts';

/** A program that starts a loop for each request must not fill the memory: only its first loops are recorded. */
const MOST_LOOPS = 20;

const { TREADLE_TRACE: folder } = process.env;
const recorders: Recorder[] = [];

function write(): void {
  process.removeListener('exit', write);
  for (const [i, recorder] of recorders.entries()) {
    try {
      const recording = recorder.recording();
      const name = join(folder as string, `${process.pid}-${i + 1}`);
      writeFileSync(`${name}.json`, toPerfetto(recording));
      writeFileSync(`${name}.svg`, toSvg(recording));
    } catch (error) {
      console.error('treadle: a recording could not be written:', error);
    }
  }
}

if (folder !== undefined) {
  instrumentEveryLoop(() => {
    if (recorders.length === MOST_LOOPS) return undefined;
    if (recorders.length === 0) process.on('exit', write);
    const recorder = new Recorder();
    recorders.push(recorder);
    return recorder;
  });
  // A signal that nobody listens to ends a process without 'exit'.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    const onSignal = () => {
      if (process.listenerCount(signal) > 1) return; // the program decides
      write();
      process.removeListener(signal, onSignal);
      process.kill(process.pid, signal);
    };
    process.on(signal, onSignal);
  }
}
