import { EventEmitter } from 'node:events';
import { createServer } from 'node:http';
import {
  all,
  call,
  cancel,
  Channel,
  coroutine,
  currentTask,
  DeadlockError,
  ensure,
  fetch,
  forEach,
  fromCallback,
  fromPromise,
  join,
  Lock,
  map,
  now,
  on,
  once,
  Queue,
  race,
  random,
  retry,
  shield,
  sleep,
  sleepUntil,
  spawn,
  suspend,
  timeout,
  wait,
  yieldNow,
} from 'treadle';
import type { Coroutine, Task } from 'treadle';
import type { Instrument } from 'treadle/instruments';
import { fakeFetch, intercept, JournalError, record, replayJournal, VirtualClock } from 'treadle/testing';
import type { Recording, RecordOptions } from 'treadle/testing';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { program as runProgram } from '../../support/programs.ts';
import { listening } from '../../support/servers.ts';

const test = suite('record and replayJournal');

/** Notes what the tasks do until main is over, but not how the host interrupts them. */
function tracer(): Instrument & { readonly trace: string[] } {
  const trace: string[] = [];
  let over = false;
  const note = (text: string): void => {
    if (!over) trace.push(text);
  };
  return {
    trace,
    effectPerformed: (task, yielded) => note(`${task.id} ${task.name} ${String(yielded)}`),
    taskSuspended: (task) => note(`${task.id} waits`),
    taskWoken: (task) => note(`${task.id} woken`),
    taskOver: (task) => {
      note(`${task}`);
      over ||= task.id === 1;
    },
    cancelAsked: (task) => note(`${task.id} cancelled`),
    callbackBegins: () => note('callback'),
  };
}

/** The first place at which two traces differ, with what was before it. */
function compare(second: readonly string[], first: readonly string[], journal: unknown): void {
  const at = first.findIndex((line, index) => line !== second[index]);
  if (at < 0 && second.length === first.length) return;
  const end = at < 0 ? first.length : at;
  assert.unreachable(
    `after ${first.slice(Math.max(0, end - 5), end).join('; ')}: recorded ${first[end]}, replayed ${second[end]}\n${String(journal)}`,
  );
}

/** How a run ends: with its result, or its error as a text. */
const outcome = (work: () => unknown): unknown => {
  try {
    return { value: work() };
  } catch (error) {
    return { error: String(error) };
  }
};

/** Records the program and plays it back: the same end, and the same trace. Gives the recording and the end. */
async function twice<T>(
  program: () => Coroutine<T>,
  options: RecordOptions = {},
  meanwhile?: (recording: Recording<T>) => unknown,
): Promise<{ recording: Recording<T>; end: unknown }> {
  const [first, second] = [tracer(), tracer()];
  const recording = record(program(), { ...options, instruments: [first] }) as Recording<T>;
  void meanwhile?.(recording);
  await recording.task.then(
    () => {},
    () => {},
  );
  const end = outcome(() => recording.task.result());
  const { decode } = options;
  assert.equal(
    outcome(() => replayJournal(program(), `${recording}`, { instruments: [second], decode })),
    end,
    `${recording}`,
  );
  compare(second.trace, first.trace, recording);
  return { recording, end };
}

const after = <T>(ms: number, value: T): Promise<T> => new Promise((resolve) => setTimeout(resolve, ms, value));

test('a small crawl of a real server is played back without it, with the same trace', async () => {
  let requests = 0;
  const server = createServer((request, response) => {
    requests++;
    const links = { '/': '/a /b /c', '/a': '/b /d', '/b': '/a', '/c': '/missing' }[request.url!] ?? '';
    setTimeout(
      () => {
        response.statusCode = request.url === '/missing' ? 404 : 200;
        response.end(links);
      },
      3 * (requests % 3),
    );
  });
  const base = `http://127.0.0.1:${await listening(server)}`;
  function* program(): Coroutine<unknown[]> {
    const seen = new Map<string, unknown>();
    const lock = new Lock();
    const visit = coroutine('visit', function* (path: string): Coroutine<void> {
      if (seen.has(path)) return;
      seen.set(path, 'asked');
      const response = yield* timeout(5_000, fetch(base + path));
      let text = '';
      yield* forEach(response.chunks(), function* (piece) {
        text += new TextDecoder().decode(piece);
      });
      yield* lock.with(sleep(1 + Math.floor(2 * (yield* random()))));
      seen.set(path, [response.status, response.ok, response.url, response.headers.get('content-length'), text]);
      for (const link of text.split(' ').filter(Boolean)) yield* spawn(visit(link), { name: link });
    });
    yield* visit('/');
    const me = yield* currentTask();
    while (me.children.length > 0) yield* wait(me.children);
    return [...seen, yield* now()];
  }
  const first = tracer();
  const recording = record(program(), { instruments: [first] });
  const result = await recording.task;
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  assert.is(requests, 6);
  const { fetch: real } = globalThis;
  globalThis.fetch = () => assert.unreachable('the network is off') as never;
  try {
    const second = tracer();
    assert.equal(replayJournal(program(), `${recording}`, { instruments: [second] }), result);
    compare(second.trace, first.trace, recording);
    assert.equal(replayJournal(program(), recording.lines), result, 'also from lines');
  } finally {
    globalThis.fetch = real;
  }
});

