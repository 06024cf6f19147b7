// A dump as text.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dumpText, findings, span } from '../../lib/tracing/dump-text.ts';
import type { Dump, DumpTask } from '../../lib/tracing/dump.ts';

const test = suite('the text of a dump');

const task = (facts: Partial<DumpTask>): DumpTask => ({
  loop: 1,
  id: 1,
  name: 'main',
  state: 'waiting',
  cancelling: false,
  daemon: false,
  depth: 0,
  owner: undefined,
  waitingOn: undefined,
  waited: undefined,
  heldBy: undefined,
  waitsFor: [],
  frames: [],
  inCircle: false,
  ...facts,
});
const dumpOf = (...tasks: DumpTask[]): Dump => ({
  loops: [{ tasks: tasks.length, age: 5, slice: undefined }],
  tasks,
  circles: [],
  hasLines: true,
});

test('says times as a person reads them', () => {
  assert.equal([0, 999.4, 1_000, 119_900, 120_000, 7_199_000, 7_200_000, 86_400_000].map(span), [
    '0 ms',
    '999 ms',
    '1.0 s',
    '119.9 s',
    '2 min',
    '120 min',
    '2.0 h',
    '24.0 h',
  ]);
});

test('says what a task does besides waiting', () => {
  assert.is(
    dumpText(dumpOf(task({ state: 'ready', cancelling: true, daemon: true, frames: [{ leftOut: 7 }] }))),
    'loop 1: 1 task, 5 ms old\n#1 main ready, cancelling, daemon\n    ... 7 more frames',
  );
});

test('does not run out of its columns however deep the tree is, and shortens long paths at their beginning', () => {
  const place = `file:///${'a-folder/'.repeat(20)}page.ts:12:5`;
  const text = dumpText(
    dumpOf(...Array.from({ length: 40 }, (_, depth) => task({ id: depth, depth, frames: [{ name: 'load', place }] }))),
  );
  for (const line of text.split('\n')) assert.ok(line.length <= 80, line);
  assert.match(text, /^ {28}at load \(\.\.\.[\w/-]*page\.ts:12:5\)$/m);
});

test('leaves a word whole that is longer than the line', () => {
  const name = 'x'.repeat(100);
  assert.match(dumpText(dumpOf(task({ name }))), `\n#1\n    ${name}\n    waiting`);
  assert.match(dumpText(dumpOf(task({ waitingOn: name }))), `\n#1 main waiting on\n    ${name}`);
});

test('does not blame a task that sleeps, or waits for other tasks, for waiting long', () => {
  const hour = 3_600_000;
  const expected = ['sleep(1)', 'sleepUntil(1)', 'its children', 'join(#2 a)', 'cancel(#2 a)', '#2 a'];
  assert.equal(findings(dumpOf(...expected.map((waitingOn) => task({ waitingOn, waited: hour })))), []);
  assert.equal(findings(dumpOf(task({ waitingOn: 'jobs.get()', waited: hour }))), [
    '#1 main has waited on jobs.get() for 60 min',
  ]);
});

test.run();
