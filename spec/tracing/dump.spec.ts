// dump: the tree of live tasks, with the line where each frame is suspended.
import { all, cancel, Channel, coroutine, Lock, Queue, run, runSync, sleep, spawn, yieldNow } from 'treadle';
import type { Coroutine, Effect, EventLoop, Task } from 'treadle';
import 'treadle/debug';
import { record, simulate } from 'treadle/testing';
import { dump } from 'treadle/tracing';
import type { Dump, DumpTask } from 'treadle/tracing';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { eventually, hostTurns } from '../support/host.ts';
import { lineHere, withoutBuiltins } from '../support/lines.ts';

const test = suite('dump');

/** The dump that a program makes in its last step. */
const dumpWithin = (main: () => Coroutine<Dump>): Dump => runSync(main());

const named = ({ tasks }: Dump, name: string): DumpTask => {
  const task = tasks.find((one) => one.name === name);
  assert.ok(task, `${name} is there`);
  return task;
};
/** `dump.spec.ts:12`, of each frame. */
const linesOf = ({ frames }: DumpTask) =>
  frames.map((frame) => ('place' in frame ? /([^/]*:\d+):\d+$/.exec(frame.place)?.[1] : `${frame.leftOut} more`));

test('tells of each task its name, its state, what it waits on, who owns it, and the line where it is suspended', () => {
  let line = 0;
  const made = dumpWithin(function* () {
    const worker = coroutine('worker', function* () {
      line = lineHere() + 1;
      yield* sleep(1_000);
    });
    yield* spawn(worker(), { name: 'a worker' });
    yield* spawn(sleep(5), { name: 'log', daemon: true });
    yield* sleep(10);
    yield* spawn(sleep(1), { name: 'new' });
    return dump();
  });
  assert.equal(
    made.tasks.map(({ id, depth, owner, name, state, waitingOn }) => [id, depth, owner, name, state, waitingOn]),
    [
      [1, 0, undefined, 'main', 'running', undefined],
      [2, 1, 1, 'a worker', 'waiting', 'sleep(1000)'],
      [4, 1, 1, 'new', 'ready', undefined],
    ],
  );
  assert.equal(linesOf(named(made, 'a worker')), [`dump.spec.ts:${line}`]);
  assert.equal(linesOf(named(made, 'main')), [], 'it runs');
  assert.equal([made.loops, made.circles, made.hasLines], [[{ tasks: 3, age: 10, slice: undefined }], [], true]);
});

test('tells the line of each frame of a stack of calls, innermost first, and leaves out the frames of the engine', () => {
  const lines: number[] = [];
  const made = dumpWithin(function* () {
    const inner = coroutine('inner', function* () {
      lines[0] = lineHere() + 1;
      yield* sleep(1_000);
    });
    const outer = coroutine('outer', function* () {
      lines[1] = lineHere() + 1;
      yield* new Lock().with(inner());
    });
    yield* spawn(
      (function* () {
        lines[2] = lineHere() + 1;
        yield* outer();
      })(),
      { name: 'job' },
    );
    yield* sleep(1);
    return dump();
  });
  assert.equal(
    linesOf(named(made, 'job')),
    lines.map((line) => `dump.spec.ts:${line}`),
  );
});

test('leaves them out in a simulation and under a recording as well, whose loops are classes of their own', async () => {
  let line = 0;
  function* main(): Coroutine<void> {
    line = lineHere() + 1;
    yield* all([sleep(50), sleep(50)]);
  }
  const simulation = simulate(main());
  simulation.runTo(10);
  const { task } = record(main());
  await eventually(() => task.waitingOn !== undefined);
  for (const made of [dump(simulation.main), dump(task)])
    assert.equal(linesOf(made.tasks[0]!), [`dump.spec.ts:${line}`]);
  await task;
});

