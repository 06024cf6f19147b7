// The log of a run: complete, in order, and the same each time.
import * as assert from 'uvu/assert';
import { NotePad } from '../../demos/playground/run/note-pad.ts';
import { eventsOf, EVERYTHING, logOf, machineSuite, MANY, run, withImports } from './machine.ts';

const { test, plainTest, run: runSuite } = machineSuite('playground: the log');

plainTest('an event leaves out what is undefined, and may be completed later', () => {
  const pad = new NotePad();
  pad.time = 5;
  const event = pad.add('over', { task: 1, state: 'failed', value: undefined });
  assert.equal(pad.events, [{ kind: 'over', time: 5, task: 1, state: 'failed' }]);
  event.value = 'Error: no';
  assert.equal(pad.events, [{ kind: 'over', time: 5, task: 1, state: 'failed', value: 'Error: no' }]);
});

test('a log is the same each time, and survives JSON', () => {
  const log = logOf(EVERYTHING);
  assert.equal(logOf(EVERYTHING), log);
  assert.equal(JSON.parse(JSON.stringify(log)), log);
  const late = { seed: 7, late: 5, order: 'any' } as const;
  assert.is(JSON.stringify(logOf(EVERYTHING, late)), JSON.stringify(logOf(EVERYTHING, late)));
  assert.is.not(JSON.stringify(logOf(EVERYTHING, late)), JSON.stringify(log));
});

test('seed 0 is the real schedule, whatever the sliders say', () => {
  assert.equal(logOf(EVERYTHING, { seed: 0, late: 9, order: 'any' }), logOf(EVERYTHING));
});

test('a task is spawned, begins, waits, is woken, goes on and is over', () => {
  const log = logOf(withImports('\nfunction* main() {\n  yield* sleep(5);\n  return 7;\n}\n'));
  assert.equal(log.events, [
    { kind: 'spawned', time: 0, task: 1, name: 'main', text: 'main()' },
    { kind: 'begins', time: 0, task: 1, how: 'start', turn: 1 },
    { kind: 'calls', time: 0, task: 1, text: 'main()', depth: 1, name: 'main' },
    {
      kind: 'waits',
      time: 0,
      task: 1,
      text: 'sleep(5)',
      line: 3,
      inside: [{ name: 'main', line: 3 }],
      timer: 1,
      due: 5,
      on: 'time',
    },
    { kind: 'clock', time: 5, from: 0 },
    { kind: 'woken', time: 5, task: 1 },
    { kind: 'begins', time: 5, task: 1, how: 'next', turn: 2 },
    { kind: 'returns', time: 5, task: 1, depth: 0 },
    { kind: 'over', time: 5, task: 1, state: 'succeeded', value: '7' },
    { kind: 'ended', time: 5, state: 'succeeded', value: '7' },
  ]);
});

test("tasks run in the order in which they stand in the log's ready queue, also those that go first", () => {
  const programs = [EVERYTHING, MANY];
  for (const program of programs) {
    const log = logOf(program);
    const switched = eventsOf(log, 'begins').filter((event) => event.switched);
    assert.equal(switched, []);
    assert.is(log.events.at(-1)?.kind, 'ended');
  }
});

test('a lock has a holder, who is told to those that wait, and is handed over', () => {
  const log = logOf(
    withImports(`
const door = new Lock({ name: 'door' });
const user = coroutine('user', function* (ms) { yield* door.acquire(); yield* sleep(ms); door.release(); });
function* main() {
  const one = yield* spawn(user(5), { name: 'one' });
  yield* spawn(user(5), { name: 'two' });
  const three = yield* spawn(user(5), { name: 'three' });
  yield* sleep(1);
  yield* cancel(three);
  yield* sleep(20);
  try { yield* timeout(1, user(9)); } catch {}
}`),
  );
  assert.equal(log.places, [{ type: 'Lock', name: 'door' }]);
  const waits = eventsOf(log, 'waits').filter(({ on }) => on === 'place');
  assert.equal(waits.map(({ task, holder }) => [task, holder]), [[3, 2], [4, 2]]); // prettier-ignore
  assert.equal(eventsOf(log, 'woken').filter(({ holds }) => holds === 0).map(({ task }) => task), [3]); // prettier-ignore
  assert.is(eventsOf(log, 'frees').length, 1); // and the last one never releases it
});

test('whoever waits for a lock in a time limit does not hold it when the limit is over', () => {
  const log = logOf(
    withImports(`
const door = new Lock({ name: 'door' });
function* main() {
  yield* door.acquire();
  try { yield* timeout(5, door.acquire()); } catch (error) { console.log(error.name); }
  try { yield* timeout(5, door.acquire()); } catch (error) { console.log(error.name); }
}`),
  );
  assert.equal(eventsOf(log, 'woken').map(({ holds }) => holds), [undefined, undefined]); // prettier-ignore
  assert.equal(eventsOf(log, 'waits').map(({ holder }) => holder), [1, 1]); // prettier-ignore
  assert.is(eventsOf(log, 'callback')[0]!.text, 'timeout(5, door.acquire())');
});

test('what the program prints stands under the task that ran', () => {
  const log = logOf(EVERYTHING);
  const prints = eventsOf(log, 'prints').map(({ task, level, text }) => `${task} ${level} ${text}`);
  assert.equal(prints, ['1 error TimeoutError', '3 warn one', '3 warn two', '1 log TypeError', '1 log no']);
  const { output } = run(
    "console.log('first'); import { runSync, sleep } from 'treadle';\nconsole.log(runSync(sleep(5)), 'last');",
  );
  assert.is(output, 'first\nundefined last\n');
});

