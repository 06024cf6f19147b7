// Errors: kept until somebody joins, thrown where they are joined, never lost.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  all,
  call,
  CancelledError,
  coroutine,
  DeadlockError,
  InvalidStateError,
  join,
  QueueClosedError,
  run,
  runSync,
  sleep,
  spawn,
  TimeoutError,
  yieldNow,
} from 'treadle';
import type { Awaitable, Coroutine } from 'treadle';
import { caught, rejection, thrown } from '../support/errors.ts';
import { hostTurns } from '../support/host.ts';
import { program } from '../support/programs.ts';
import { virtualLoop, virtually } from '../support/virtual.ts';

const test = suite('errors');

test('are kept until somebody joins, and are thrown where they are joined, every time', () => {
  const wrong = new Error('wrong');
  virtually(function* () {
    const child = yield* spawn(
      (function* (): Coroutine<void> {
        throw wrong;
      })(),
    );
    yield* sleep(100);
    assert.is(yield* caught(child), wrong);
    assert.is(yield* caught(join(child)), wrong);
    assert.is(child.error(), wrong);
    assert.is(
      thrown(() => child.result()),
      wrong,
    );
  });
});

test('of a daemon are handled when somebody has seen them, in whatever turn its owner ends', () => {
  const wrong = new Error('wrong');
  const failing = function* (): Coroutine<never> {
    yield* sleep(5);
    throw wrong;
  };
  for (let turns = 0; turns < 4; turns++) {
    const handled = function* (): Coroutine<void> {
      const daemon = yield* spawn(failing(), { daemon: true });
      yield* spawn(caught(daemon));
      for (let turn = 0; turn < turns; turn++) yield* yieldNow();
      yield* sleep(5);
    };
    runSync(handled());
    const unseen = function* (): Coroutine<void> {
      yield* spawn(failing(), { daemon: true });
      for (let turn = 0; turn < turns; turn++) yield* yieldNow();
      yield* sleep(6);
    };
    assert.is(
      thrown(() => runSync(unseen())),
      wrong,
    );
  }
});

test('that are no errors are kept and thrown as they are: undefined, null, a string, a number, an object', () => {
  for (const wrong of [undefined, null, 'text', 0, NaN, false, { code: 1 }, Symbol('s')]) {
    const throwing = function* (): Coroutine<void> {
      yield* yieldNow();
      throw wrong;
    };
    const same = (error: unknown) => assert.ok(Object.is(error, wrong), `${String(error)} is not ${String(wrong)}`);
    same(thrown(() => runSync(throwing())));
    virtually(function* () {
      const child = yield* spawn(throwing());
      same(yield* caught(child));
      assert.is(child.state, 'failed');
      same(yield* caught(call(throwing())));
      same(yield* caught(coroutine('f', throwing)()));
    });
    const lost = function* (): Coroutine<void> {
      yield* spawn(throwing());
    };
    same(thrown(() => runSync(lost())));
  }
});

test('that are undefined reject the promise of main', async () => {
  assert.is(
    await rejection(
      run(
        (function* (): Coroutine<void> {
          yield* sleep(1);
          throw undefined;
        })(),
      ),
    ),
    undefined,
  );
});

test('keep their own stack and gain the path of tasks that they crossed', () => {
  const page = coroutine('page', function* (): Coroutine<void> {
    yield* sleep(1);
    throw new RangeError('no such page');
  });
  const crawl = coroutine('crawl', function* (): Coroutine<void> {
    yield* join(yield* spawn(page()));
  });
  const error = thrown(() =>
    virtually(function* () {
      yield* join(yield* spawn(crawl()));
    }),
  ) as Error;
  const lines = (error.stack as string).split('\n');
  assert.match(lines[0] as string, /^RangeError: no such page/);
  assert.ok(
    lines.some((line) => /errors\.spec/.test(line)),
    'its own stack',
  );
  const path = lines.filter((line) => /in task/.test(line));
  assert.is(path.length, 3, path.join('\n'));
  assert.match(path[0] as string, /in task page, spawned by crawl/);
  assert.match(path[1] as string, /in task crawl, spawned by main/);
  assert.match(path[2] as string, /in task main/);
});

test('gain the path through owners that did not join, too', () => {
  const error = thrown(() =>
    virtually(function* () {
      yield* spawn(
        (function* () {
          yield* spawn(
            (function* (): Coroutine<void> {
              yield* sleep(1);
              throw new Error('x');
            })(),
            { name: 'inner' },
          );
        })(),
        { name: 'outer' },
      );
    }),
  ) as Error;
  assert.match(
    error.stack as string,
    /in task inner, spawned by outer[^]*in task outer, spawned by main[^]*in task main/,
  );
});