test('every bridge from outside: promises, callbacks, suspend, once and on', async () => {
  const emitter = new EventEmitter();
  const target = new EventTarget();
  function* program(): Coroutine<unknown[]> {
    const got: unknown[] = [];
    got.push(yield* fromPromise(after(1, 'a promise')));
    got.push(yield* fromPromise(() => after(1, 'a function')));
    got.push(yield after(1, 'as it is'));
    got.push(yield* fromCallback<number>((callback) => void setTimeout(callback, 1, null, 5)));
    got.push(yield* suspend<string>((resume) => resume('at once')));
    got.push(yield* suspend<string>((resume) => void setTimeout(resume, 1, 'later')));
    got.push(yield* once(emitter, 'ready'));
    const events = yield* on<[number]>(emitter, 'data');
    for (let i = 0; i < 3; i++) got.push((yield* events.receive()).value);
    events.close();
    const ticks = yield* on<{ detail: number }>(target as never, 'tick');
    emitter.emit('wanted');
    got.push(((yield* ticks.receive()).value as { detail: number }).detail);
    for (const failing of [
      fromPromise(Promise.reject(new RangeError('no'))),
      fromCallback((callback) => void setTimeout(callback, 1, new Error('nor this'))),
      suspend((_resume, fail) => fail(new TypeError('at once'))),
    ]) {
      try {
        yield* failing;
      } catch (error) {
        got.push(String(error));
      }
    }
    return got;
  }
  emitter.once('wanted', () => setTimeout(() => target.dispatchEvent(new CustomEvent('tick', { detail: 7 })), 1));
  const pulse = setInterval(() => {
    emitter.emit('ready', 1, 2);
    emitter.emit('data', 1);
    emitter.emit('data', 2);
  }, 2);
  const encode = (value: object) => (value instanceof CustomEvent ? { detail: value.detail as unknown } : undefined);
  const { end } = await twice(program, { encode, decode: (stored) => stored });
  clearInterval(pulse);
  assert.equal((end as { value: unknown[] }).value, [
    'a promise',
    'a function',
    'as it is',
    5,
    'at once',
    'later',
    [1, 2],
    [1],
    [2],
    [1],
    7,
    'RangeError: no',
    'Error: nor this',
    'TypeError: at once',
  ]);
});

test('what the program answers and emits by itself comes by itself when it is played back', async () => {
  function* program(): Coroutine<unknown[]> {
    const emitter = new EventEmitter();
    const resumes: ((value: string) => void)[] = [];
    const waiting = yield* spawn(suspend<string>((resume) => void resumes.push(resume)));
    const heard = yield* spawn(once(emitter, 'event'));
    const events = yield* on<[number]>(emitter, 'data');
    yield* yieldNow();
    resumes[0]!('by a neighbour');
    emitter.emit('event', 'from within');
    emitter.emit('data', 5);
    return [yield* join(waiting), yield* join(heard), (yield* events.receive()).value];
  }
  const { end, recording } = await twice(program);
  assert.equal(end, { value: ['by a neighbour', ['from within'], [5]] });
  assert.is(recording.lines.filter((line) => line.includes('"inside":true')).length, 2);
});

