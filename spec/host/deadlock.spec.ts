// Deadlock: a program whose tasks all wait while nothing can wake them is told so, on both clocks.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  abortSignal,
  currentTask,
  DeadlockError,
  Event,
  EventLoop,
  fromPromise,
  join,
  Lock,
  now,
  Queue,
  run,
  runSync,
  Semaphore,
  shield,
  sleep,
  spawn,
  suspend,
  yieldNow,
} from 'treadle';
import type { Awaitable, Coroutine } from 'treadle';
import { VirtualClock } from 'treadle/testing';
import { rejection, thrown } from '../support/errors.ts';
import { delay } from '../support/host.ts';
import { program } from '../support/programs.ts';
import { virtually } from '../support/virtual.ts';

const test = suite('deadlock');

const crossed = `
import { run, runSync, join, spawn, sleep, yieldNow, Lock, Queue, Event, EventLoop, DeadlockError, suspend, fromPromise, shield, cancel } from 'treadle';
const log = [];
function* program() {
  const a = new Lock({ name: 'a' }), b = new Lock({ name: 'b' }), jobs = new Queue(Infinity, { name: 'jobs' });
  const both = function* (first, second, name) {
    try {
      yield* first.acquire();
      yield* sleep(1);
      yield* second.acquire();
    } finally {
      yield* sleep(2);
      console.log(name + ' cleaned up');
    }
  };
  yield* spawn(jobs.get(), { name: 'consumer' });
  yield* spawn(both(a, b, 'left'), { name: 'left' });
  yield* spawn(both(b, a, 'right'), { name: 'right' });
}
`;

