// Going through a log, both ways.
import * as assert from 'uvu/assert';
import { examples } from '../../demos/playground/examples/list.ts';
import { lanesOf } from '../../demos/playground/walk/lanes.ts';
import type { Log, LogEvent } from '../../demos/playground/walk/log.ts';
import { BEGINNING, reduce } from '../../demos/playground/walk/reduce.ts';
import type { State } from '../../demos/playground/walk/state.ts';
import { walkThrough } from '../../demos/playground/walk/walk.ts';
import { seeded } from 'treadle/testing';
import { eventsOf, EVERYTHING, isInstalled, logOf, machineSuite, MANY, run, withImports } from './machine.ts';

const { test, plainTest, run: runSuite } = machineSuite('playground: the walk');

/** All logs that there are: the examples, and a program in which everything happens, in other orders, too. */
function* logs(): Generator<[name: string, log: Log]> {
  if (!isInstalled) return;
  for (const { id, code, run: options } of examples()) yield [id, run(code, options).log as Log];
  yield ['everything', logOf(EVERYTHING)];
  yield ['many', logOf(MANY)];
  for (let seed = 1; seed <= 5; seed++) yield [`seed ${seed}`, logOf(EVERYTHING, { seed, late: 5, order: 'any' })];
}
const all = [...logs()];

test('n steps forward and k back give the state of n - k, at 50 random points of each log', () => {
  const random = seeded(1);
  for (const [name, log] of all) {
    const states: State[] = [BEGINNING];
    for (const event of log.events) states.push(reduce(states.at(-1) as State, event, log));
    const walk = walkThrough(log);
    assert.is(walk.length, log.events.length);
    for (let point = 0; point < 50; point++) {
      const n = Math.floor(random() * (walk.length + 1));
      const k = Math.floor(random() * (n + 1));
      assert.equal(walk.stateAt(n), states[n], `${name}: state ${n}`);
      assert.equal(walk.stateAt(n - k), states[n - k], `${name}: state ${n}, ${k} back`);
    }
  }
});

test('the reducer changes no state that it has given before', () => {
  const log = logOf(EVERYTHING);
  const walk = walkThrough(log);
  const before = structuredClone(walk.stateAt(70));
  for (let n = 0; n <= walk.length; n++) walk.stateAt(n);
  assert.equal(walk.stateAt(70), before);
});

test('what it says of a task fits the log at every event', () => {
  for (const [name, log] of all) {
    const walk = walkThrough(log);
    for (let n = 1; n <= walk.length; n++) {
      const state = walk.stateAt(n);
      const where = `${name}, state ${n}, ${log.events[n - 1]!.kind}`;
      assert.is(state.n, n);
      for (const task of state.tasks.values()) {
        assert.is(state.ready.includes(task.id), task.doing === 'ready', `${where}: #${task.id} ${task.doing}`);
        assert.is(task.wait !== undefined, task.doing === 'waiting', `${where}: #${task.id} waits`);
        assert.is(task.doing === 'running', state.running === task.id, `${where}: #${task.id} runs`);
        if (task.wait?.place !== undefined)
          assert.ok(state.places.get(task.wait.place)!.waiters.includes(task.id), `${where}: #${task.id} stands there`);
        for (const child of task.children) assert.is(state.tasks.get(child)!.owner, task.id);
      }
      for (const { task, due } of state.timers) assert.ok(due >= 0 && !isOver(state, task), `${where}: a timer`);
      const dues = state.timers.map(({ due }) => due);
      assert.equal(
        dues,
        [...dues].sort((a, b) => a - b),
        where,
      );
    }
    assert.is(walk.stateAt(walk.length).lines, walk.lines.length);
  }
});

const isOver = (state: State, task: number) => state.tasks.get(task)!.outcome !== undefined;

test('the task that begins is the first one of those that are ready, unless the order was changed', () => {
  for (const [name, log] of all) {
    const walk = walkThrough(log);
    for (const [index, event] of log.events.entries())
      if (event.kind === 'begins')
        assert.is(walk.stateAt(index).ready[0] === event.task, !event.switched, `${name}, event ${index + 1}`);
  }
});

test('at the end nothing is ready, nobody runs, and no timer is left', () => {
  for (const [name, log] of all) {
    const walk = walkThrough(log);
    const { ready, running, timers, end, tasks } = walk.stateAt(walk.length);
    assert.equal({ ready, running, timers }, { ready: [], running: undefined, timers: [] }, name);
    assert.ok(end);
    for (const { doing, frames } of tasks.values()) {
      assert.ok(['succeeded', 'failed', 'cancelled'].includes(doing), name);
      assert.is(frames.length, 0);
    }
  }
});

test('turns: each begins with its first event, both ways', () => {
  const log = logOf(EVERYTHING);
  const walk = walkThrough(log);
  const forward: number[] = [];
  for (let n = walk.nextTurn(0); n < walk.length; n = walk.nextTurn(n)) forward.push(n);
  const back: number[] = [];
  for (let n = walk.previousTurn(walk.length); n > 0; n = walk.previousTurn(n)) back.unshift(n);
  assert.equal(forward, back);
  assert.is(forward.length, walk.stateAt(walk.length).turn);
  for (const n of forward) assert.ok(['begins', 'callback'].includes(log.events[n - 1]!.kind));
});