test('time, timers, limits and chance are those of the recorded run', async () => {
  function* program(): Coroutine<unknown[]> {
    const got: unknown[] = [yield* now(), yield* random()];
    const start = yield* now();
    yield* all([sleep(3), sleep(1), sleepUntil(start + 2)]);
    got.push(yield* now());
    try {
      yield* timeout(2, sleep(5_000));
    } catch (error) {
      got.push(String(error));
    }
    let tries = 0;
    yield* retry(
      function* () {
        yield* yieldNow();
        if (++tries < 3) throw new Error('not yet');
      },
      { attempts: 3, delay: 1, jitter: 0.5 },
    );
    const slow = yield* spawn(sleep(5_000));
    got.push((yield* wait([slow], { timeout: 1 })).pending.length, yield* now());
    yield* cancel(slow);
    return got;
  }
  await twice(program);
  await twice(program, { clock: new VirtualClock() });
});

test('races of answers, timers and locks are the same ones', async () => {
  function* program(): Coroutine<unknown[]> {
    const order: unknown[] = [];
    const queue = new Queue<number>(2);
    const lock = new Lock();
    const worker = coroutine('worker', function* (n: number) {
      for (let i = 0; i < 6; i++) {
        yield* race([sleep(1), fromPromise(() => after(1 + ((i * n) % 3), i)), once(new EventEmitter(), 'never')]);
        yield* lock.with(queue.put(n * 10 + i));
        order.push(`${n} put ${i}`);
      }
    });
    const reader = coroutine('reader', function* () {
      for (let i = 0; i < 24; i++) order.push(yield* queue.get());
    });
    yield* all([worker(1), worker(2), worker(3), worker(4), reader()]);
    return order;
  }
  for (let round = 0; round < 3; round++) await twice(program);
});

test('cancellations from outside come at their moment: the signal, main, and a child', async () => {
  const log: unknown[] = [];
  function* program(): Coroutine<void> {
    yield* ensure(
      all([
        sleep(5_000),
        timeout(
          5_000,
          fromPromise(() => new Promise(() => {})),
        ),
        shield(sleep(8)),
        lasting(),
      ]),
      function* () {
        yield* sleep(1);
        log.push('clean');
      },
    );
  }
  const lasting = coroutine('lasting', function* () {
    try {
      yield* sleep(5_000);
    } finally {
      yield* fromPromise(() => after(2, 'slow clean-up'));
    }
  });
  const controller = new AbortController();
  await twice(program, { signal: controller.signal }, () => setTimeout(() => controller.abort('by the signal'), 4));
  await twice(program, {}, ({ task }) => setTimeout(() => task.cancel('by a timer'), 4));
  await twice(program, { signal: AbortSignal.abort('before it began') });
  await twice(program, {}, ({ task }) => task.cancel({ reason: 'at once' }));
  const both = (task: Task<unknown>) => () => {
    const [first, second] = task.children;
    second?.cancel('one');
    first?.cancel('two');
  };
  const { recording } = await twice(program, {}, ({ task }) => setTimeout(both(task), 4));
  assert.is(recording.lines.filter((line) => line.includes('"kind":"cancel"')).length, 2);
  assert.ok(log.length >= 4);
});

test('what comes while the host has its turn in the middle of a step comes there again', async () => {
  function* program(): Coroutine<number> {
    const stop = yield* spawn(fromPromise(() => after(3, 'stop')));
    const lock = new Lock();
    let rounds = 0;
    // Each answer is there at once: the step is interrupted by the host's turn, or ends after 100 of them.
    while (!stop.done) {
      yield* lock.acquire();
      lock.release();
      rounds++;
    }
    return rounds;
  }
  for (let round = 0; round < 5; round++) {
    const { recording } = await twice(program);
    if (recording.lines.some((line) => line.includes('"within":true'))) return;
  }
  assert.unreachable('no answer came in the middle of a step');
});

test('a cancellation in the middle of a step closes the task there again', async () => {
  const turns: number[] = [];
  function* program(): Coroutine<void> {
    const lock = new Lock();
    let rounds = 0;
    try {
      for (;;) {
        yield* lock.acquire();
        lock.release();
        rounds++;
      }
    } finally {
      turns.push(rounds);
    }
  }
  for (let round = 0; round < 3; round++) {
    const { end } = await twice(program, {}, ({ task }) => setTimeout(() => task.cancel('enough'), 3));
    assert.match(String((end as { error: string }).error), /CancelledError/);
    const [recorded, replayed] = turns.splice(0);
    assert.is(replayed, recorded);
  }
});

