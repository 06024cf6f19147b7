// Debug mode: what it warns of, what it leaves alone, and that nothing of it stays when the loop is over.
import { spawn as start } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  all,
  cancel,
  coroutine,
  EventLoop,
  join,
  Lock,
  map,
  Queue,
  race,
  retry,
  run,
  runSync,
  shield,
  sleep,
  spawn,
  taskGroup,
  timeout,
  yieldNow,
} from 'treadle';
import type { Coroutine } from 'treadle';
import { VirtualClock } from 'treadle/testing';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Effect } from '../../lib/kernel/effect.ts';
import { Trampoline } from '../../lib/kernel/trampoline.ts';
import { caught } from '../aid.ts';

const debug = suite('debug mode');

const page = coroutine('page', function* (n: number): Coroutine<number> {
  yield* sleep(n);
  return n;
});

/** The warnings of a program. */
function warnings(main: () => Coroutine<unknown>): string[] {
  const told: string[] = [];
  runSync(main(), { debug: (warning) => told.push(warning) });
  return told;
}

const HERE = String.raw`debug\.spec\.ts:\d+:\d+$`;

debug('tells of an effect that was made and never yielded, with the line that made it', () => {
  const told = warnings(function* () {
    sleep(3);
    page(5);
    yield* sleep(1);
  });
  assert.is(told.length, 2);
  assert.match(told[0]!, new RegExp(`^sleep\\(3\\) was made and never yielded, at .*${HERE}`));
  assert.match(told[1]!, new RegExp(`^page\\(5\\) was made and never yielded, at .*${HERE}`));
});

debug('names the line itself, not one near it', () => {
  const line = () => Number(/:(\d+):\d+\)?$/.exec(new Error().stack!.split('\n')[2]!)![1]);
  let made = 0;
  const told = warnings(function* () {
    made = line() + 1;
    sleep(3);
    yield* yieldNow();
  });
  assert.match(told[0]!, `:${made}:`);
});

debug('an effect within another one that is not yielded is told once, with that one', () => {
  const told = warnings(function* () {
    spawn(page(5));
    all([page(1), timeout(5, page(2))]);
    yield* yieldNow();
  });
  assert.equal(
    told.map((warning) => warning.replace(/, at .*/, '')),
    ['spawn(page(5)) was made and never yielded', 'all([page(1), timeout(5, page(...))]) was made and never yielded'],
  );
});

debug('has nothing to say of a program that yields what it makes, in whatever way', () => {
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

debug('tells early of an effect that was collected, and does not keep it alive', async () => {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  const told: string[] = [];
  await run(
    (function* () {
      (() => {
        sleep(12345);
      })();
      for (let i = 0; i < 100 && told.length === 0; i++) {
        gc();
        yield* sleep(5);
      }
      assert.is(told.length, 1, 'while the program runs');
    })(),
    { debug: (warning) => told.push(warning) },
  );
  assert.match(told[0]!, 'sleep(12345) was made and never yielded');
  assert.is(told.length, 1, 'and not once more at the end');
});

debug('says in the path of an error where the tasks were spawned', () => {
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

debug('refuses a coroutine that is run twice', () => {
  const told = warnings(function* () {
    const once = (function* () {
      yield* sleep(1);
    })();
    const first = yield* spawn(once);
    const second = yield* spawn(once);
    yield* first;
    assert.match(String(yield* caught(second)), 'InvalidStateError: this coroutine was run before');
  });
  assert.equal(told, []);
});

debug('tells of a step that took longer than 100 ms', () => {
  const told = warnings(function* () {
    for (const end = performance.now() + 120; performance.now() < end;);
    yield* yieldNow();
  });
  assert.is(told.length, 1);
  assert.match(told[0]!, /^a step of <Task #1 main .*> took 1\d\d ms: nothing else could run meanwhile$/);
});

debug('is for the loop that wants it, and leaves nothing behind', () => {
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

debug('two loops at the same time are each told of their own', () => {
  const told: string[][] = [[], []];
  for (const i of [0, 1]) {
    const loop = new EventLoop({
      clock: new VirtualClock(),
      debug: (warning) => told[i]!.push(warning.replace(/, at .*/, '')),
    });
    loop.runUntilComplete(
      (function* () {
        sleep(i + 1);
        yield* sleep(10);
      })(),
    );
  }
  return new Promise<void>((resolve) => setTimeout(resolve, 20)).then(() => {
    assert.equal(told, [['sleep(1) was made and never yielded'], ['sleep(2) was made and never yielded']]);
  });
});

debug('TREADLE_DEBUG=1 turns it on, and prints the warnings; 0 does not', async () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const program = "import { run, sleep } from 'treadle'; run((function* () { sleep(7); yield* sleep(1); })());";
  const print = (value: string) =>
    new Promise<string>((resolve) => {
      const child = start(
        process.execPath,
        ['--import', './.build/typescript.mjs', '--input-type=module', '-e', program],
        { cwd: root, env: { ...process.env, TREADLE_DEBUG: value } },
      );
      let text = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
      child.on('close', (code) => resolve(`${code} ${text}`));
    });
  assert.match(await print('1'), /^0 treadle: sleep\(7\) was made and never yielded, at /);
  assert.is(await print('0'), '0 ');
  assert.is(await print(''), '0 ');
});

debug.run();
