// `node demos timeline` as a person runs it.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRecording } from 'treadle/tracing';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { demo, plainDemo, succeeded } from '../../support/demo.ts';

const test = suite('demo timeline');

test('shows what tasks did, writes three files, and says how to open them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'treadle-timeline-'));
  try {
    const ended = await demo(`timeline --virtual --folder ${folder}`);
    succeeded(ended);
    assert.match(ended.out, /^ {2}table 2 [-▒]+%+\/$/m);
    assert.match(ended.out, /^ {2}oven\.acquire +\d/m);
    assert.match(ended.out, /^longest step +\d.* .s, #\d+ .* at \d/m);
    assert.match(ended.out, /trace\.json .*ui\.perfetto\.dev/);
    assert.match(readFileSync(join(folder, 'timeline.svg'), 'utf8'), /^<svg [^]*oven\.acquire\(\)[^]*<\/svg>\n$/);
    const trace = JSON.parse(readFileSync(join(folder, 'trace.json'), 'utf8')) as { traceEvents: unknown[] };
    assert.ok(trace.traceEvents.length > 100);
    const recording = readRecording(readFileSync(join(folder, 'run.jsonl'), 'utf8'));
    assert.is([...recording.events].filter(({ kind }) => kind === 'over').length, 12);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('files that cannot be written are told in a line, and the exit code is 1', async () => {
  const { code, out, err } = await plainDemo('timeline --virtual --folder package.json/no');
  assert.is(code, 1);
  assert.match(err, /^the files cannot be written: /);
  assert.match(out, 'table 1 is washed up');
});

test.run();
