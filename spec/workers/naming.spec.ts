// Calls are named in reports and errors, and nobody waits for that: whatever they are called with, a name costs
// microseconds and is a line.
import { allSettled } from 'treadle';
import { WorkerDiedError } from 'treadle/workers';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught } from '../support/errors.ts';
import { jobs, kinds, poolOf, within } from '../support/workers.ts';

const MEGABYTE = 1e6;
/** To list its keys takes 250 ms or more. Numbers as keys, because another million of keys takes seconds to make. */
const object: Record<number, number> = {};
for (let i = 0; i < 2e6; i++) object[i] = i;
class Everything {
  readonly key = object;
}
const text = 'x'.repeat(100 * MEGABYTE);

/** By what a call with it is called. */
const values: [unknown, string][] = [
  [new Uint8Array(100 * MEGABYTE), 'f(a Uint8Array)'],
  [Buffer.alloc(100 * MEGABYTE), 'f(a Buffer)'],
  [new ArrayBuffer(100 * MEGABYTE), 'f(an ArrayBuffer)'],
  [object, 'f(an object)'],
  [{ name: object, id: 3 }, 'f({ id: 3, name: an object })'],
  [new Everything(), 'f(an Everything)'],
  [new Map([[object, object]]), 'f(a Map)'],
  [new Set([object]), 'f(a Set)'],
  [text, 'f(a text of 100000000 characters)'],
  [`${text}, ${text}`, 'f(a text of 200000002 characters)'],
  [new Error(text), 'f(a text of 100000007 characters)'],
  [2n ** 1_000_000n, 'f(a bigint of many digits)'],
];

/** The shortest of three times, in ms. Generous: before, each of these values took between 0.3 and 3 s. */
function timed(work: () => void): number {
  const times = [1, 2, 3].map(() => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return Math.min(...times);
}

const test = suite('naming a call');

test('costs next to nothing, whatever it is called with, and gives a short line', () => {
  const pool = poolOf('thread');
  const before = process.memoryUsage.rss();
  for (const [value, name] of values) {
    let shown = '';
    const ms = timed(() => (shown = String(pool.apply('file:///jobs.js', 'f', [value]))));
    assert.is(shown, `pool.apply(${name})`);
    assert.ok(ms < 150, `${name}: ${ms} ms`);
  }
  const most = new Array(1e6).fill(object);
  assert.ok(timed(() => assert.ok(String(pool.map('file:///jobs.js', 'f', most)).length < 150)) < 150);
  assert.ok(process.memoryUsage.rss() - before < 60 * MEGABYTE, 'no copy of anything was made');
});

for (const kind of kinds) {
  test(`a ${kind} that dies names what it ran in the same way`, () =>
    within(function* () {
      const pool = poolOf(kind);
      const [value, name] = values[0]!;
      const error = yield* caught(pool.apply(jobs, 'die', [value]));
      assert.instance(error, WorkerDiedError);
      assert.equal(error.running, [name.replace('f', 'die')]);
      assert.ok(timed(() => String(error)) < 150);
    }));

  test(`a ${kind} that dies with 1,000 calls names them once, and not once for each of the 1,000 errors`, () =>
    within(function* () {
      const pool = poolOf(kind, { concurrency: 1_001 });
      const calls = Array.from({ length: 1_000 }, () => pool.apply(jobs, 'whereLater', [60_000]));
      const settled = yield* allSettled([...calls, pool.apply(jobs, 'die')]);
      const running = settled.map((one) => (one as { reason: WorkerDiedError }).reason.running);
      assert.is(running[0]!.length, 1_001);
      assert.ok(running.every((names) => names === running[0]));
    }));
}

test.run();
