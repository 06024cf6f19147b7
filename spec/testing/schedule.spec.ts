// Schedules as texts: written, read, cut, changed, and given to a program that they do not fit.
import { all, coroutine, sleep, yieldNow } from 'treadle';
import type { Coroutine } from 'treadle';
import { explore, replay, ScheduleError } from 'treadle/testing';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readSchedule, samplesOf, writeSchedule } from '../../lib/testing/schedule.ts';
import { refuses, thrown } from '../support/errors.ts';
import { program as runProgram } from '../support/programs.ts';

const test = suite('schedule');

/** What the one task sets too late, if it was overtaken. `others` take more turns. */
function* program(names: readonly string[] = ['opens', 'uses'], others = 0): Coroutine<void> {
  let open = false;
  const opens = coroutine(names[0]!, function* () {
    for (let turn = 0; turn < 6; turn++) yield* yieldNow();
    open = true;
  });
  const uses = coroutine(names[1]!, function* () {
    for (let turn = 0; turn < 8 + others; turn++) yield* yieldNow();
    if (!open) throw new Error('it is not open');
  });
  yield* all([opens(), uses()]);
}
const { schedule } = explore(() => program()).failure!;

test('what is written can be read again', () => {
  for (const choices of [[], [0, 0, 3], [1, 1, 0, 26, 27, 28, 52, 700, 0, 0, 1]]) {
    const names = choices
      .filter((choice) => choice > 0)
      .map(() => '7')
      .join('');
    const written = { seed: 12_345, late: 3, choices, names, steps: 99, isTooLong: false, samples: 'abc' };
    const text = writeSchedule(written);
    assert.match(text, /^\w+$/);
    assert.equal(readSchedule('replay', text), written);
  }
});

test('a run of any length has at most eight samples, the last one at its end', () => {
  const prints = (count: number) => Array.from({ length: count }, (_, at) => at * 977);
  for (const [steps, samples] of [
    [1, 1],
    [2, 1],
    [9, 5],
    [16, 8],
    [17, 6],
    [10_000, 8],
  ] as const)
    assert.is(samplesOf(prints(steps)).length, samples, `${steps}`);
});

test('what is no schedule, or of another version, or was changed, is an error that says so', () => {
  const replaying = (text: unknown) => () => replay(() => program(), text as string);
  refuses(replaying(5), /takes a schedule as explore gives it, not 5/);
  for (const text of ['', 'hello', 't1', 't1_', '1_2_3_4', 't1__0__5_a_b', 't1_1_0_!!_1_2_3'])
    assert.is(thrown(replaying(text)).name, 'ScheduleError', text);
  assert.match(
    thrown(replaying(schedule.replace('t1', 't2'))).message,
    /is of version 2, and this treadle reads version 1/,
  );
  // Whatever character is another one: it is no other error, and no other result.
  for (let at = 0; at < schedule.length; at++) {
    const other = schedule[at] === 'x' ? 'y' : 'x';
    const error = thrown(replaying(schedule.slice(0, at) + other + schedule.slice(at + 1)));
    assert.instance(error, ScheduleError, `${at}: ${error}`);
  }
});

test('a schedule that was cut anywhere says at which step it ends', () => {
  for (let length = 0; length < schedule.length; length++) {
    const error = thrown(() => replay(() => program(), schedule.slice(0, length)));
    assert.instance(error, ScheduleError, `${length}: ${error}`);
    assert.ok(Number.isInteger(error.step) && error.step >= 1);
    if (length > schedule.length - 4) assert.match(error.message, /at step \d+: .*cut/);
  }
});

test('a program that was changed no longer fits, and the error names the step', () => {
  const misfit = (main: () => Coroutine<void>) => thrown(() => replay(main, schedule)) as ScheduleError;
  const renamed = misfit(() => program(['opens', 'reads']));
  assert.instance(renamed, ScheduleError);
  assert.match(renamed.message, /no longer fits the program at step \d+: .*(reads|main)/);
  assert.ok(renamed.step <= 4, `${renamed.step}`);
  const longer = misfit(() => program(undefined, 20));
  assert.match(longer.message, /no longer fits the program at step \d+/);
  const shorter = misfit(function* () {
    yield* yieldNow();
  });
  assert.match(shorter.message, /at step [123]: /);
  const alone = misfit(() => all([yieldNow(), yieldNow(), yieldNow()]) as never);
  assert.instance(alone, ScheduleError);
});

test('a task that yields something else in the same order is noticed, too', () => {
  function* other(): Coroutine<void> {
    let open = false;
    const opens = coroutine('opens', function* () {
      for (let turn = 0; turn < 6; turn++) yield* turn === 4 ? sleep(0) : yieldNow();
      open = true;
    });
    const uses = coroutine('uses', function* () {
      for (let turn = 0; turn < 8; turn++) yield* yieldNow();
      if (!open) throw new Error('it is not open');
    });
    yield* all([opens(), uses()]);
  }
  const error = thrown(() => replay(() => other(), schedule)) as ScheduleError;
  assert.instance(error, ScheduleError);
  assert.match(error.message, /something else was done there, or in the steps from \d+ on/);
});

test('a program that no longer fits is cancelled: its clean-ups run', () => {
  let cleanedUp = 0;
  function* other(): Coroutine<void> {
    try {
      for (let turn = 0; turn < 50; turn++) yield* yieldNow();
    } finally {
      cleanedUp++;
    }
  }
  assert.instance(
    thrown(() => replay(() => all([other(), other()]), schedule)),
    ScheduleError,
  );
  assert.is(cleanedUp, 2);
});

test('a program that goes round in circles does not hang under a schedule that was cut, or of another one', () => {
  function* circles(): Coroutine<void> {
    for (;;) yield* yieldNow();
  }
  for (const text of [schedule, schedule.slice(0, -3), 't1_1_0_40aK'])
    assert.instance(
      thrown(() => replay(() => circles(), text)),
      ScheduleError,
    );
});

test('another process comes to the same', async () => {
  const source = `
    import { all, coroutine, yieldNow } from 'treadle';
    import { replay } from 'treadle/testing';
    ${program.toString().replace(/names\[(\d)\]!?/g, 'names[$1]')}
    const { failure } = replay(() => program(), '${schedule}');
    console.log(failure.kind, failure.error.message);
    console.log(failure.table);
  `;
  const { out } = await runProgram(source);
  const { failure } = replay(() => program(), schedule);
  assert.is(out, `error it is not open\n${failure!.table}\n`);
});

test.run();
