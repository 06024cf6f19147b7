import { setFlagsFromString } from 'node:v8';
import {
  all,
  call,
  Channel,
  coroutine,
  EventLoop,
  join,
  Queue,
  run,
  runSync,
  sleep,
  spawn,
  timeout,
  yieldNow,
} from 'treadle';
import type { Coroutine, Task } from 'treadle';
import { attach, instrumentEveryLoop } from 'treadle/instruments';
import type { Instrument } from 'treadle/instruments';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Effect } from '../../lib/kernel/effect.ts';
import { Task as TaskClass } from '../../lib/kernel/task.ts';
import { watching } from '../../lib/loop/watching.ts';
import { Exchange } from '../../lib/sync/exchange.ts';

const test = suite('instruments');

/** Notes the names of what is told, with the names of tasks. */
function recorder(events: (keyof Instrument)[]): { told: string[] } & Instrument {
  const told: string[] = [];
  const nameOf = (value: unknown): string =>
    Array.isArray(value) ? value.map(nameOf).join()
    : value instanceof TaskClass ? value.name
    : String(value);
  const methods = events.map((event) => [
    event,
    (...args: unknown[]) => told.push([event, ...args.filter((arg) => arg !== undefined).map(nameOf)].join(' ')),
  ]);
  return { told, ...(Object.fromEntries(methods) as Instrument) };
}

/** Keeps what is warned of meanwhile. */
function warnings(work: () => void): string[] {
  const { warn } = console;
  const told: string[] = [];
  console.warn = (...args: unknown[]) => void told.push(args.join(' '));
  try {
    work();
  } finally {
    console.warn = warn;
  }
  return told;
}

function* child(): Coroutine<string> {
  try {
    yield* sleep(100);
  } finally {
    yield* sleep(1);
  }
  return 'over';
}

test('the life of a task is told in its order, with who caused it', () => {
  const events = recorder(['taskSpawned', 'taskWoken', 'stepBegins', 'taskSuspended', 'cancelAsked', 'taskOver']);
  function* main(): Coroutine<void> {
    const task = yield* spawn(child(), { name: 'child' });
    yield* sleep(5);
    task.cancel('enough');
  }
  runSync(main(), { instruments: [events] });
  assert.equal(events.told, [
    'taskSpawned main',
    'stepBegins main start',
    'taskSpawned child main',
    'taskSuspended main sleep(5)',
    'stepBegins child start',
    'taskSuspended child sleep(100)',
    'taskWoken main',
    'stepBegins main next',
    'cancelAsked child enough main',
    'taskWoken child main',
    'taskSuspended main child',
    'stepBegins child close',
    'taskSuspended child sleep(1)',
    'taskWoken child',
    'stepBegins child next',
    'taskWoken main child',
    'taskOver child',
    'stepBegins main children',
    'taskOver main',
  ]);
});

test('frames are told with the depth that they leave', () => {
  const events = recorder(['frameCalled', 'frameEnded', 'frameClosing', 'taskOver']);
  const inner = coroutine('inner', function* () {
    yield* sleep(50);
  });
  function* main(): Coroutine<void> {
    yield* call(inner());
    yield* timeout(10, inner());
  }
  assert.throws(() => runSync(main(), { instruments: [events] }), /took longer/);
  assert.equal(events.told, [
    'frameCalled main 2 call(inner())',
    'frameEnded main 1',
    'frameCalled main 2 timeout(10, inner())',
    'frameCalled main 3 inner()',
    'frameClosing main 3',
    'frameEnded main 2',
    'frameEnded main 1',
    'frameEnded main 0',
    'taskOver main',
  ]);
});

test('a frame is told with what was yielded to call it', () => {
  const told: unknown[] = [];
  const page = coroutine('page', function* (_path: string) {
    return yield* sleep(1);
  });
  function* main(): Coroutine<void> {
    yield* page('/a');
    yield* call(child());
  }
  runSync(main(), { instruments: [{ frameCalled: (_task, depth, yielded) => told.push(`${depth} ${yielded}`) }] });
  assert.equal(told, ["2 page('/a')", '2 call(a coroutine)']);
});