test('names the function of a frame, if it has a name', () => {
  const made = dumpWithin(function* () {
    class Site {
      *visit() {
        yield* sleep(1_000);
      }
    }
    function* crawl() {
      yield* sleep(1_000);
    }
    yield* spawn(new Site().visit(), { name: 'method' });
    yield* spawn(crawl(), { name: 'function' });
    yield* sleep(1);
    return dump();
  });
  const nameOf = (name: string) => named(made, name).frames.map((frame) => 'name' in frame && frame.name);
  assert.equal([nameOf('method'), nameOf('function')], [['visit'], ['crawl']]);
});

test('cuts a deep stack in its middle, and says how many frames are missing', () => {
  const deep: (n: number) => Effect<void> = coroutine('deep', function* (n) {
    yield* n > 0 ? deep(n - 1) : sleep(1_000);
  });
  const made = dumpWithin(function* () {
    yield* spawn(deep(9_999), { name: 'job' });
    yield* sleep(1);
    return dump();
  });
  const { frames } = named(made, 'job');
  assert.is(frames.length, 26);
  assert.equal(frames[20], { leftOut: 9_975 });
  assert.match(String(made), /^ {4,}\.\.\. 9975 more frames$/m);
  // They are all in one line.
  assert.match(String(made), /^ {6}\.\.\. and 19 more there\n {6}\.\.\. 9975 more frames$/m);
});

