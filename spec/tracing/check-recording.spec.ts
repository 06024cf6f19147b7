// The argument of all exports of recordings.
import { measureTasks, Recorder, summarize, toJsonLines, toPerfetto, toSvg, toText } from 'treadle/tracing';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('what is no recording');

test('is refused by every export, with the name of the export and the way to get a recording', () => {
  for (const make of [measureTasks, summarize, toJsonLines, toPerfetto, toSvg, toText])
    for (const wrong of [new Recorder(), undefined, null, 'text', {}])
      assert.throws(
        () => make(wrong as never),
        (error: unknown) =>
          error instanceof TypeError &&
          error.message.startsWith(`${make.name} takes a recording, as recorder.recording() and readRecording(text)`),
        make.name,
      );
});

test.run();
