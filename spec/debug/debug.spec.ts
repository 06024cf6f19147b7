// Debug mode: what it warns of, what it leaves alone, and that nothing of it stays when the loop is over.
import {
  all,
  Barrier,
  cancel,
  Channel,
  Condition,
  coroutine,
  Event,
  EventLoop,
  join,
  Lock,
  map,
  PriorityQueue,
  Queue,
  race,
  retry,
  run,
  runSync,
  Semaphore,
  shield,
  sleep,
  spawn,
  taskGroup,
  timeout,
  yieldNow,
} from 'treadle';
import type { Coroutine } from 'treadle';
import 'treadle/debug';
import { VirtualClock } from 'treadle/testing';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Effect } from '../../lib/kernel/effect.ts';
import { Trampoline } from '../../lib/kernel/trampoline.ts';
import { watching } from '../../lib/loop/watching.ts';
import { collect } from '../support/collector.ts';
import { caught } from '../support/errors.ts';
import { delay } from '../support/host.ts';
import { lineHere } from '../support/lines.ts';
import { program } from '../support/programs.ts';

const test = suite('debug mode');

const page = coroutine('page', function* (n: number): Coroutine<number> {
  yield* sleep(n);
  return n;
});

/** Keeps the warnings, but for those of slow steps, which a busy machine makes of quick ones. */
const keep = (told: string[]) => (warning: string) => {
  if (!warning.startsWith('a step')) told.push(warning);
};

/** The warnings of a program. */
function warnings(main: () => Coroutine<unknown>): string[] {
  const told: string[] = [];
  runSync(main(), { debug: keep(told) });
  return told;
}

const HERE = String.raw`debug\.spec\.ts:\d+:\d+$`;

test('tells of an effect that was made and never yielded, with the line that made it', () => {
  const told = warnings(function* () {
    sleep(3);
    page(5);
    yield* sleep(1);
  });
  assert.is(told.length, 2);
  assert.match(told[0]!, new RegExp(`^sleep\\(3\\) was made and never yielded, at .*${HERE}`));
  assert.match(told[1]!, new RegExp(`^page\\(5\\) was made and never yielded, at .*${HERE}`));
});

test('names the line itself, not one near it', () => {
  const line = () => Number(/:(\d+):\d+\)?$/.exec(new Error().stack!.split('\n')[2]!)![1]);
  let made = 0;
  const told = warnings(function* () {
    made = line() + 1;
    sleep(3);
    yield* yieldNow();
  });
  assert.match(told[0]!, `:${made}:`);
});

test('an effect within another one that is not yielded is told once, with that one', () => {
  const told = warnings(function* () {
    spawn(page(5));
    all([page(1), timeout(5, page(2))]);
    yield* yieldNow();
  });
  assert.equal(
    told.map((warning) => warning.replace(/, at .*/, '')),
    ['spawn(page(5)) was made and never yielded', 'all([page(1), timeout(5, page(2))]) was made and never yielded'],
  );
});

test('has nothing to say of a program that yields what it makes, in whatever way', () => {
  const told = warnings(function* () {
    const kept = sleep(1);
    yield* sleep(1);
    yield sleep(1);
    yield* kept;
    yield* kept;
    yield* all({ a: page(1), b: page(2) });
    yield* race([page(1), page(1000)]);
    yield* map([1, 2, 3], (n) => page(n), { concurrency: 2 });
    yield* retry(() => page(1));
    yield* shield(page(1));
    yield* timeout(1000, page(5));
    yield* taskGroup(function* (group) {
      yield* join(yield* group.spawn(page(1)));
    });
    const queue = new Queue<number>(1);
    const taker = yield* spawn(
      (function* () {
        for (let i = 0; i < 3; i++) yield* queue.get();
      })(),
    );
    for (let i = 0; i < 3; i++) yield* queue.put(i);
    yield* taker;
    yield* new Lock().with(page(1));
    const never = yield* spawn(page(1));
    yield* cancel(never); // before its first step
  });
  assert.equal(told, []);
});

test('tells early of an effect that was collected, and does not keep it alive', async () => {
  const told: string[] = [];
  await run(
    (function* () {
      (() => {
        sleep(12345);
      })();
      for (let i = 0; i < 100 && told.length === 0; i++) {
        collect();
        yield* sleep(5);
      }
      assert.is(told.length, 1, 'while the program runs');
    })(),
    { debug: keep(told) },
  );
  assert.match(told[0]!, 'sleep(12345) was made and never yielded');
  assert.is(told.length, 1, 'and not once more at the end');
});