test('a pass is told when the loop begins and each time it has been asleep or moved its clock, before its steps', () => {
  const events = recorder(['passBegins', 'clockMoved', 'stepBegins']);
  function* main(): Coroutine<void> {
    yield* yieldNow();
    yield* sleep(5);
  }
  runSync(main(), { instruments: [events] });
  assert.equal(
    events.told.map((line) => line.replace(/(passBegins).*|(clockMoved \d+).*/, '$1$2')),
    [
      'passBegins',
      'stepBegins main start',
      'stepBegins main next',
      'clockMoved 5',
      'passBegins',
      'stepBegins main next',
    ],
  );
});

test('the tasks of a watched loop have one shape, so that steps cost the same however many there are', () => {
  setFlagsFromString('--allow-natives-syntax');
  const sameShape = new Function('a', 'b', 'return %HaveSameMap(a, b)') as (a: object, b: object) => boolean;
  function* main(): Coroutine<boolean[]> {
    const tasks: Task[] = [];
    for (let i = 0; i < 5; i++) tasks.push(yield* spawn(yieldNow()));
    return tasks.map((task) => sameShape(task, tasks[0] as Task));
  }
  assert.equal(runSync(main(), { instruments: [{ loopEnds() {} }] }), [true, true, true, true, true]);
});

test('an effect is told when it is performed, answered, and when it fails', () => {
  const events = recorder(['effectPerformed', 'effectAnswered', 'effectFailed']);
  function* main(): Coroutine<void> {
    const task = (yield* spawn(call(child()), { name: 'child' })) as Task<string>;
    try {
      yield* join(task.parent as Task);
    } catch {
      task.cancel();
    }
  }
  runSync(main(), { instruments: [events] });
  assert.equal(events.told.slice(0, 4), [
    "effectPerformed main spawn(call(a coroutine), { name: 'child' })",
    "effectAnswered main spawn(call(a coroutine), { name: 'child' }) child",
    'effectPerformed main join(#1 main)',
    'effectFailed main join(#1 main) InvalidStateError: <Task #1 main running> cannot join itself',
  ]);
});

