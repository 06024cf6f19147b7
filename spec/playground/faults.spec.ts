// Faults that a reader clicks, limits, and schedules that fail.
import { explore } from 'treadle/testing';
import * as assert from 'uvu/assert';
import { readFileSync } from 'node:fs';
import { broken, find, schedule } from '../../demos/museum/03-lock.ts';
import { root } from '../support/package.ts';
import { Pending } from '../../demos/playground/run/pending.ts';
import type { FindRequest, FromWorker, ToWorker } from '../../demos/playground/run/request.ts';
import type { WorkerScope } from '../../demos/playground/run/worker.ts';
import { answer, eventsOf, logOf, machineSuite, run, serve, withImports } from './machine.ts';

const { test, plainTest, run: runSuite } = machineSuite('playground: faults, limits and schedules');

const two = withImports(`
const page = coroutine('page', function* (ms) {
  try {
    yield* sleep(ms);
    console.log('done');
  } finally {
    console.log('cleaned up');
  }
});
function* main() {
  const task = yield* spawn(page(10));
  yield* sleep(5);
  yield* sleep(20);
  console.log(task.state);
}`);

const findIn = (code: string, options: Omit<FindRequest, 'kind' | 'code'> = {}) =>
  answer({ kind: 'find', code, ...options });

plainTest('what run gives calls what it was given when the run is over', () => {
  const said: unknown[] = [];
  const pending = new Pending();
  pending.then((value) => said.push(value)).finally(() => said.push('end'));
  assert.equal(said, []);
  pending.settle(() => 7);
  assert.equal(said, [7, 'end']);
  const failing = new Pending();
  failing.then(() => said.push('never')).catch((error) => said.push((error as Error).message));
  failing.settle(() => {
    throw new Error('no');
  });
  assert.is(said.at(-1), 'no');
  assert.throws(() => new Pending().settle(() => ([] as string[])[0]!.length), TypeError);
});

test('a task is cancelled behind the turn that was asked for', () => {
  const plain = logOf(two);
  for (const turn of [1, 2, 3]) {
    const { log, output } = run(two, { faults: [{ kind: 'cancel', task: 2, turn }] });
    const at = log!.events.findIndex(({ kind }) => kind === 'fault');
    assert.equal(log!.events.slice(0, at), plain.events.slice(0, at), 'all is as before up to the fault');
    assert.is(eventsOf({ ...log!, events: log!.events.slice(0, at) }, 'begins').length, turn);
    assert.equal(log!.events[at + 1], {
      kind: 'cancels',
      time: log!.events[at]!.time,
      task: 2,
      reason: "'a fault that you asked for'",
    });
    assert.is(eventsOf(log!, 'deadlock').length, 0);
    const printed = ['cancelled', 'cleaned up\ncancelled', 'cleaned up\ncancelled'];
    assert.is(output, `${printed[turn - 1]}\n`);
  }
});

test('a fault for a task that is not there, or is over, changes nothing', () => {
  for (const fault of [
    { kind: 'cancel', task: 9, turn: 1 },
    { kind: 'cancel', task: 2, turn: 4 }, // in which it ends
    { kind: 'cancel', task: 2, turn: 99 },
  ] as const)
    assert.equal(logOf(two, { faults: [fault] }), logOf(two));
});

test('the n-th timer is late, and its wait says so', () => {
  const { log, timers } = run(two, { faults: [{ kind: 'timer', number: 1, late: 7 }] });
  assert.is(timers, 3);
  const [first, second] = eventsOf(log!, 'waits').filter(({ on }) => on === 'time');
  assert.is(first!.timer, 1);
  assert.is(first!.due, 5);
  assert.is(first!.late, 7);
  assert.is(second!.late, undefined);
  const [fault] = eventsOf(log!, 'fault');
  assert.equal(fault, { kind: 'fault', time: 0, what: 'timer', task: 1, text: 'sleep(5)', late: 7 });
  const limit = withImports(
    '\nfunction* main() {\n  try { yield* timeout(5, sleep(10)); } catch { return yield* now(); }\n}',
  );
  const end = (number: number) => logOf(limit, { faults: [{ kind: 'timer', number, late: 2 }] }).events.at(-1);
  assert.equal(end(1), { kind: 'ended', time: 7, state: 'succeeded', value: '7' });
  assert.equal(end(2), { kind: 'ended', time: 5, state: 'succeeded', value: '5' });
});