test('marks tasks that wait for each other: holders of locks, joins, and owners that wait for their children', async () => {
  const a = new Lock({ name: 'a' });
  const b = new Lock({ name: 'b' });
  const take = coroutine('take', function* (first: Lock, second: Lock) {
    yield* first.acquire();
    yield* sleep(1);
    yield* second.acquire();
  });
  const main: Task<void> = run(
    (function* () {
      yield* spawn(take(a, b), { name: 'save' });
      yield* spawn(take(b, a), { name: 'spend' });
      const joiner = function* (): Coroutine<void> {
        yield* main; // which ends only when this one is over
      };
      yield* spawn(joiner(), { name: 'joiner' });
      yield* spawn(sleep(60_000), { name: 'innocent' });
    })(),
  );
  await eventually(() => a.locked && b.locked && main.children[1]?.waitingOn === a.acquire());
  const made = dump(main);
  main.cancel();
  assert.equal(
    made.circles.map((circle) => circle.map(({ name }) => name)),
    [
      ['save', 'spend'],
      ['main', 'joiner'],
    ],
  );
  assert.equal(
    made.tasks.map(({ name, inCircle, heldBy }) => [name, inCircle, heldBy]),
    [
      ['main', true, undefined],
      ['save', true, '#3 spend'],
      ['spend', true, '#2 save'],
      ['joiner', true, undefined],
      ['innocent', false, undefined],
    ],
  );
  const text = String(made);
  assert.match(text, /^These tasks wait for each other: #2 save -> #3 spend -> #2 save$/m);
  assert.match(text, /^ {2}#2 save waiting on b\.acquire\(\), held by #3 spend, in a circle$/m);
});

test('tells since when a task sleeps; in debug mode, since when each task waits', async () => {
  const made = runSync(
    (function* () {
      yield* spawn(new Queue().get(), { name: 'job', daemon: true });
      yield* sleep(700_000);
      return dump();
    })(),
    { debug: () => {} },
  );
  assert.is(named(made, 'job').waited, 700_000);
  const text = String(made);
  assert.match(text, /#2 job waiting on queue\.get\(\), for 12 min, daemon$/m);

  const main = run(
    (function* () {
      yield* spawn(new Queue().get(), { name: 'job', daemon: true });
      yield* sleep(60_000);
    })(),
  );
  await hostTurns(3);
  const plain = dump(main);
  main.cancel();
  assert.is(named(plain, 'job').waited, undefined);
  const { waited } = named(plain, 'main');
  assert.ok(waited !== undefined && waited >= 0 && waited < 30_000, `${waited}`);
});

test('says first what is wrong: a task that has waited for ten minutes, and is no daemon', () => {
  const text = runSync(
    (function* () {
      const late = [1, 2, 3, 4, 5, 6, 7].map((n) => new Channel<number>(1, { name: `channel ${n}` }).receive());
      const readers: Task[] = [];
      for (const one of late) readers.push(yield* spawn(one, { name: 'reader' }));
      yield* spawn(new Queue().get(), { name: 'idle', daemon: true });
      yield* sleep(3_600_000);
      const said = String(dump());
      for (const reader of readers) yield* cancel(reader);
      return said;
    })(),
    { debug: () => {} },
  );
  const [first, , , , fifth, sixth, empty] = text.split('\n');
  assert.is(first, '#2 reader has waited on channel 1.receive() for 60 min');
  assert.match(fifth!, 'channel 5');
  assert.is(sixth, '2 more tasks have waited for ten minutes or longer');
  assert.is(empty, '');
});

test('as text has lines of at most 80 columns, or of as many as are wanted', () => {
  const long = 'a name that goes on and on, because somebody has put the whole address of a page into it';
  const texts = dumpWithin(function* () {
    yield* spawn(sleep(1_000), { name: long });
    yield* spawn(
      (function* aFunctionWithALongName() {
        yield* sleep(1_000);
      })(),
      { name: 'job' },
    );
    yield* sleep(1);
    return dump();
  });
  const widest = (text: string) => Math.max(...text.split('\n').map(({ length }) => length));
  assert.ok(widest(String(texts)) <= 80, String(texts));
  assert.ok(widest(texts.toString({ width: 60 })) <= 60, texts.toString({ width: 60 }));
  assert.match(String(texts), 'at aFunctionWithALongName (spec/tracing/dump.spec.ts:');
});

test('describes at most so many tasks, and counts the others', () => {
  const made = dumpWithin(function* () {
    for (let i = 0; i < 30; i++) yield* spawn(sleep(1_000));
    yield* sleep(1);
    return dump(undefined, { limit: 10 });
  });
  assert.equal([made.tasks.length, made.loops[0]!.tasks], [10, 31]);
  assert.match(String(made), /^\.\.\. and 21 more tasks$/m);
});

test('is of all loops that run, of one loop, or of one task and its children', () => {
  const family = function* (): Coroutine<void> {
    yield* all([sleep(5), sleep(5)]);
  };
  const made = dumpWithin(function* () {
    const child = yield* spawn(family(), { name: 'child' });
    yield* sleep(1);
    const within = runSync(
      (function* () {
        yield* yieldNow();
        return dump();
      })(),
    );
    assert.is(within.loops.length, 2);
    assert.match(String(within), /^loop 2: 1 task, 0 ms old$/m);
    const ofTask = dump(child);
    assert.equal(
      ofTask.tasks.map(({ name, depth }) => [name, depth]),
      [
        ['child', 0],
        ['sleep', 1],
        ['sleep', 1],
      ],
    );
    return dump(child.loop as EventLoop);
  });
  assert.is(made.tasks.length, 4);
});

test('refuses what is no loop and no task, and a limit that is none, at the call', () => {
  assert.throws(() => dump('main' as never), /^dump takes a loop or a task, not 'main'$|a loop or a task/);
  assert.throws(() => dump(undefined, { limit: 0 }), /the option limit .*1 or more/);
});

test('says that no loop runs', () => {
  assert.is(String(dump()), 'No loop runs.');
});

test('is the same tree without lines where there is no inspector, as in browsers', () => {
  const made = dumpWithin(function* () {
    yield* spawn(sleep(1_000), { name: 'job' });
    yield* sleep(1);
    return withoutBuiltins(() => dump());
  });
  assert.is(made.hasLines, false);
  assert.equal(
    made.tasks.map(({ name, frames }) => [name, frames]),
    [
      ['main', []],
      ['job', []],
    ],
  );
  assert.match(String(made), 'There is no inspector here, so the lines are not known.');
});

test('leaves nothing behind: no property of globalThis, no session', () => {
  const before = Reflect.ownKeys(globalThis);
  dumpWithin(function* () {
    yield* sleep(1);
    return dump();
  });
  assert.equal(Reflect.ownKeys(globalThis), before);
});

test.run();