test('a failure is thrown again, and a deadlock found again', async () => {
  function* failing(): Coroutine<void> {
    yield* all([sleep(1), fromPromise(() => Promise.reject(new RangeError('broken')))]);
  }
  assert.match(String(((await twice(failing)).end as { error: string }).error), 'RangeError: broken');
  function* lost(): Coroutine<void> {
    yield* sleep(1);
    const task = yield* spawn(new Queue<number>(1, { name: 'jobs' }).get());
    try {
      yield* join(task);
    } finally {
      yield* sleep(1);
    }
  }
  // On a virtual clock it is found at once; on the system's when the process would end.
  const { end, recording } = await twice(lost, { clock: new VirtualClock() });
  assert.match(String((end as { error: string }).error), /DeadlockError: every task waits[^]*jobs\.get\(\)/);
  assert.is(recording.lines.filter((line) => line.includes('"deadlock"')).length, 1);
  assert.ok(recording.task.error() instanceof DeadlockError);
});

test('a deadlock on the system’s clock, which the host finds, is found again, also in debug mode', async () => {
  for (const TREADLE_DEBUG of [undefined, '1']) {
    const { code, out, err } = await runProgram(
      `
      import { ensure, Queue, sleep, spawn, suspend } from 'treadle';
      import { record, replayJournal } from 'treadle/testing';
      function* main() {
        yield* sleep(2);
        yield* spawn(ensure(new Queue(1, { name: 'jobs' }).get(), () => sleep(3)));
        yield* suspend(() => {});
      }
      const recording = record(main());
      recording.task.then(console.log, (first) => {
        try {
          replayJournal(main(), recording.lines);
        } catch (second) {
          console.log(second.name, second.message === first.message, second.message);
        }
      });
      `,
      { env: { TREADLE_DEBUG } },
    );
    assert.is(code, 0, err);
    assert.match(
      out,
      /^DeadlockError true every task waits[^]*#1 main waiting on suspend[^]*#2 ensure waiting on jobs\.get\(\)/,
    );
  }
});

test('a fake of the program’s own stays the program’s own', async () => {
  function* program(): Coroutine<unknown> {
    const pages = fakeFetch({ '/a': { text: 'a fake', delay: 1 } });
    const response = yield* intercept({ fetch: pages }, fetch('/a'));
    const passing = intercept(
      { fetch: (effect, next) => next(effect), fromPromise: (effect, next) => next(effect) },
      call(fromPromise(() => after(1, 'passed through two'))),
    );
    return [yield* response.text(), yield* intercept({ fromPromise: (effect, next) => next(effect) }, passing)];
  }
  const { end, recording } = await twice(program);
  assert.equal(end, { value: ['a fake', 'passed through two'] });
  assert.is(recording.lines.filter((line) => line.includes('"ask":"fromPromise')).length, 1);
});

test('many tasks, in map and through a channel, with promises that are settled already', async () => {
  function* program(): Coroutine<number> {
    const channel = new Channel<number>(5);
    const sum = yield* spawn(
      (function* () {
        let total = 0;
        yield* forEach(channel, function* (n) {
          total += n as number;
          if (total % 7 === 0) yield* sleep(0);
        });
        return total;
      })(),
    );
    yield* map(
      Array.from({ length: 200 }, (_, i) => i),
      function* (i) {
        const value = (yield Promise.resolve(i)) as number;
        yield* channel.send(value);
      },
      { concurrency: 20 },
    );
    channel.close();
    return yield* join(sum);
  }
  assert.equal((await twice(program)).end, { value: 19_900 });
});

test('an answer that is no data is an error at its yield, which names the effect; encode helps', async () => {
  class Point {
    readonly x: number;
    constructor(x: number) {
      this.x = x;
    }
  }
  const inline = () => suspend<unknown>((resume) => resume(new Point(1)));
  const later = () => fromPromise(() => after(1, new Point(2)));
  const program = (work: () => Coroutine<unknown>) =>
    function* (): Coroutine<unknown> {
      try {
        return yield* work();
      } catch (error) {
        assert.ok(error instanceof JournalError);
        return error.message;
      }
    };
  function* both(): Coroutine<unknown> {
    return [yield* inline(), yield* later()];
  }
  for (const [kind, work] of [
    ['suspend', inline],
    ['fromPromise', later],
  ] as const) {
    const { end } = await twice(program(() => work() as never));
    assert.match(
      String((end as { value: string }).value),
      `the journal cannot keep what ${kind} answered to #1 main: a Point is no data.`,
    );
  }
  const encode = (value: object) => (value instanceof Point ? { x: value.x } : undefined);
  const decode = (stored: unknown) => new Point((stored as { x: number }).x);
  const { end } = await twice(program(both), { encode, decode });
  assert.equal(end, { value: [new Point(1), new Point(2)] });
});

