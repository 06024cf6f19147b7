// Recordings as text, there and back.
import { coroutine, run, runSync, sleep, spawn } from 'treadle';
import type { Coroutine } from 'treadle';
import { readRecording, Recorder, toJsonLines } from 'treadle/tracing';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('toJsonLines and readRecording');

const names = ['plain', '"quoted"', 'two\nlines', '🧵 thread', 'a'.repeat(300), '</svg>', ']]>', ' ', '\ud800'];

function* program(): Coroutine<void> {
  const work = coroutine('work', function* () {
    yield* sleep(1.23456);
  });
  for (const name of names) yield* spawn(work(), { name });
  const task = yield* spawn(sleep(50));
  yield* sleep(5);
  task.cancel('enough');
}

function recorded(): string {
  const recorder = new Recorder();
  runSync(program(), { instruments: [recorder] });
  return toJsonLines(recorder.recording());
}

test('what was written is read back, whatever the names', () => {
  const text = recorded();
  const recording = readRecording(text);
  assert.is(toJsonLines(recording), text);
  const read = Array.from(recording.events, (event) => (event.kind === 'spawned' ? event.name : '')).filter(Boolean);
  assert.equal(read.slice(1, names.length + 1), [...names.slice(0, 4), `${'a'.repeat(197)}...`, ...names.slice(5)]);
  assert.is(recording.clock, 'virtual');
});

test('each line is one JSON value, the first one with the version, and times have at most three decimals', async () => {
  const recorder = new Recorder();
  await run(program(), { instruments: [recorder] });
  const lines = toJsonLines(recorder.recording()).trimEnd().split('\n');
  const values = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.is(values[0]!['format'], 'treadle recording');
  assert.is(values[0]!['version'], 1);
  assert.is(values[0]!['clock'], 'system');
  assert.ok(Math.abs((values[0]!['startedAt'] as number) - Date.now()) < 60_000);
  assert.equal(values.at(-1), { end: true, events: values.length - 2 });
  for (const line of lines.slice(1, -1)) assert.not.match(line, /"(time|until)":\d+\.\d{4}/);
});

test('a recording of nothing is read back, too', () => {
  assert.equal([...readRecording(toJsonLines(new Recorder().recording())).events], []);
});

test('a file that was cut anywhere says so', () => {
  const text = recorded();
  const lines = text.trimEnd().split('\n');
  const attempts = [
    lines.slice(0, 10).join('\n'),
    text.slice(0, -5),
    text.slice(0, text.length >> 1),
    lines[0]!,
    [...lines.slice(0, 5), ...lines.slice(6)].join('\n'),
  ];
  for (const attempt of attempts) assert.throws(() => readRecording(attempt), /is cut|should have \d+ events, and has/);
});

test('a file of something else, or of another version, says so', () => {
  for (const foreign of ['', '{}', 'null', '[1]', 'hello\nworld', '{"format":"other"}', '\u0000'])
    assert.throws(() => readRecording(foreign), /no recording of treadle/);
  assert.throws(() => readRecording(recorded().replace('"version":1', '"version":2')), /version 2.* reads version 1/);
  assert.throws(() => readRecording(recorded().replace('"clock":"virtual"', '"clock":"sun"')), /line 1.* damaged/);
  assert.throws(() => readRecording(undefined as never), /readRecording takes the text of a recording, not undefined/);
});

test('a damaged line is named', () => {
  const lines = recorded().split('\n');
  const damaged = (line: string) => [...lines.slice(0, 3), line, ...lines.slice(4)].join('\n');
  assert.throws(() => readRecording(damaged('{"kind":')), /line 4 of the recording is no event/);
  assert.throws(() => readRecording(damaged('7')), /line 4 of the recording is no event: '7'/);
  assert.throws(() => readRecording(damaged('{"kind":"toString"}')), /line 4 has an unknown kind/);
  assert.throws(() => readRecording(damaged('{"kind":"woken","task":1}')), /line 4, 'woken', has no right time: undef/);
  assert.throws(() => readRecording(damaged('{"kind":"woken","time":"x","task":1}')), /no right time: 'x'/);
});

test.run();