test('says in the path of an error where the tasks were spawned', () => {
  let error: unknown;
  warnings(function* () {
    const failing = yield* spawn(
      (function* page(): Coroutine<void> {
        throw new Error('no');
      })(),
      { name: 'page' },
    );
    error = yield* caught(failing);
  });
  assert.match((error as Error).stack!, /in task page, spawned by main at .*debug\.spec\.ts:\d+:\d+/);
});

test('tells of a step that took longer than 50 ms, and how far it has come', () => {
  const told: string[] = [];
  let line = 0;
  const main = function* working() {
    for (const end = performance.now() + 60; performance.now() < end;);
    line = lineHere() + 1;
    yield* yieldNow();
    for (const end = performance.now() + 60; performance.now() < end;);
  };
  runSync(main(), { debug: (warning) => told.push(warning) });
  const [suspended, over] = told;
  const beginning = String.raw`^a step of #1 main took [1-9]\d+ ms: nothing else could run meanwhile`;
  assert.match(
    suspended!,
    new RegExp(String.raw`${beginning}\. It has come as far as\n {6}at working \(\S*:${line}:\d+\)$`),
  );
  assert.match(over!, new RegExp(`${beginning}$`));
});

test('is for the loop that wants it, and leaves nothing behind', () => {
  const before = [
    Object.getOwnPropertyNames(Effect.prototype),
    Trampoline.prototype._run,
    Trampoline.prototype._perform,
    Trampoline.prototype._ready,
  ];
  const told = warnings(function* () {
    runSync(
      (function* () {
        sleep(1);
        yield* sleep(2);
      })(),
    ); // within it, another program without it
    yield* yieldNow();
  });
  assert.equal(told, []);
  assert.equal(
    [
      Object.getOwnPropertyNames(Effect.prototype),
      Trampoline.prototype._run,
      Trampoline.prototype._perform,
      Trampoline.prototype._ready,
    ],
    before,
  );
  assert.equal(sleep(1), sleep(1));
});

test('two loops at the same time are each told of their own', () => {
  const told: string[][] = [[], []];
  for (const i of [0, 1]) {
    const loop = new EventLoop({
      clock: new VirtualClock(),
      debug: keep(told[i]!),
    });
    loop.runUntilComplete(
      (function* () {
        sleep(i + 1);
        yield* sleep(10);
      })(),
    );
  }
  return delay(20).then(() => {
    assert.equal(
      told.map((each) => each.map((warning) => warning.replace(/, at .*/, ''))),
      [['sleep(1) was made and never yielded'], ['sleep(2) was made and never yielded']],
    );
  });
});

test('has nothing to say of the effects that the engine keeps, such as those of a queue made in a task', () => {
  class Jobs extends Queue<number> {}
  const told = warnings(function* () {
    new Queue();
    new PriorityQueue<number>((n) => n);
    new Jobs();
    new Lock();
    new Semaphore(1);
    new Event();
    new Condition();
    new Barrier(2);
    new Channel();
    yield* yieldNow();
  });
  assert.equal(told, []);
});

test('of a program that keeps an effect in a class of its own, it tells the line', () => {
  const told = warnings(function* () {
    new (class Jobs {
      next = sleep(5);
    })();
    yield* yieldNow();
  });
  assert.match(told[0]!, new RegExp(`^sleep\\(5\\) was made and never yielded, at .*${HERE}`));
});

test('that is wanted and was not imported is an error at the call, which says what to do', () => {
  const refused = (start: () => unknown) =>
    assert.throws(
      start,
      (error: unknown) =>
        error instanceof TypeError &&
        error.message ===
          "the option debug needs debug mode: import 'treadle/debug' first (or start Node with --import treadle/debug)",
    );
  watching.debug = false;
  try {
    refused(() => run(page(1), { debug: true }));
    refused(() => runSync(page(1), { debug: () => {} }));
    refused(() => new EventLoop({ debug: true }));
    assert.is(runSync(page(1), { debug: false }), 1);
    assert.is(runSync(page(1), { debug: undefined }), 1);
  } finally {
    watching.debug = true;
  }
});

/**
 * What a program says, under Node with these arguments and environment: its exit code, its output, its warnings. With
 * arguments it is run as a user runs it, because 'treadle/debug' in them is the built package's.
 */
async function output(source: string, args: string[] = [], env: Record<string, string> = {}): Promise<string> {
  const built = args.length > 0 || env['NODE_OPTIONS'] !== undefined;
  const { code, out, err } = await program(source, {
    args,
    built,
    measured: !built,
    env: { TREADLE_DEBUG: '', ...env },
  });
  return `${code} ${out}${err}`.replace(/^treadle: a step.*\n(?: {6}at .*\n)*/gm, '');
}