test('a virtual clock is told before those are woken who are due', () => {
  const events = recorder(['clockMoved', 'taskWoken', 'loopEnds']);
  runSync(call(child()), { instruments: [events] });
  assert.equal(
    events.told.map((line) => line.replace(/ \[object.*/, '')),
    ['clockMoved 100', 'taskWoken main', 'clockMoved 101', 'taskWoken main', 'loopEnds'],
  );
});

test('several are called in the order in which they were attached', () => {
  const told: number[] = [];
  const [first, second] = [1, 2].map((n) => ({ taskOver: () => told.push(n) }));
  runSync(yieldNow(), { instruments: [first!, second!] });
  assert.equal(told, [1, 2]);
});

test('one that is attached late is told of the tasks that are alive, and one that is detached of nothing more', () => {
  const events = recorder(['taskSpawned', 'taskWoken', 'taskOver', 'detached']);
  function* main(): Coroutine<void> {
    const task = yield* spawn(child(), { name: 'child' });
    yield* yieldNow();
    const detach = attach(task, events);
    assert.is(detach(), undefined);
    assert.is(detach(), undefined, 'twice is fine');
    attach(task, events);
    attach(task, events); // once is enough
    yield* join(task);
  }
  runSync(main());
  const { told } = events;
  assert.equal(told.slice(0, 2), ['taskSpawned main', 'taskSpawned child']);
  assert.match(told[2]!, /^detached/);
  assert.equal(told.slice(3, 5), ['taskSpawned main', 'taskSpawned child']);
  assert.is(told.filter((line) => line === 'taskOver child').length, 1);
});

test('an event loop keeps its instruments from one run to the next', () => {
  const events = recorder(['stepBegins', 'loopEnds', 'attached']);
  const loop = new EventLoop({ instruments: [events] });
  loop.createTask(yieldNow(), { name: 'one' });
  return loop.runUntilComplete(yieldNow(), { name: 'two' }).then(() => {
    return loop.runUntilComplete(yieldNow(), { name: 'three' }).then(() => {
      const names = events.told.map((line) => line.replace(/ \[object.*| \[Event.*/, ''));
      assert.is(names.filter((name) => name === 'attached').length, 1);
      assert.ok(names.includes('stepBegins one start yieldNow()'), names.join('\n'));
      assert.ok(names.includes('stepBegins three start yieldNow()'));
    });
  });
});

test('one that throws is detached and reported once, and the program ends as it would without it', () => {
  let detached = 0;
  class Broken implements Instrument {
    stepBegins(): void {
      throw new Error('no disk');
    }
    detached(): void {
      detached++;
      throw new Error('nor this');
    }
  }
  const other = recorder(['taskOver']);
  let result: unknown;
  const told = warnings(() => {
    result = runSync(all([child(), child()]), { instruments: [new Broken(), other] });
  });
  assert.equal(result, ['over', 'over']);
  assert.is(told.length, 1, told.join('\n'));
  assert.match(told[0]!, 'the instrument Broken was detached, because its stepBegins threw: Error: no disk');
  assert.is(detached, 1);
  assert.is(other.told.length, 3);
});

test('whichever method throws, the others are told on, and the program ends as it would', () => {
  for (const event of ['stepEnds', 'taskWoken', 'passBegins', 'taskSpawned', 'taskOver'] as const) {
    const events = recorder(['stepBegins', 'stepEnds', 'taskWoken', 'taskOver']);
    const broken: Instrument = {
      [event]: () => {
        throw new Error('broken');
      },
    };
    const told = warnings(() => {
      assert.is(runSync(child(), { instruments: [broken, events] }), 'over');
    });
    assert.is(told.length, 1);
    assert.match(told[0]!, new RegExp(`because its ${event} threw`));
    assert.is(events.told.filter((line) => line === 'stepEnds main').length, 3);
  }
});

test('the one that chooses decides who goes next, among those that are ready', () => {
  const order: string[] = [];
  function* say(name: string): Coroutine<void> {
    yield* yieldNow();
    order.push(name);
  }
  const works = () => all([say('a'), say('b'), say('c')]);
  runSync(works(), { instruments: [{ chooseNext: (ready) => ready.length - 1 }] });
  assert.equal(order.splice(0), ['c', 'b', 'a']);
  runSync(works(), { instruments: [{ chooseNext: () => 0 }] });
  assert.equal(order.splice(0), ['a', 'b', 'c']);
  const told = warnings(() => runSync(works(), { instruments: [{ name: 'mine', chooseNext: () => 7 }] }));
  assert.equal(order.splice(0), ['a', 'b', 'c']);
  assert.match(told[0]!, 'the instrument mine was detached, because its chooseNext threw: RangeError: it chose 7 of 3');
});

test('callbacks keep their order whatever is chosen', () => {
  const order: number[] = [];
  const loop = new EventLoop({ instruments: [{ chooseNext: (ready) => ready.length - 1 }] });
  for (const n of [1, 2, 3]) loop.callSoon(() => order.push(n));
  loop.callSoon(() => loop.stop());
  loop.createTask(yieldNow());
  loop.runForever();
  return new Promise((resolve) => setTimeout(resolve, 5)).then(() => assert.equal(order, [1, 2, 3]));
});

test('performEffect answers, performs something else, and throws into the coroutine', () => {
  const instrument: Instrument = {
    performEffect: (_task, yielded, next) => {
      const text = String(yielded);
      if (text === 'sleep(1)') return 'an answer';
      if (text === 'sleep(2)') return next(sleep(20));
      if (text === 'sleep(3)') return next(child());
      if (text === 'sleep(4)') throw new Error('no');
      return next(yielded);
    },
  };
  const clock: number[] = [];
  function* main(): Coroutine<unknown[]> {
    const answers: unknown[] = [yield sleep(1), yield sleep(2), yield sleep(3)];
    try {
      yield sleep(4);
    } catch (error) {
      answers.push((error as Error).message);
    }
    return answers;
  }
  const result = runSync(main(), { instruments: [instrument, { clockMoved: (time) => clock.push(time) }] });
  assert.equal(result, ['an answer', undefined, 'over', 'no']);
  assert.equal(clock, [20, 120]); // the sleep(1) in the child's clean-up was answered at once
});

test('of several that perform, the first one stands around the others', () => {
  const around = (name: string): Instrument => ({
    performEffect: (_task, yielded, next) => `${name}(${String(next(yielded))})`,
  });
  function* main(): Coroutine<unknown> {
    return yield spawn(yieldNow(), { name: 'x' });
  }
  const result = runSync(main(), { instruments: [around('outer'), around('inner')] });
  assert.match(String(result), /^outer\(inner\(<Task #2 x/);
});

test('instrumentEveryLoop gives one to each loop that starts, until it is taken back', () => {
  const started: string[] = [];
  const stop = instrumentEveryLoop(() => ({ taskOver: (task) => started.push(task.name) }));
  runSync(yieldNow(), { name: 'one' });
  stop();
  runSync(yieldNow(), { name: 'two' });
  assert.equal(started, ['one']);
});

test('classes are as they were, while a loop is watched and afterwards', () => {
  const before = [Object.getOwnPropertyNames(Effect.prototype), Object.values(TaskClass.prototype)];
  const seen: unknown[] = [];
  const watcher: Instrument = {
    taskOver: () => seen.push([Object.getOwnPropertyNames(Effect.prototype), Object.values(TaskClass.prototype)]),
  };
  runSync(yieldNow(), { instruments: [watcher] });
  assert.equal(seen, [before]);
});

test('effects that are made are told while somebody wants it, and the prototype is as it was then', () => {
  const names = () => Object.getOwnPropertyNames(Effect.prototype);
  const before = names();
  const events = recorder(['effectMade']);
  function* main(): Coroutine<void> {
    assert.ok(names().includes('payload'));
    yield* sleep(3);
    runSync(sleep(4)); // made by the task, performed elsewhere
  }
  runSync(main(), { instruments: [events] });
  assert.equal(events.told, ['effectMade sleep(3) main', 'effectMade sleep(4) main']);
  assert.equal(names(), before);
});

test('what is no loop, no instrument, and no function is refused at the call', () => {
  const task = run(sleep(0));
  const refused = (call: () => unknown, message: RegExp) =>
    assert.throws(call, (error: unknown) => error instanceof TypeError && message.test(error.message));
  refused(() => attach(5 as never, { taskOver() {} }), /^attach takes a loop or a task, not 5/);
  refused(() => attach(task, { stepBegin() {} } as never), /stepBegins, not an object with stepBegin$/);
  refused(() => attach(task, {}), /^attach takes an instrument, an object with methods such as stepBegins, not /);
  refused(() => attach(task, undefined as never), /^attach takes an instrument/);
  refused(() => run(sleep(0), { instruments: {} as never }), /^the option instruments takes an array/);
  refused(() => run(sleep(0), { instruments: [{ name: 'x' }] }), /^the option instruments takes an instrument/);
  refused(() => instrumentEveryLoop('x' as never), /^instrumentEveryLoop takes a function/);
  const { instruments } = watching;
  watching.instruments = undefined;
  try {
    refused(() => run(sleep(0), { instruments: [] }), /needs .*import 'treadle\/instruments' first/);
  } finally {
    watching.instruments = instruments;
  }
  return task.then();
});

test('are told of items that are put into queues, also by code outside of the loop, while the loop runs', async () => {
  const jobs = new Queue<number>(Infinity, { name: 'jobs' });
  const channel = new Channel<number>(0, { name: 'hands' });
  const prototype = Exchange.prototype as unknown as { readonly _add: unknown };
  const { _add } = prototype;
  const told: string[] = [];
  const loop = new EventLoop({
    instruments: [
      {
        itemPut: (queue, by) => {
          const who =
            by instanceof TaskClass ? by.name
            : by === undefined ? 'the host'
            : 'a callback';
          told.push(`${queue.name} holds ${queue.size}, by ${who}`);
        },
      },
    ],
  });
  const main = loop.runUntilComplete(
    (function* () {
      jobs.putNowait(1);
      yield* jobs.put(2);
      loop.callSoon(() => jobs.putNowait(3));
      yield* all([channel.send(4), channel.receive()]);
      yield* sleep(20);
    })(),
  );
  setTimeout(() => jobs.putNowait(5), 5);
  await main;
  jobs.putNowait(6);
  assert.is(prototype._add, _add, 'the class is as it was');
  assert.equal(
    told.map((text) => text.replace(/task-1/, 'main')),
    ['jobs holds 1, by main', 'jobs holds 2, by main', 'jobs holds 3, by a callback', 'jobs holds 4, by the host'],
  );
});

test.run();