test('what woke a task in a way that no journal can repeat ends the journal, and not the run', async () => {
  const jobs = new Queue<number>(1, { name: 'jobs' });
  function* program(): Coroutine<unknown> {
    return [yield* jobs.get(), yield* sleep(1)];
  }
  const { warn } = console;
  const told: string[] = [];
  console.warn = (...args: unknown[]) => void told.push(args.join(' '));
  const recording = record(program());
  setTimeout(() => jobs.putNowait(5), 2);
  assert.equal(await recording.task, [5, undefined]);
  console.warn = warn;
  assert.match(
    told.join('\n'),
    /^treadle: the journal cannot be played back beyond step 2: #1 main was woken from outside/,
  );
  assert.throws(
    () => replayJournal(program(), `${recording}`),
    (error: unknown) =>
      error instanceof JournalError && /cannot go on: #1 main was woken from outside/.test(error.message),
  );
});

test('an event that is no data ends the journal, and the program receives it', async () => {
  const emitter = new EventEmitter();
  function* program(): Coroutine<unknown> {
    const events = yield* on<[unknown]>(emitter, 'socket');
    return typeof (yield* events.receive()).value?.[0];
  }
  const { warn } = console;
  const told: string[] = [];
  console.warn = (...args: unknown[]) => void told.push(args.join(' '));
  const recording = record(program());
  setTimeout(() => emitter.emit('socket', () => {}), 2);
  assert.is(await recording.task, 'function');
  console.warn = warn;
  assert.match(told.join('\n'), /cannot be played back beyond step \d+: the journal cannot keep what the event socket/);
  assert.throws(() => replayJournal(program(), recording.lines), /cannot go on: the journal cannot keep/);
});

test('a recorder that cannot write says so once, and keeps the run', async () => {
  const { warn } = console;
  const told: unknown[][] = [];
  console.warn = (...args: unknown[]) => void told.push(args);
  let lines = 0;
  const write = () => {
    if (++lines > 3) throw new Error('ENOSPC: no space left');
  };
  function* program(): Coroutine<string> {
    for (let i = 0; i < 5; i++) yield* sleep(1);
    return 'done';
  }
  const recording = record(program(), { write });
  assert.is(await recording.task, 'done');
  console.warn = warn;
  assert.is(told.length, 1);
  assert.match(String(told[0]), /the journal could not be written.*ENOSPC/);
  assert.equal(recording.lines, []);
  assert.is(lines, 4);
});

test('lines are given to write as they come, without line breaks', async () => {
  const lines: string[] = [];
  function* program(): Coroutine<string> {
    const text: string = yield* fromPromise(() => after(1, 'two\nlines'));
    assert.ok(lines.length >= 3, 'by now');
    return text;
  }
  const recording = record(program(), { write: (line) => lines.push(line), name: 'mine' });
  assert.is(await recording.task, 'two\nlines');
  assert.not(lines.some((line) => line.includes('\n')));
  assert.match(lines[0]!, '"main":"mine"');
  assert.is(replayJournal(program(), lines), 'two\nlines');
});

test('what is no program, or a wrong option, is refused at the call', () => {
  assert.throws(() => record(5 as never), /^5 cannot be recorded/);
  assert.throws(() => replayJournal(5 as never, ''), /^5 cannot be replayed/);
  assert.throws(() => record(sleep(1), { write: 5 as never }), /the option write of record takes a function, not 5/);
  assert.throws(() => record(sleep(1), { encode: 5 as never }), /the option encode of record/);
  assert.throws(() => replayJournal(sleep(1), '', { decode: 5 as never }), /the option decode of replayJournal/);
  assert.throws(() => replayJournal(sleep(1), 5 as never), /a journal is a text, or an iterable of its lines, not 5/);
});

test.run();
