// Journals that do not fit: cut, changed, of another program. Each is an error that names the place, and none hangs.
import { EventEmitter } from 'node:events';
import {
  all,
  coroutine,
  ensure,
  fromPromise,
  now,
  on,
  once,
  random,
  runSync,
  shield,
  sleep,
  spawn,
  suspend,
  timeout,
  yieldNow,
} from 'treadle';
import type { Coroutine } from 'treadle';
import { JournalError, record, replayJournal } from 'treadle/testing';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('a journal that does not fit');

const after = <T>(ms: number, value: T): Promise<T> => new Promise((resolve) => setTimeout(resolve, ms, value));

const log: string[] = [];
/** Asks for something of every kind. */
function* program(): Coroutine<unknown> {
  const got: unknown[] = [];
  const emitter = new EventEmitter();
  const pulse = setInterval(() => emitter.emit('data', 1), 1);
  try {
    got.push(yield* random());
    const child = coroutine('child', function* (n: number) {
      try {
        yield* sleep(1);
        return yield* fromPromise(() => after(1, { n, when: new Date(0) }));
      } finally {
        yield* sleep(1);
        log.push(`child ${n} is clean`);
      }
    });
    got.push(yield* all([child(1), child(2), timeout(5_000, child(3))]));
    const events = yield* on<[number]>(emitter, 'data');
    got.push((yield* events.receive()).value);
    const held = yield* spawn(sleep(5_000));
    yield* yieldNow();
    held.cancel();
    got.push(yield Promise.resolve('as it is'), yield* once(emitter, 'data'), yield* now());
    return got;
  } finally {
    clearInterval(pulse);
    log.push('clean');
  }
}
const recorded = (async () => {
  const recording = record(program());
  const value = await recording.task;
  return { lines: [...recording.lines], value };
})();

/** The error of a replay, which must be a journal's. */
function misfit(lines: readonly string[], work: () => Coroutine<unknown> = program): JournalError {
  try {
    replayJournal(work(), lines);
  } catch (error) {
    assert.instance(error, JournalError, String(error));
    return error as JournalError;
  }
  return assert.unreachable(`it fits:\n${lines.join('\n')}`) as never;
}

/** It ends, at any rate. True when it fits. */
function fitsOrNot(lines: readonly string[]): boolean {
  try {
    replayJournal(program(), lines);
    return true;
  } catch (error) {
    assert.instance(error, JournalError, String(error));
    return false;
  }
}

/** Numbered as if nothing had happened. */
const renumbered = (lines: readonly string[]): string[] =>
  lines.map((line, n) => (n === 0 ? line : JSON.stringify({ ...(JSON.parse(line) as object), n })));

test('fits as it is', async () => {
  const { lines, value } = await recorded;
  assert.ok(lines.length > 30, `${lines.length}`);
  assert.equal(replayJournal(program(), lines), value);
});

test('cut at any line, says at which step it ends, and the tasks clean up', async () => {
  const { lines } = await recorded;
  for (let length = 1; length < lines.length; length++) {
    log.length = 0;
    const error = misfit(lines.slice(0, length));
    assert.is(error.line, length + 1, error.message);
    assert.match(error.message, /does not fit its journal at step \d+.*the journal has no more lines/);
    assert.ok(log.includes('clean'), `cut after ${length} lines: ${error.message}`);
    const last = JSON.parse(lines[length - 1]!) as { step?: number };
    assert.ok((error.step ?? -1) >= (last.step ?? 0), error.message);
  }
});

test('with a line left out, or two swapped, names the line', async () => {
  const { lines } = await recorded;
  for (let at = 1; at < lines.length - 1; at++) {
    const error = misfit([...lines.slice(0, at), ...lines.slice(at + 1)]);
    assert.is(error.line, at + 1);
    assert.match(error.message, /a line is missing, or lines were moved/);
    const swapped = [...lines];
    [swapped[at], swapped[at + 1]] = [lines[at + 1]!, lines[at]!];
    assert.is(misfit(swapped).line, at + 1);
  }
});

test('with a line left out and the others numbered anew, is found out when it is played', async () => {
  const { lines } = await recorded;
  for (let at = 1; at < lines.length; at++) {
    const left = renumbered([...lines.slice(0, at), ...lines.slice(at + 1)]);
    // An event that nobody has received is not missed.
    if (lines[at]!.includes('"event"')) fitsOrNot(left);
    else assert.match(misfit(left).message, /at step \d+/, `without line ${at + 1}`);
  }
});

test('with two lines swapped and numbered anew, never hangs: it fits or says where not', async () => {
  const { lines } = await recorded;
  let misfits = 0;
  for (let at = 1; at < lines.length - 1; at++) {
    const swapped = [...lines];
    [swapped[at], swapped[at + 1]] = [lines[at + 1]!, lines[at]!];
    if (!fitsOrNot(renumbered(swapped))) misfits++;
  }
  // Two answers of the same moment may come in either order.
  assert.ok(misfits > lines.length / 2, `${misfits} of ${lines.length}`);
});

test('with a step, a task or a timer changed, is found out', async () => {
  const { lines } = await recorded;
  const change = (at: number, fields: object): string[] =>
    lines.map((line, n) => (n === at ? JSON.stringify({ ...(JSON.parse(line) as object), ...fields }) : line));
  for (let at = 1; at < lines.length; at++) {
    const { step, task, timer } = JSON.parse(lines[at]!) as { step: number; task?: string; timer?: number };
    // What comes from outside might have come a moment earlier or later: then it is the journal of another run.
    const check = /"(event|timer|of)":/.test(lines[at]!) ? fitsOrNot : misfit;
    check(change(at, { step: step + 1 }));
    check(change(at, { step: step - 1 }));
    misfit(change(at, { kind: 'other' }));
    // A timer is known by its number, and the time by its place.
    if (task !== undefined && timer === undefined && !/"(now|random)"/.test(lines[at]!))
      misfit(change(at, { task: '#99 x' }));
    if (timer !== undefined) misfit(change(at, { timer: timer + 50 }));
  }
});