function checkReport(text: string): void {
  assert.match(text, /^.*#\d+ consumer.*waiting on jobs\.get\(\)/m);
  assert.match(text, /^.*#\d+ left.*waiting on b\.acquire\(\).*held by.*#\d+ right/m);
  assert.match(text, /^.*#\d+ right.*waiting on a\.acquire\(\).*held by.*#\d+ left/m);
  assert.match(text, /^.*#1 main.*waiting/m);
}

test('on a virtual clock is known at once: one report names each task, what it waits on and who holds it', () => {
  const a = new Lock({ name: 'a' });
  const b = new Lock({ name: 'b' });
  const jobs = new Queue<string>(Infinity, { name: 'jobs' });
  const log: string[] = [];
  const both = function* (first: Lock, second: Lock, name: string): Coroutine<void> {
    try {
      yield* first.acquire();
      yield* sleep(1);
      yield* second.acquire();
      log.push('WENT ON');
    } catch {
      log.push('CAUGHT');
    } finally {
      yield* sleep(2);
      log.push(`${name} cleaned up at ${yield* now()}`);
    }
  };
  const error = thrown(() =>
    virtually(function* () {
      yield* spawn(jobs.get(), { name: 'consumer' });
      yield* spawn(both(a, b, 'left'), { name: 'left' });
      yield* spawn(both(b, a, 'right'), { name: 'right' });
    }),
  );
  assert.instance(error, DeadlockError);
  assert.is(error.name, 'DeadlockError');
  checkReport(error.message);
  assert.equal(log, ['left cleaned up at 3', 'right cleaned up at 3']);
});

test('on the system clock is told when the process would end: the same report, exit code 1', async () => {
  const { code, out, err } = await program(`${crossed} run(program());`, { measured: true });
  assert.is(code, 1);
  assert.is(out, 'left cleaned up\nright cleaned up\n');
  assert.match(err, /DeadlockError/);
  checkReport(err);
});

test('on the system clock rejects what run returned, after the clean-ups', async () => {
  const { code, out, err } = await program(`${crossed}
    run(program()).then(null, (error) => { console.log(error instanceof DeadlockError, error.message.split('\\n').length); });`);
  assert.is(err, '');
  assert.is(out, 'left cleaned up\nright cleaned up\ntrue 5\n');
  assert.is(code, 0);
});

test('on a virtual clock in run is told at once, too, even while the host has work', async () => {
  const keepAlive = setInterval(() => {}, 1000);
  const start = performance.now();
  const error = await rejection(run(new Queue<number>().get(), { clock: new VirtualClock() }));
  clearInterval(keepAlive);
  assert.instance(error, DeadlockError);
  assert.ok(performance.now() - start < 5_000);
});

test('of a main that waits alone is told, whatever it waits on', () => {
  const queue = new Queue<number>(1);
  queue.putNowait(1);
  const lock = new Lock();
  const waits: [Awaitable<unknown>, RegExp][] = [
    [new Event({ name: 'bell' }).wait(), /bell\.wait\(\)/],
    [new Queue<number>(1, { name: 'jobs' }).get(), /jobs\.get\(\)/],
    [queue.put(2), /queue\.put\(2\)/],
    [new Semaphore(0).acquire(), /semaphore\.acquire\(\)/],
    [
      (function* () {
        yield* lock.acquire();
        yield* lock.acquire();
      })(),
      /lock\.acquire\(\).*held by.*main/,
    ],
    [sleep(Infinity), /sleep\(Infinity\)/],
    [suspend(() => {}), /suspend\(/],
    [new EventLoop().createFuture(), /Future/],
  ];
  for (const [wait, named] of waits) {
    const error = thrown(() =>
      virtually(function* () {
        yield* sleep(10);
        yield wait;
      }),
    );
    assert.instance(error, DeadlockError, String(wait));
    assert.match(error.message, named);
  }
});

// In processes of their own: what goes wrong in printing a circle may end the whole process.
test('of two tasks that join each other is told, and names both', async () => {
  const { code, out, err } = await program(`${crossed}
    const tasks = [];
    try {
      runSync((function* () {
        tasks.push(
          yield* spawn((function* () { yield* join(tasks[1]); })(), { name: 'one' }),
          yield* spawn((function* () { yield* join(tasks[0]); })(), { name: 'two' }),
        );
      })());
    } catch (error) { console.log(error instanceof DeadlockError, error.message); }`);
  assert.is(err.slice(0, 1000), '');
  assert.is(code, 0);
  assert.match(out, /^true/);
  assert.match(out, /#2 one.*waiting on.*#3 two/);
  assert.match(out, /#3 two.*waiting on.*#2 one/);
});

test('of two tasks that cancel each other in their clean-ups is told', async () => {
  const { code, out, err } = await program(`${crossed}
    const both = [];
    const body = function* (me) {
      try { yield* sleep(10); yield* cancel(both[1 - me]); } finally { yield* cancel(both[1 - me]); }
    };
    try {
      runSync((function* () { both.push(yield* spawn(body(0)), yield* spawn(body(1))); })());
    } catch (error) { console.log(error.name); }`);
  assert.is(err.slice(0, 1000), '');
  assert.is(code, 0);
  assert.is(out, 'DeadlockError\n');
});

test('of a ring of joins, short or long, is told in short lines and in no time', async () => {
  const { code, out, err, ms } = await program(`${crossed}
    for (const n of [3, 10, 100, 1000]) {
      const event = new Event(), tasks = [];
      try {
        runSync((function* () {
          for (let i = 0; i < n; i++) tasks.push(yield* spawn((function* () { yield* event.wait(); yield* join(tasks[(i + 1) % n]); })(), { name: 't' + i }));
          event.set();
        })());
      } catch (error) {
        const lines = error.message.split('\\n');
        const named = new RegExp('t' + (n - 1) + ' .*waiting on.*#2 t0\\\\b').test(error.message);
        console.log(n, error.name, lines.length > n, Math.max(...lines.map((line) => line.length)) < 300, named);
      }
    }`);
  assert.is(err.slice(0, 500), '');
  assert.is(out, [3, 10, 100, 1000].map((n) => `${n} DeadlockError true true true\n`).join(''));
  assert.is(code, 0);
  assert.ok(ms < 60_000);
});

test('whose tasks wait for each other can be printed', async () => {
  const { code, out, err } = await program(`${crossed}
    const { inspect } = await import('node:util');
    const tasks = [];
    runSync((function* () {
      for (const i of [0, 1, 2]) tasks.push(yield* spawn((function* () { yield tasks[(i + 1) % 3]; })(), { name: 't' + i, daemon: true }));
      yield* sleep(1);
      for (const task of tasks) { console.log(String(task)); console.log(inspect(task)); }
    })());`);
  assert.is(err.slice(0, 500), '');
  assert.is(code, 0);
  assert.is(out.trim().split('\n').length, 6);
  assert.match(out, /^<Task #2 t0 waiting on .*#3 t1/);
});

test('of a child that joins its owner is told', () => {
  const error = thrown(() =>
    virtually(function* () {
      yield* spawn(
        (function* () {
          const owner = yield* currentTask();
          yield* spawn(
            (function* () {
              yield* join(owner);
            })(),
            { name: 'child' },
          );
        })(),
        { name: 'owner' },
      );
    }),
  );
  assert.instance(error, DeadlockError);
  assert.match(error.message, /owner.*waiting on its children/);
  assert.match(error.message, /child.*waiting on.*owner/);
});

test('closes all tasks: their finally blocks run, whole, and no catch', () => {
  const log: string[] = [];
  const event = new Event();
  const body = function* (name: string): Coroutine<void> {
    while (true) {
      try {
        yield* event.wait();
      } catch {
        log.push('CAUGHT');
      } finally {
        yield* sleep(10);
        yield* yieldNow();
        log.push(name);
      }
    }
  };
  const error = thrown(() =>
    virtually(function* () {
      yield* spawn(body('a'));
      yield* spawn(body('b'), { daemon: true });
      yield* spawn(body('c'), { detached: true });
      yield* body('main');
    }),
  );
  assert.instance(error, DeadlockError);
  assert.equal(log.sort(), ['a', 'b', 'c', 'main']);
});

test('of the clean-ups, too, does not hang the program', () => {
  const event = new Event();
  const error = thrown(() =>
    virtually(function* () {
      try {
        yield* event.wait();
      } finally {
        yield* event.wait();
      }
    }),
  );
  assert.match(String(error) + String((error as AggregateError).errors ?? ''), /DeadlockError/);
});

test('of clean-ups that wait in frames below, each anew, does not hang the program', () => {
  const event = new Event();
  const level = function* (n: number): Coroutine<void> {
    try {
      yield n > 0 ? level(n - 1) : event.wait();
    } finally {
      yield* event.wait();
    }
  };
  const error = thrown(() => runSync(level(5)));
  assert.match(String(error), /DeadlockError/);
});

test('of the clean-ups of a cancelled program does not hang it', async () => {
  const { code, err } = await program(`${crossed}
    const event = new Event({ name: 'never' });
    const task = run((function* () { try { yield* sleep(600_000); } finally { yield* event.wait(); } })());
    setTimeout(() => task.cancel('enough'), 10);`);
  assert.is(code, 1);
  assert.match(err, /DeadlockError/);
  assert.match(err, /never\.wait\(\)/);
});

test('of the clean-ups on the system clock does not hang the program', async () => {
  const { code, err } = await program(`${crossed}
    const event = new Event({ name: 'never' });
    run((function* () {
      yield* spawn((function* () { try { yield* event.wait(); } finally { yield* event.wait(); } })(), { name: 'child' });
      try { yield* event.wait(); } finally { yield* event.wait(); }
    })());`);
  assert.is(code, 1);
  assert.match(err, /DeadlockError/);
  assert.match(err, /child.*waiting on never\.wait\(\)/);
});

test('behind a shield does not hang the program', () => {
  const error = thrown(() =>
    virtually(function* () {
      yield* shield(new Event({ name: 'bell' }).wait());
    }),
  );
  assert.instance(error, DeadlockError);
  assert.match(error.message, /bell\.wait\(\)/);
});

test('of a promise that never settles is told when the process would end, and names it', async () => {
  const { code, err } = await program(
    `${crossed}
    run((function* () { yield* spawn(fromPromise(new Promise(() => {})), { name: 'dreamer' }); yield new Promise(() => {}); })());`,
    { measured: true },
  );
  assert.is(code, 1);
  assert.match(err, /DeadlockError/);
  assert.match(err, /#2 dreamer.*waiting on fromPromise\(.*Promise/);
  assert.match(err, /#1 main.*waiting on.*Promise/);
});

test('of a callback that nobody will call is told when the process would end', async () => {
  const { code, err } = await program(`${crossed} run(suspend(() => {}), { name: 'deaf' });`);
  assert.is(code, 1);
  assert.match(err, /deaf.*waiting on suspend\(/);
});

test('of a promise that never settles does not hold a virtual clock for ever: its sleepers go on when the host is idle', async () => {
  const { code, out } = await program(`${crossed}
    const { VirtualClock } = await import('treadle/testing');
    run((function* () {
      yield* spawn(fromPromise(new Promise(() => {})), { daemon: true });
      yield* sleep(3_600_000);
      return 'an hour later';
    })(), { clock: new VirtualClock() }).then(console.log);`);
  assert.is(out, 'an hour later\n');
  assert.is(code, 0);
});

// ---- what is no deadlock

test('is not raised while one task sleeps and the others wait for it', () => {
  const queue = new Queue<number>();
  assert.is(
    virtually(function* () {
      const consumer = yield* spawn(queue.get());
      yield* sleep(1e9);
      yield* queue.put(5);
      return yield* consumer;
    }),
    5,
  );
});

test('is not raised for daemons that wait for ever', async () => {
  const body = function* (): Coroutine<string> {
    yield* spawn(new Queue<number>().get(), { daemon: true });
    yield* sleep(1);
    return 'fine';
  };
  assert.is(runSync(body()), 'fine');
  assert.is(await run(body()), 'fine');
});

test('is not raised when a consumer is fed by the handler of an HTTP server after idle time', async () => {
  const { code, out, err, ms } = await program(`${crossed}
    const { createServer } = await import('node:http');
    const { spawn: start } = await import('node:child_process');
    const queue = new Queue();
    const server = createServer((incoming, response) => { queue.putNowait(incoming.url); response.end('ok'); });
    server.listen(0, '127.0.0.1', () => {
      // A client in a process of its own: nothing in this one but the server keeps it alive.
      const client = start(process.execPath, ['-e', 'setTimeout(() => fetch("http://127.0.0.1:' + server.address().port + '/fed"), 1000)'], { stdio: 'ignore' });
      client.unref();
    });
    run((function* () {
      const consumer = yield* spawn(queue.get(), { name: 'consumer' });
      console.log(yield* consumer);
      server.close();
      server.closeAllConnections();
    })());`);
  assert.is(err, '');
  assert.is(out, '/fed\n');
  assert.is(code, 0);
  assert.ok(ms > 1000);
});

test('is not raised while a timer of the host can still wake somebody', async () => {
  const { code, out, err } = await program(`${crossed}
    const queue = new Queue();
    setTimeout(() => queue.putNowait('from a timer'), 300);
    run(queue.get()).then(console.log);`);
  assert.is(err, '');
  assert.is(out, 'from a timer\n');
  assert.is(code, 0);
});

test('is not raised when another listener of beforeExit wakes somebody, whoever was first', async () => {
  for (const [before, after] of [
    ['', 'listen();'],
    ['listen();', ''],
  ]) {
    for (const wake of [
      "queue.putNowait('woken')",
      "setTimeout(() => queue.putNowait('woken'), 50)",
      "Promise.resolve().then(() => queue.putNowait('woken'))",
      "setImmediate(() => setImmediate(() => queue.putNowait('woken')))",
    ]) {
      const { code, out, err } = await program(`${crossed}
        const queue = new Queue();
        const listen = () => process.once('beforeExit', () => { ${wake}; });
        ${before}
        run(queue.get()).then(console.log);
        ${after}`);
      assert.is(err, '', wake);
      assert.is(out, 'woken\n', wake);
      assert.is(code, 0, wake);
    }
  }
});

test('is told again when tasks are woken once and wait for ever afterwards', async () => {
  const { code, err } = await program(`${crossed}
    const queue = new Queue(Infinity, { name: 'jobs' });
    process.once('beforeExit', () => queue.putNowait('one'));
    run((function* () { yield* queue.get(); yield* queue.get(); })());`);
  assert.is(code, 1);
  assert.match(err, /jobs\.get\(\)/);
});

test('of one loop is no deadlock of another that waits for it through a promise', async () => {
  const { code, out, err } = await program(`${crossed}
    const inner = run(new Event({ name: 'inner bell' }).wait(), { name: 'inner' });
    const outer = run((function* () {
      try { yield inner.then(); } catch (error) { console.log('outer caught', error.message.includes('inner bell'), error.message.includes('outer')); }
      return 'outer ends well';
    })(), { name: 'outer' });
    outer.then(console.log);`);
  assert.is(err, '');
  assert.is(out, 'outer caught true false\nouter ends well\n');
  assert.is(code, 0);
});

test('of an older loop whose newer one waits for it through a promise is told to the newer one by that promise', async () => {
  const { code, out, err } = await program(`${crossed}
    const outer = run((function* () {
      yield* sleep(1);
      try { yield run(new Event({ name: 'inner bell' }).wait(), { name: 'inner' }).then(); } catch (error) { console.log('outer caught', error.message.includes('inner bell')); }
      return 'outer ends well';
    })(), { name: 'outer' });
    outer.then(console.log);`);
  assert.is(err, '');
  assert.is(out, 'outer caught true\nouter ends well\n');
  assert.is(code, 0);
});

test('of a loop that runs for ever goes to onError; one without tasks ends in peace', async () => {
  const stuck = await program(`${crossed}
    const loop = new EventLoop({ onError: (error, where) => console.log(error.name, where) });
    loop.createTask(new Event().wait());
    loop.runForever();`);
  assert.match(stuck.out, /^DeadlockError /);
  const empty = await program(`${crossed} new EventLoop().runForever();`, { measured: true });
  assert.is(empty.out + empty.err, '');
  assert.is(empty.code, 0);
});

test('leaves no listener on the process when the loop is over', async () => {
  const before = process.listenerCount('beforeExit');
  for (let i = 0; i < 20; i++) await run(sleep(1));
  await Promise.all(Array.from({ length: 20 }, () => run(sleep(1))));
  assert.is(process.listenerCount('beforeExit'), before);
});

test('is not raised by a program that ends: nothing is printed, exit code 0', async () => {
  const { code, out, err } = await program(
    `${crossed} run((function* () { yield* spawn(sleep(20)); yield* sleep(5); })());`,
  );
  assert.is(out + err, '');
  assert.is(code, 0);
});

test('is an error like others for a task that waits for a promise of the same program', async () => {
  const value = await run(
    (function* () {
      return yield* fromPromise(delay(50, 'late'));
    })(),
  );
  assert.is(value, 'late');
});

test('whose clean-up was given up for lost and goes on after all ends once', async () => {
  const { code, out, err } = await program(`
    import { run, sleep, spawn, suspend } from 'treadle';
    let goOn, alive;
    run((function* () {
      yield* spawn((function* () {
        try {
          yield* sleep(Infinity);
        } finally {
          yield* suspend((resume) => { goOn = resume; });
          console.log('cleaned up');
          clearInterval(alive);
        }
      })());
    })()).then(undefined, (error) => {
      console.log(error.name);
      alive = setInterval(() => {}, 1_000);
      setImmediate(goOn);
    });
  `);
  assert.is(err, '');
  assert.is(code, 0);
  assert.is(out, 'DeadlockError\ncleaned up\n');
});

// ---- several loops that share what belongs to none of them

const virtual = () => ({ clock: new VirtualClock() });

test('is not raised on a virtual clock while another loop can still wake somebody: a queue, a lock, an event', async () => {
  const queue = new Queue<string>();
  const lock = new Lock();
  const event = new Event();
  const waits: Awaitable<unknown>[] = [queue.get(), lock.acquire(), event.wait()];
  for (const clock of [new VirtualClock(), undefined]) {
    const holder = run(
      (function* () {
        yield* lock.acquire();
        yield* sleep(20);
        yield* queue.put('fed');
        lock.release();
        event.set();
        yield* sleep(1);
        return 'over';
      })(),
      { clock },
    );
    const waiting = waits.map((wait) => run(wait, virtual()));
    assert.equal((await Promise.all(waiting))[0], 'fed');
    assert.is(await holder, 'over');
    if (lock.locked) lock.release();
    event.clear();
  }
});

test('is not raised on a virtual clock while another loop waits for the outside, or has only callbacks to call', async () => {
  const queue = new Queue<string>();
  const outside = run(
    (function* () {
      yield delay(20);
      yield* queue.put('from outside');
    })(),
    virtual(),
  );
  assert.is(await run(queue.get(), virtual()), 'from outside');
  await outside;
  const loop = new EventLoop();
  loop.callLater(20, () => queue.putNowait('from a callback'));
  loop.runForever();
  assert.is(await run(queue.get(), virtual()), 'from a callback');
  loop.stop();
});

test('on a virtual clock is told as soon as the other loops are over, even while the host has work', async () => {
  const keepAlive = setInterval(() => {}, 1000);
  const event = new Event({ name: 'bell' });
  const other = run(sleep(20));
  const error = await rejection(run(event.wait(), virtual()));
  assert.instance(error, DeadlockError);
  assert.match(error.message, /bell\.wait\(\)/);
  assert.is(other.state, 'succeeded');
  clearInterval(keepAlive);
});

test('on a virtual clock is told at once beside a loop that has nothing to do', async () => {
  const keepAlive = setInterval(() => {}, 1000);
  const idle = new EventLoop();
  idle.runForever();
  assert.instance(await rejection(run(new Event().wait(), virtual())), DeadlockError);
  idle.stop();
  clearInterval(keepAlive);
});

test('of two loops with virtual clocks that wait for each other is told to both', async () => {
  const [a, b] = [new Queue<number>(Infinity, { name: 'a' }), new Queue<number>(Infinity, { name: 'b' })];
  const program = function* (mine: Queue<number>, other: Queue<number>): Coroutine<void> {
    yield* mine.get();
    yield* other.put(1);
  };
  const both = [run(program(a, b), virtual()), run(program(b, a), virtual())];
  for (const [i, name] of ['a', 'b'].entries()) {
    const error = await rejection(both[i]!);
    assert.instance(error, DeadlockError);
    assert.match(error.message, new RegExp(`${name}\\.get\\(\\)`));
  }
});

test('on the system clock is not told of a loop whose channel is fed by a virtual clock that only waits for the host', async () => {
  for (const order of ['receiver(); sender();', 'sender(); receiver();']) {
    const { code, out, err } = await program(`${crossed}
      const { Channel } = await import('treadle');
      const { VirtualClock } = await import('treadle/testing');
      const channel = new Channel();
      const receiver = () => run(channel.receive()).then(({ value }) => console.log(value));
      const sender = () => run((function* () {
        yield* spawn(fromPromise(new Promise(() => {})), { daemon: true });
        yield* sleep(3_600_000);
        yield* channel.send('fed');
      })(), { clock: new VirtualClock() });
      ${order}`);
    assert.equal([err, out, code], ['', 'fed\n', 0], order);
  }
});

// ---- values that are hard to look at

test('of a task that puts an array that contains itself, or a value that cannot be looked at, is told', () => {
  const ring: unknown[] = [];
  ring.push(ring, [ring]);
  const { proxy, revoke } = Proxy.revocable([], {});
  revoke();
  for (const value of [ring, proxy, [proxy], { ring }]) {
    const error = thrown(() =>
      virtually(function* () {
        const jobs = new Queue<unknown>(1, { name: 'jobs' });
        yield* jobs.put(1);
        yield* jobs.put(value);
      }),
    );
    assert.instance(error, DeadlockError);
    assert.match(error.message, /jobs\.put\(/);
  }
});

// ---- what becomes of the tasks

test('aborts the signals of the tasks that it closes, before their clean-ups', () => {
  const log: string[] = [];
  thrown(() =>
    virtually(function* () {
      const signal = yield* abortSignal();
      signal.addEventListener('abort', () => log.push('aborted'));
      try {
        yield* new Event().wait();
      } finally {
        log.push(`clean-up, aborted: ${signal.aborted}`);
      }
    }),
  );
  assert.equal(log, ['aborted', 'clean-up, aborted: true']);
});

test('of the clean-ups within a combinator does not hang the program, and a late end of them disturbs nobody', async () => {
  const { code, out, err } = await program(`${crossed}
    const { all } = await import('treadle');
    const event = new Event();
    const goOn = [];
    let clean = 0, alive;
    const stuck = function* () {
      try {
        yield* event.wait();
      } finally {
        yield* suspend((resume) => { goOn.push(resume); });
        console.log('clean');
        if (++clean === 2) clearInterval(alive);
      }
    };
    run((function* () { yield* all([stuck(), stuck()]); })()).then(undefined, (error) => {
      console.log(error.name);
      alive = setInterval(() => {}, 1_000);
      for (const resume of goOn) setImmediate(resume);
    });`);
  assert.equal([err, out, code], ['', 'DeadlockError\nclean\nclean\n', 0]);
});

test.run();