test('the n-th request fails', () => {
  const code = withImports(`
function* program() {
  for (const path of ['/a', '/b'])
    try {
      const response = yield* fetch('http://localhost' + path);
      console.log(yield* response.text());
    } catch (error) {
      console.log(error.message);
    }
}
export const main = () => intercept({ fetch: fakeFetch({ '/a': 'A', '/b': 'B' }) }, program());`);
  assert.is(run(code).output, 'A\nB\n');
  const failing = run(code, { faults: [{ kind: 'request', number: 2 }] });
  assert.is(failing.output, 'A\nfetch failed\n');
  const [fault] = eventsOf(failing.log!, 'fault');
  assert.is(fault!.what, 'request');
  const asked = failing.log!.events.filter((event) => 'request' in event);
  assert.equal(asked.map((event) => 'request' in event && event.request), [1, 2]); // prettier-ignore
});

test('the log ends at 5,000 events, and says so', () => {
  const endless = withImports('\nfunction* main() {\n  for (;;) yield* yieldNow();\n}');
  const { log, ended, error } = run(endless);
  assert.is(error, undefined);
  assert.is(ended, 'stopped');
  assert.is(log!.events.length, 5_001);
  assert.equal(log!.events.at(-1), { kind: 'stopped', time: 0, why: 'events', limit: 5_000 });
  const inOneStep = withImports('\nfunction* main() {\n  for (;;) yield* now();\n}');
  assert.is(run(inOneStep).log!.events.length, 5_001);
  assert.is(run(endless, { limits: { events: 10 } }).log!.events.length, 11);
});

test('a run that takes long ends after its time, and a program that prints without end after so many characters', () => {
  const slow = withImports(
    '\nfunction* main() {\n  for (;;) {\n    for (let i = 0; i < 1e5; i++);\n    yield* yieldNow();\n  }\n}',
  );
  const { log, ended } = run(slow, { limits: { time: 30, events: 1e9 } });
  assert.is(ended, 'stopped');
  const last = log!.events.at(-1);
  assert.is(last?.kind === 'stopped' && last.why, 'time');
  const loud = run("function* main() {\n  for (let i = 0; i < 1e6; i++) console.log('x'.repeat(1000));\n}", {
    limits: { events: 1e9 },
  });
  assert.is(loud.ended, 'stopped');
  assert.ok(loud.output.length <= 201_000);
  const endless = run("function* main() {\n  for (;;) console.log('x'.repeat(1000));\n}");
  assert.is(endless.ended, 'stopped');
  assert.is(endless.log!.events.at(-1)!.kind, 'stopped');
});

test('a program that is stopped does not go on behind runSync, and leaves nothing behind', () => {
  const code =
    "import { runSync, yieldNow } from 'treadle';\nrunSync((function* () { for (;;) yield* yieldNow(); })());\nconsole.log('not reached');";
  assert.is(run(code).output, '');
  assert.equal(logOf(two), logOf(two));
});

test('a schedule of the museum is replayed, step by step', () => {
  const source = readFileSync(`${root}/demos/museum/03-lock.ts`, 'utf8').replace(/^import .*stop.*$/m, '');
  const stop = "const stop = coroutine('stop', function* (task, reason) { return task.cancel(reason); });";
  const code = `${source}\nexport const main = () => program(false);\n${stop}`;
  const { log, ended } = run(code, { schedule });
  assert.is(ended, 'failed');
  const switched = eventsOf(log!, 'begins').filter((event) => event.switched);
  assert.is(switched.length, explore(broken, find).failure!.switches);
  assert.is(eventsOf(log!, 'deadlock').length, 1);
});