const forgetful =
  "import { run, sleep } from 'treadle'; run((function* () { sleep(7); yield* sleep(1); })()).then(() => console.log('over'));";
const forgotten = /^0 over\ntreadle: sleep\(7\) was made and never yielded, at .*\n$/;

test('TREADLE_DEBUG=1 turns it on, and prints the warnings; 0 does not', async () => {
  assert.match(await output(forgetful, [], { TREADLE_DEBUG: '1' }), forgotten);
  assert.is(await output(forgetful, [], { TREADLE_DEBUG: '0' }), '0 over\n');
  assert.is(await output(forgetful), '0 over\n');
});

test('--import treadle/debug turns it on, on the command line and in NODE_OPTIONS', async () => {
  assert.match(await output(forgetful, ['--import', 'treadle/debug']), forgotten);
  assert.match(await output(forgetful, ['--import=treadle/debug']), forgotten);
  assert.match(
    await output(forgetful, [], {
      NODE_OPTIONS: '--max-http-header-size=9000 --import treadle/debug',
    }),
    forgotten,
  );
});

test('an import in the program turns it on only for loops that ask, and a loop can refuse what the host wants', async () => {
  assert.is(await output(`import 'treadle/debug'; ${forgetful}`), '0 over\n');
  assert.match(
    await output(`import 'treadle/debug'; ${forgetful.replace(')())', ')(), { debug: true })')}`),
    forgotten,
  );
  assert.is(await output(forgetful.replace(')())', ')(), { debug: false })'), [], { TREADLE_DEBUG: '1' }), '0 over\n');
});

test('that the environment wants is there before the first step, whatever the loop', async () => {
  const source = `
import { EventLoop, run, sleep, yieldNow } from 'treadle';
const forget = (n) => (function* () { sleep(n); yield* sleep(1); })();
const loop = new EventLoop();
loop.callSoon(() => console.log('called'));
loop.runUntilComplete(forget(1)).then(() => {
  const stopped = new EventLoop();
  stopped.createTask(forget(2));
  stopped.runForever();
  stopped.stop();
  run(forget(3), { debug: (warning) => console.log(warning.replace(/, at .*/, '')) });
});
console.log('started');`;
  const said = await output(source, [], { TREADLE_DEBUG: '1' });
  assert.match(
    said,
    /^0 started\ncalled\nsleep\(3\) was made and never yielded\ntreadle: sleep\(1\) was made .*\ntreadle: sleep\(2\) was made .*\n$/,
  );
});

test('that the environment wants comes too late for runSync, which says so once and runs the program', async () => {
  const source =
    "import { runSync, sleep } from 'treadle'; for (const n of [1, 2]) console.log(runSync((function* () { sleep(7); yield* sleep(n); return n; })()));";
  assert.is(
    await output(source, [], { TREADLE_DEBUG: '1' }),
    '0 1\n2\ntreadle: debug mode is loaded asynchronously, and a program that runs at once cannot wait for it: start Node with --import treadle/debug\n',
  );
  assert.match(
    await output(source, ['--import', 'treadle/debug']),
    /^0 1\n2\ntreadle: sleep\(7\) .*\ntreadle: sleep\(7\) .*\n$/,
  );
});

test('is not wanted where the environment may not be looked at, as in Deno without permission', async () => {
  const denied =
    "process.env = new Proxy(process.env, { get(env, name) { if (name === 'TREADLE_DEBUG') throw new Error('denied'); return env[name]; } });";
  const source = `${denied} ${forgetful.replace("import { run, sleep } from 'treadle';", "const { run, sleep } = await import('treadle');")}`;
  assert.is(await output(source, [], { TREADLE_DEBUG: '1' }), '0 over\n');
});

test('arguments and answers are looked at without calling anything of theirs', () => {
  const { warn } = console;
  const printed: unknown[] = [];
  console.warn = (...args: unknown[]) => void printed.push(args);
  let looked = 0;
  const shy = {
    get secret() {
      looked++;
      throw new Error('not to be looked at');
    },
  };
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  try {
    const told = warnings(function* () {
      const jobs = new Queue<unknown>();
      for (const job of [shy, [shy], proxy, { proxy }]) {
        yield* jobs.put(job);
        assert.is(yield* jobs.get(), job);
      }
      const taker = yield* spawn(jobs.get());
      yield* yieldNow();
      jobs.putNowait(proxy);
      assert.is(yield* taker, proxy);
      sleep(1); // debug mode still looks on
    });
    assert.is(told.length, 1, told.join('\n'));
    assert.match(told[0]!, 'sleep(1) was made and never yielded');
  } finally {
    console.warn = warn;
  }
  assert.is(looked, 0);
  assert.equal(printed, []);
});

test.run();