test('that are frozen, sealed or have no writable stack pass as they are', () => {
  const frozen = Object.freeze(new Error('frozen'));
  const readonly = Object.defineProperty(new Error('readonly'), 'stack', { value: 'mine', writable: false });
  const hostile = Object.defineProperty(new Error('hostile'), 'stack', {
    get() {
      throw new Error('no');
    },
  });
  const none = Object.create(null) as object;
  const sealed = Object.seal({ a: 1 });
  for (const wrong of [frozen, readonly, hostile, none, sealed]) {
    assert.is(
      thrown(() =>
        virtually(function* () {
          yield* join(
            yield* spawn(
              (function* (): Coroutine<void> {
                throw wrong;
              })(),
            ),
          );
        }),
      ),
      wrong,
    );
  }
  assert.equal(Object.keys(none), []);
  assert.equal(Object.keys(sealed), ['a']);
});

test('that are objects without a stack are not given one', () => {
  const wrong = { code: 'E' };
  thrown(() =>
    virtually(function* (): Coroutine<void> {
      throw wrong;
    }),
  );
  assert.equal(wrong, { code: 'E' });
});

test('can be caught around a join, a call, a yield*, and the task goes on', () => {
  const throwing = function* (): Coroutine<number> {
    yield* sleep(1);
    throw new Error('x');
  };
  const n = virtually(function* () {
    let n = 0;
    for (const wait of [
      () => call(throwing()),
      () => throwing(),
      () => coroutine('f', throwing)(),
      () => all([throwing()]),
    ]) {
      try {
        yield wait();
      } catch {
        yield* sleep(1);
        n++;
      }
    }
    try {
      yield* throwing();
    } catch {
      n++;
    }
    try {
      yield* join(yield* spawn(throwing()));
    } catch {
      n++;
    }
    return n;
  });
  assert.is(n, 6);
});

test('say by their names what they are, and are errors', () => {
  for (const Kind of [CancelledError, TimeoutError, DeadlockError, QueueClosedError, InvalidStateError]) {
    const error = new Kind('message');
    assert.instance(error, Error);
    assert.is(error.message, 'message');
    assert.match(String(error), /^\w+Error: message$/);
    assert.is(String(error), `${error.name}: message`);
    assert.match(error.stack as string, new RegExp(`${error.name}|Error: message`));
    assert.not(Object.keys(error).includes('name'));
  }
  assert.is(new CancelledError('m', 'why').reason, 'why');
});

// ---- the failure of main

const failing = `import { run, runSync, spawn, sleep, EventLoop } from 'treadle';
function* fails() { yield* sleep(1); throw new RangeError('this went wrong'); }
`;

test('of a main that nobody awaits are as loud as an unhandled rejection: printed with the path, exit code 1', async () => {
  const { code, err } = await program(`${failing} run(fails()); setTimeout(() => console.log('NOT REACHED'), 2000);`);
  assert.is(code, 1);
  assert.match(err, /RangeError: this went wrong/);
  assert.match(err, /in task main/);
});

test('of a main that fails before its first wait are as loud', async () => {
  const { code, err } = await program(`${failing} run((function* () { throw new RangeError('this went wrong'); })());`);
  assert.is(code, 1);
  assert.match(err, /RangeError: this went wrong/);
});

test('of a main that nobody awaits reach the listeners of unhandledRejection', async () => {
  const { code, out } = await program(`${failing}
    process.on('unhandledRejection', (error) => console.log('unhandled:', error.message));
    run(fails());`);
  assert.is(out, 'unhandled: this went wrong\n');
  assert.is(code, 0);
});

test('of a child that nobody joined make a main that nobody awaits loud', async () => {
  const { code, err } = await program(`${failing} run((function* () { yield* spawn(fails()); yield* sleep(5); })());`);
  assert.is(code, 1);
  assert.match(err, /RangeError: this went wrong/);
});

test('of a task of an event loop that nobody joined are as loud', async () => {
  const { code, err } = await program(`${failing}
    const loop = new EventLoop();
    loop.createTask(fails());
    loop.runUntilComplete(sleep(20)).then(() => {});`);
  assert.is(code, 1);
  assert.match(err, /RangeError: this went wrong/);
});

test('of a main that is awaited, even if it fails in its first step, are not loud', async () => {
  const { code, out, err } = await program(`${failing}
    function* atOnce() { throw new RangeError('at once'); }
    for (const work of [atOnce, fails]) {
      try { await run(work()); } catch (error) { console.log('caught', error.message); }
      await run(work()).then(null, (error) => console.log('caught', error.message));
      await Promise.all([run(work())]).catch((error) => console.log('caught', error.message));
      (async () => run(work()))().catch((error) => console.log('caught', error.message));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }`);
  assert.is(err, '');
  assert.is(out, 'caught at once\n'.repeat(4) + 'caught this went wrong\n'.repeat(4));
  assert.is(code, 0);
});