test('of another program, names the step, the task, and what each of the two would do', async () => {
  const { lines } = await recorded;
  const others: [() => Coroutine<unknown>, RegExp][] = [
    [
      function* () {
        return yield* fromPromise(() => after(1, 'x'));
      },
      /at step 2, task #1 main \(line 2\): #1 main asks for fromPromise\(.*\), and the journal has at step 2: #1 main random/,
    ],
    [
      function* () {
        return yield after(1, 'x');
      },
      /asks for a Promise, and the journal has/,
    ],
    [
      function* () {
        yield* suspend(() => assert.unreachable('the world outside'));
      },
      /asks for suspend/,
    ],
    [
      function* () {
        return yield* on(new EventEmitter(), 'x');
      },
      /asks for on\(/,
    ],
    [
      function* () {
        yield* random();
        yield* random();
      },
      /asks for random\(\), and the journal has/,
    ],
    [
      function* () {
        yield* sleep(1);
      },
      /asks for now\(\), and the journal has at step 2: #1 main random/,
    ],
    [
      function* () {
        return 5;
      },
      /the program is over, succeeded, and the journal has at step 2: #1 main random/,
    ],
    [
      function* () {
        yield* random();
        throw new Error('another end');
      },
      /the program is over, failed, and the journal has/,
    ],
    [
      function* () {
        yield* random();
        for (let i = 0; i < 50; i++) yield* yieldNow();
      },
      /the program has not done it, and the journal has/,
    ],
  ];
  for (const [other, message] of others) assert.match(misfit(lines, other).message, message);
});

test('whatever the program does then, it ends: it catches the error, cleans up for ever, shields itself', async () => {
  const { lines } = await recorded;
  const stubborn: (() => Coroutine<unknown>)[] = [
    function* () {
      for (;;) {
        try {
          yield* fromPromise(() => after(1, 'x'));
        } catch {
          // again
        }
      }
    },
    function* () {
      try {
        yield* fromPromise(() => after(1, 'x'));
      } finally {
        for (;;) yield* yieldNow();
      }
    },
    function* () {
      yield* shield(sleep(Infinity));
    },
    function* () {
      yield* ensure(
        fromPromise(() => after(1, 'x')),
        function* () {
          yield* sleep(Infinity);
        },
      );
    },
    function* () {
      for (;;) yield* random();
    },
    function* () {
      const children = Array.from({ length: 100 }, () =>
        timeout(
          5,
          suspend(() => {}),
        ),
      );
      yield* all(children);
    },
  ];
  for (const other of stubborn) misfit(lines, other);
});

test('a journal without anything from outside knows its program by the number of steps', async () => {
  const turns = (count: number) =>
    function* (): Coroutine<void> {
      for (let i = 0; i < count; i++) yield* yieldNow();
    };
  const recording = record(turns(3)());
  await recording.task;
  assert.is(replayJournal(turns(3)(), recording.lines), undefined);
  assert.match(misfit(recording.lines, turns(4)).message, /the program has not done it|the journal has at step/);
  misfit(recording.lines, turns(2));
});

test('what is no journal, or one of another version, is refused before anything runs', () => {
  const ran: unknown[] = [];
  function* never(): Coroutine<void> {
    ran.push(1);
    yield* yieldNow();
  }
  const header = '{"treadle":"journal","version":1,"main":"main"}';
  const refused = (journal: string, message: RegExp): void =>
    assert.throws(
      () => replayJournal(never(), journal),
      (error: unknown) => error instanceof JournalError && message.test(error.message),
    );
  refused('', /the journal is empty/);
  refused('garbage', /line 1 of the journal is no JSON: 'garbage'/);
  refused('[]', /line 1 of the journal is no object/);
  refused('{"name":"package"}', /this is no journal of treadle/);
  refused(
    '{"treadle":"journal","version":2,"main":"x"}',
    /has version 2 of the format, and this reader knows version 1/,
  );
  refused(`${header}\n{"n":1`, /line 2 of the journal is no JSON/);
  refused(`${header}\n5\n`, /line 2 of the journal is no object/);
  refused(`${header}\n{"n":1,"step":"1","kind":"end"}`, /line 2 of the journal is no line of one/);
  refused(`${header}\n{"n":2,"step":1,"kind":"end"}`, /line 2 of the journal, of step 1, is numbered 2 and not 1/);
  assert.equal(ran, []);
});

test('a journal that goes on behind its end, and values that nobody can read', async () => {
  const recording = record(
    (function* () {
      return yield* fromPromise(() => after(1, new Date(5)));
    })(),
  );
  await recording.task;
  const work = function* (): Coroutine<unknown> {
    return yield* fromPromise(() => after(1, new Date(5)));
  };
  const { lines } = recording;
  assert.match(misfit(renumbered([...lines, lines.at(-1)!]), work).message, /the program is over, and the journal has/);
  const changed = (answer: string) => lines.map((line) => line.replace('{"$":"Date","value":5}', answer));
  assert.match(misfit(changed('{"$":"Spaceship","value":""}'), work).message, /an unknown kind, 'Spaceship'/);
  assert.match(
    misfit(changed('{"$":"user","value":5}'), work).message,
    /recorded with an encode, and there is no decode/,
  );
});

test('nothing of a replay is left in the process: a program can run afterwards', () => {
  assert.is(
    runSync(
      (function* () {
        yield* sleep(5);
        return yield* now();
      })(),
    ),
    5,
  );
});

test.run();