plainTest('a log without events has one state', () => {
  const walk = walkThrough({ events: [], places: [] });
  for (const n of [-1, 0, 1]) assert.equal(walk.stateAt(n), BEGINNING);
  assert.equal([walk.length, walk.nextTurn(0), walk.previousTurn(0), walk.fatal], [0, 0, 0, 0]);
});

test('a position that is none is taken for the nearest one', () => {
  const walk = walkThrough(logOf(EVERYTHING));
  assert.is(walk.stateAt(-5).n, 0);
  assert.is(walk.stateAt(1e9).n, walk.length);
  assert.is(walk.stateAt(NaN).n, 0);
  assert.is(walk.stateAt(3.7).n, 3);
});

test('frames, lines and links, as the panels show them', () => {
  const log = logOf(EVERYTHING);
  const walk = walkThrough(log);
  const at = (test: (event: LogEvent) => boolean) => walk.stateAt(log.events.findIndex(test) + 1);
  const limited = at((event) => event.kind === 'waits' && event.text === 'sleep(100)');
  const main = limited.tasks.get(1)!;
  assert.equal(
    main.frames.map(({ name, engine, inside }) => [name, engine, inside.map(({ line }) => line)]),
    [['main', false, [31]], ['timeout', true, []], ['page', false, [6]]], // prettier-ignore
  );
  assert.is(main.line, 6);
  assert.equal(limited.timers.map(({ text }) => text), ['timeout(50, page(\'/a\'))', 'sleep(100)']); // prettier-ignore
  const closing = at((event) => event.kind === 'waits' && event.text === 'sleep(5)').tasks.get(1)!;
  assert.ok(closing.closing);
  assert.equal(closing.frames.map(({ closing }) => closing), [false, false, true]); // prettier-ignore
  const crossed = at(({ kind }) => kind === 'deadlock');
  const [ada, bob] = [...crossed.tasks.values()].filter(({ name }) => name === 'ada' || name === 'bob');
  assert.is(ada!.wait!.holder, bob!.id);
  assert.is(bob!.wait!.holder, ada!.id);
  assert.equal(crossed.places.get(ada!.wait!.place!)!.waiters, [ada!.id]);
});

test('the fatal moment: the last step out of order, the deadlock, or the first failure', () => {
  const kindAt = (log: Log) => log.events[walkThrough(log).fatal - 1]?.kind;
  assert.is(kindAt(logOf(withImports('\nfunction* main() {\n  yield* new Queue().get();\n}'))), 'deadlock');
  assert.is(kindAt(logOf("function* main() { throw new Error('no'); }")), 'over');
  const log = logOf('function* main() {}');
  assert.is(walkThrough(log).fatal, log.events.length);
  const late = logOf(withImports('\nfunction* main() {\n  yield* timeout(5, sleep(4));\n}'), {
    faults: [{ kind: 'timer', number: 2, late: 3 }],
  });
  assert.is(kindAt(late), 'over'); // the timer that was late is not over when the limit is
  const switches = all.filter(([name]) => name.startsWith('museum-') && name !== 'museum-11');
  assert.ok(switches.length > 0);
  for (const [name, log] of switches) {
    const event = log.events[walkThrough(log).fatal - 1];
    assert.ok(event?.kind === 'begins' && event.switched, name);
  }
});

test('the lanes of the timeline have each task, in the order of the tree, without a gap', () => {
  for (const [name, log] of all) {
    const lanes = lanesOf(log);
    assert.is(lanes.length, eventsOf(log, 'spawned').length, name);
    const walk = walkThrough(log);
    for (const { task, spans } of lanes) {
      for (const [index, { from, until, doing, closing }] of spans.entries()) {
        assert.ok(from < until);
        assert.is(until, spans[index + 1]?.from ?? log.events.length + 1);
        for (const n of [from, until - 1]) {
          const known = walk.stateAt(n).tasks.get(task)!;
          assert.equal([known.doing, known.closing], [doing, closing], `${name}: #${task} at ${n}`);
        }
      }
    }
    assert.is(lanes[0]!.depth, 0);
    for (const [index, { depth }] of lanes.slice(1).entries()) assert.ok(depth <= lanes[index]!.depth + 1);
  }
});

test('a step takes under 16 ms at 5,000 events, also backwards and with a thousand tasks', () => {
  const code = withImports(`
const work = (n) => coroutine('work', function* () { for (;;) yield* sleep(n % 7); })();
function* main() {
  for (let n = 0; n < 1000; n++) yield* spawn(work(n));
}`);
  const log = logOf(code);
  assert.is(log.events.length, 5_001);
  const walk = walkThrough(log);
  walk.stateAt(walk.length);
  // Of five tries the best one: no neighbour is busy all the time.
  for (const way of [-1, 1]) {
    const tries = [0, 1, 2, 3, 4].map((attempt) => {
      const start = 4_000 - 50 * attempt;
      const before = performance.now();
      for (let step = 1; step <= 20; step++) walk.stateAt(start + way * step);
      return (performance.now() - before) / 20;
    });
    assert.ok(Math.min(...tries) < 16, `${Math.min(...tries)} ms a step`);
  }
});

runSuite();