test('a schedule that does not fit is said to be so, and one that is none', () => {
  const { error, log } = run(two, { schedule });
  assert.is(error?.kind, 'schedule');
  assert.match(error!.message, /^The schedule no longer fits the program at step \d+: /);
  assert.is(log, undefined);
  assert.is(run(two, { schedule: 'nonsense' }).error?.kind, 'schedule');
});

const seats = withImports(`
export function* main() {
  let seats = 1;
  const buy = (name, comes) => coroutine(name, function* () {
    if (comes > 0) yield* sleep(comes);
    if (seats === 0) return;
    yield* sleep(10);
    seats--;
  })();
  yield* all([buy('Ada', 0), buy('Bob', 10)]);
  return seats;
}
export const check = (seats) => seats >= 0;`);

test('a failing schedule is found, and shows the same failure again: by its seed, and shrunk', () => {
  const { found, error } = findIn(seats);
  assert.is(error, undefined);
  assert.is(found!.failure, 'check');
  assert.is(found!.switches, 1);
  assert.is(run(seats).ended, 'succeeded');
  const { seed, late, order } = found!;
  for (const options of [{ seed, late, order }, { schedule: found!.schedule! }]) {
    const first = run(seats, options);
    assert.is(first.ended, 'failed');
    assert.equal(run(seats, options).log, first.log);
    const end = first.log!.events.at(-1);
    assert.is(end?.kind === 'ended' && end.value, found!.message);
  }
});

test('with the order of the engine only timers vary', () => {
  const racing = withImports(`
function* main() {
  let first;
  const runner = (name, ms) => coroutine(name, function* () { yield* sleep(ms); first ??= name; })();
  yield* all([runner('hare', 10), runner('tortoise', 12)]);
  if (first === 'tortoise') throw new Error('the tortoise has won');
}`);
  assert.is(findIn(racing, { order: 'fifo', runs: 20 }).found, undefined);
  const { found } = findIn(racing, { order: 'fifo', late: 5 });
  assert.is(found!.failure, 'error');
  assert.is(found!.message, 'Error: the tortoise has won');
  assert.is(run(racing, { seed: found!.seed, late: 5, order: 'fifo' }).ended, 'failed');
});

test('a program that cannot fail, and one that cannot be loaded', () => {
  const pair = withImports('\nexport const main = () => all([sleep(1), sleep(1), sleep(1), sleep(1)]);');
  const { found, runs, complete } = findIn(pair, { runs: 60 });
  assert.is(found, undefined);
  assert.is(runs, 60);
  assert.is(complete, false);
  assert.ok(findIn('export function* main() {}').complete);
  assert.is(findIn('function* main() {').error?.kind, 'syntax');
  assert.is(findIn('null.x').error?.kind, 'load');
  assert.is(findIn('const a = 1').error?.kind, 'main');
  assert.is(findIn('async function main() {}').error?.kind, 'refused');
});

test('a schedule with a fault: the order is that of the schedule up to the fault', () => {
  const { found } = findIn(seats);
  const schedule = found!.schedule!;
  const plain = logOf(seats, { schedule });
  const { log, ended } = run(seats, { schedule, faults: [{ kind: 'cancel', task: 3, turn: 4 }] });
  const at = log!.events.findIndex(({ kind }) => kind === 'fault');
  assert.ok(at > 10);
  assert.equal(log!.events.slice(0, at), plain.events.slice(0, at));
  assert.is(ended, 'failed'); // one of two that must both end well was cancelled
});

test('a worker answers each message once, in order, as the machine does', () => {
  const answers: FromWorker[] = [];
  const scope: WorkerScope = { onmessage: null, postMessage: (message) => void answers.push(message) };
  serve(scope);
  for (const [id, code] of [two, 'nonsense(', seats].entries())
    scope.onmessage?.({ data: { id, request: { kind: 'run', code } } } as MessageEvent<ToWorker>);
  assert.equal(answers.map(({ id }) => id), [0, 1, 2]); // prettier-ignore
  assert.equal(answers[0]!.answer, run(two));
  assert.is(answers[1]!.answer.error?.kind, 'syntax');
});

runSuite();