test('values print in one line, and nothing of them is called', () => {
  const { output } = run(`
class Point { x = 1; get y() { throw new Error('never'); } toString() { throw new Error('never'); } }
const ring = { name: 'ring' }; ring.self = ring;
function* main() {
  console.log('a', 1, -0, null, undefined, 5n, Symbol('s'), [1, 'b', [2, [3, [4]]]], new Point(), ring);
  console.log(new Map([[1, 2]]), new Set(), () => 1, function named() {}, new TypeError('no'), new Proxy({}, { ownKeys() { throw 1; } }));
  console.log(Array.from({ length: 100 }, (_, i) => i), 'x'.repeat(3), { get g() { return 1; } });
}`);
  const [first, second, third] = output.split('\n');
  assert.is(
    first,
    "a 1 0 null undefined 5n Symbol(s) [1, 'b', [2, [3, [...]]]] Point { x: 1 } { name: 'ring', self: { name: 'ring', self: { name: 'ring', self: {...} } } }",
  );
  assert.is(second, 'Map(1) Set(0) a function named TypeError: no an object');
  assert.is(third, '[0, 1, 2, 3, 4, 5, 6, 7, 8, ...] xxx { g: [getter] }');
});

test("functions and classes have their names if they are the program's: in a page those of treadle have others", () => {
  const log = logOf(
    withImports(`
class Point {}
const handler = coroutine('handler', function* (effect, next, task) { return yield* next(effect); });
function* main() {
  console.log(handler, Point, new Point(), sleep, Lock, yield* currentTask(), main);
  yield* intercept({ sleep: handler }, sleep(5));
}`),
  );
  const [prints] = eventsOf(log, 'prints');
  assert.is(prints!.text, 'handler Point Point {} a function a function #1 main main');
  const texts = eventsOf(log, 'calls').map(({ text }) => text);
  assert.ok(texts.includes('handler(sleep(5), a function, #1 main)'), texts.join('\n'));
});

test('a deadlock is told with its circle, or with all that wait, before all are cancelled', () => {
  const [circle] = eventsOf(logOf(EVERYTHING), 'deadlock');
  const names = new Map(eventsOf(logOf(EVERYTHING), 'spawned').map(({ task, name }) => [task, name]));
  assert.equal(circle!.circle.map((id) => names.get(id)).sort(), ['ada', 'bob']);
  const log = logOf(withImports('\nfunction* main() {\n  yield* new Queue().get();\n}'));
  const [stuck] = eventsOf(log, 'deadlock');
  assert.equal(stuck, { kind: 'deadlock', time: 0, circle: [], tasks: [1] });
  assert.is(log.events[log.events.indexOf(stuck!) + 1]?.kind, 'cancels');
  const end = log.events.at(-1);
  assert.is(end?.kind === 'ended' && end.value, 'DeadlockError: every task waits and nothing can wake them');
});

test('a deadlock of the clean-ups alone is told, too', () => {
  const log = logOf(
    withImports('\nfunction* main() {\n  try { yield* new Queue().get(); } finally { yield* new Queue().get(); }\n}'),
  );
  assert.is(eventsOf(log, 'deadlock').length, 1);
  assert.is(log.events.at(-1)?.kind, 'ended');
});

test('a failure that nobody has seen is still that of its owner: the recorder does not count as seeing it', () => {
  const { ended, log } = run(
    withImports("\nfunction* main() {\n  yield* spawn((function* () { throw new Error('lost'); })());\n}"),
  );
  assert.is(ended, 'failed');
  const over = eventsOf(log!, 'over');
  assert.equal(over.map(({ state, value }) => `${state} ${value}`), ['failed Error: lost', 'failed Error: lost']); // prettier-ignore
});

test('run gives what one may call then on, and main of treadle runs its argument', () => {
  const { output } = run(
    "import { run, sleep } from 'treadle';\nfunction* program() { yield* sleep(5); return 7; }\nrun(program()).then(console.log).finally(() => console.log('end'));\nconsole.log('first');",
  );
  assert.is(output, 'first\n7\nend\n');
  const failing = run(
    "import { run } from 'treadle';\nrun((function* () { throw new Error('no'); })()).then(console.log, (error) => console.log(`${error}`));",
  );
  assert.is(failing.output, 'Error: no\n');
  assert.is(failing.ended, 'failed');
  assert.is(run("import { main, sleep } from 'treadle';\nmain(sleep(5));").log?.events.at(-1)?.time, 5);
});

test('runSync within the program is the real one, and is not in the log', () => {
  const code =
    "import { runSync, sleep } from 'treadle';\nfunction* main() { yield* sleep(1); runSync(sleep(1_000)); yield* sleep(1); }";
  assert.equal(eventsOf(logOf(code), 'spawned').length, 1);
  assert.is(logOf(code).events.at(-1)?.time, 2);
});

test('a program may test its result', () => {
  const code = 'export function* main() { return 2; }\nexport const check = (result) => result === 3;';
  const { ended, log } = run(code);
  assert.is(ended, 'failed');
  const end = log!.events.at(-1);
  assert.is(end?.kind === 'ended' && end.value, 'CheckFailedError: the check said false of the result 2');
  assert.is(run(code.replace('3', '2')).ended, 'succeeded');
});

test('a simulated server answers', () => {
  const { output, requests } = run(
    withImports(`
function* program() {
  const response = yield* fetch('http://localhost/a');
  console.log(yield* response.text());
}
export const main = () => intercept({ fetch: fakeFetch({ '/a': { text: 'hello', delay: 5 } }) }, program());`),
  );
  assert.is(output, 'hello\n');
  assert.is(requests, 1);
  assert.match(run(withImports("\nfunction* main() {\n  yield* fetch('/a');\n}")).log!.events.at(-1)!.kind, /ended/);
});

runSuite();