test('of a main whose error was looked at by a callback are not loud', async () => {
  const { code, err, out } = await program(`${failing}
    run(fails()).addDoneCallback((task) => console.log(task.error().message));`);
  assert.is(err, '');
  assert.is(out, 'this went wrong\n');
  assert.is(code, 0);
});

test('of a main that was cancelled are not loud', async () => {
  const { code, err } = await program(`${failing}
    const task = run(sleep(10_000));
    setTimeout(() => task.cancel('enough'), 10);`);
  assert.is(err, '');
  assert.is(code, 0);
});

test('of runSync are thrown, and not loud besides', async () => {
  const { code, err, out } = await program(
    `${failing} try { runSync(fails()); } catch (error) { console.log(error.message); }`,
  );
  assert.is(err, '');
  assert.is(out, 'this went wrong\n');
  assert.is(code, 0);
});

// ---- errors that no task can receive

test('of callbacks are printed and make the exit code 1 when nobody listens, and the program goes on', async () => {
  const { code, err, out } = await program(`import { run, sleep } from 'treadle';
    const task = run((function* () { yield* sleep(5); return 'result'; })());
    task.addDoneCallback(function notify() { throw new Error('in the callback'); });
    task.then((value) => console.log('goes on with', value));`);
  assert.is(out, 'goes on with result\n');
  assert.match(err, /in the callback/);
  assert.match(err, /notify/);
  assert.is(code, 1);
});

test('of done callbacks of tasks go to onError, stop neither the others nor the loop', async () => {
  const reports: unknown[] = [];
  const log: string[] = [];
  const oops = new Error('oops');
  const loop = virtualLoop({ onError: (error) => reports.push(error) });
  await loop.runUntilComplete(
    (function* () {
      const child = yield* spawn(sleep(1));
      child.addDoneCallback(() => {
        throw oops;
      });
      child.addDoneCallback(() => log.push('other'));
      yield* child;
      yield* sleep(10);
      log.push('loop');
    })(),
  );
  assert.equal(reports, [oops]);
  assert.equal(log, ['other', 'loop']);
});

test('in an onError that throws itself do not stop the loop in silence', async () => {
  const { code, err, out } = await program(`import { run, sleep } from 'treadle';
    const task = run((function* () { yield* sleep(1); })(), { onError() { throw new Error('in onError'); } });
    task.addDoneCallback(() => { throw new Error('in the callback'); });
    task.then(() => console.log('done'));`);
  assert.ok(code !== 0 || out === 'done\n');
  assert.match(err + out, /in onError|done/);
});

test('thrown by a promise are thrown where it is yielded, and an unhandled one is not told twice', async () => {
  const { code, err, out } = await program(`import { run } from 'treadle';
    run((function* () { yield Promise.reject(new Error('rejected')); })());
    await run((function* () { try { yield Promise.reject(new Error('rejected')); } catch (error) { console.log('caught', error.message); } })());`);
  // Only the first is loud: nobody has asked how that task ended.
  assert.match(out, /^(caught rejected\n)?$/);
  assert.is((err.match(/Error: rejected/g) ?? []).length, 1);
  assert.is(code, 1);
});

test('of a coroutine function that is called with a wrong generator say what it must be', () => {
  const wrong = coroutine('wrong', (() => 42) as never);
  const error = thrown(() =>
    virtually(function* () {
      yield* (wrong as () => Awaitable<unknown> & Iterable<never>)();
    }),
  );
  assert.instance(error, TypeError);
  assert.match(error.message, /wrong.*generator function.*42/);
  assert.instance(
    thrown(() => coroutine(42 as never)),
    TypeError,
  );
  assert.instance(
    thrown(() => coroutine('name', undefined as never)),
    TypeError,
  );
});

test('of a coroutine function that throws before its first yield are thrown at the yield, not at the call', () => {
  const f = coroutine('f', function* (): Coroutine<void> {
    throw new Error('in the body');
  });
  const g = coroutine('g', ((x: { y: string }) => {
    throw new Error(`in the call of ${x}`);
  }) as never);
  f();
  assert.is((runSync(caught(f())) as Error).message, 'in the body');
  assert.match((runSync(caught((g as () => never)())) as Error).message, /in the call/);
});

test('that are unhandled in one loop do not stop another', async () => {
  const first = run(
    (function* () {
      yield* sleep(1);
      throw new Error('first');
    })(),
  );
  const second = run(
    (function* () {
      yield* sleep(10);
      return 'second';
    })(),
  );
  await rejection(first);
  assert.is(await second, 'second');
  await hostTurns();
});

test.run();
