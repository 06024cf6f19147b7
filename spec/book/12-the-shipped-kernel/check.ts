// Exercise 12: Watched, a variable that can be waited for. It is an effect for treadle, so it is judged on treadle.
import { cancel, now, runSync, sleep, spawn, yieldNow } from 'treadle';
import type { Coroutine, Effect } from 'treadle';
import { exported, must, WrongAnswer } from '../../../demos/book/judge.ts';
import type { Answer } from '../../../demos/book/judge.ts';

interface Watched {
  readonly value: number;
  set(value: number): void;
  until(test: (value: number) => boolean): Effect<number>;
}

/** What an effect of a user has no business with. */
const inner = /\._(?:wake\w*|ready|run|perform|interrupt|park|withdraw|place|mode|inbox|handler|schedule)\b/;

/** The answers end here: it is more than any of the programs below needs. */
const END = 1_000;

export function check(answer: Answer): void {
  const Class = exported<new (value: number) => Watched>(answer, 'Watched');

  /** Runs a program, whose notes have the time in front, and gives them in one line. */
  function notesOf(program: (level: Watched, note: (text: unknown) => Coroutine<void>) => Coroutine<unknown>): string {
    const notes: string[] = [];
    function* note(text: unknown): Coroutine<void> {
      notes.push(`${text} at ${yield* now()}`);
    }
    function* main(): Coroutine<void> {
      const work = yield* spawn(program(new Class(0), note));
      const limit = yield* spawn(sleep(END));
      while (!work.done && !limit.done) yield* sleep(1);
      if (!work.done) notes.push(`and then nothing until ${END}`);
      yield* cancel(work);
      yield* cancel(limit);
    }
    try {
      runSync(main());
    } catch (error) {
      if (error instanceof WrongAnswer) throw error;
      notes.push(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
    }
    return notes.join(', ');
  }

  const used = inner.exec(String(Class))?.[0];
  must(used === undefined, `Your class uses ${used}, which belongs to the kernel: what treadle exports is enough.`);

  const printed = `${new Class(0).until(function isFull() {
    return false;
  })}`;
  must(printed === 'until(isFull)', `The effect should print as until(isFull), but it prints as ${printed}.`);

  const atOnce = notesOf(function* (level, note) {
    let isInStep = true;
    level.set(7);
    const other = yield* spawn(
      (function* () {
        isInStep = false;
      })(),
    );
    yield* note(`${yield* level.until((value) => value > 5)}${isInStep ? '' : ', a turn later,'}`);
    yield* cancel(other);
  });
  must(
    atOnce === '7 at 0',
    `The variable is 7, and until(value > 5) should be answered in the same step, but there was: ${atOnce}.`,
  );

  const waits = notesOf(function* (level, note) {
    yield* spawn(
      (function* () {
        yield* note(yield* level.until((value) => value > 5));
      })(),
    );
    for (const value of [3, 5, 8]) {
      yield* sleep(10);
      level.set(value);
    }
  });
  must(
    waits === '8 at 30',
    `The variable is 3 at 10 ms, 5 at 20 and 8 at 30, and until(value > 5) gave: ${waits || 'nothing'}.`,
  );

  const short = notesOf(function* (level, note) {
    yield* spawn(
      (function* () {
        yield* note(yield* level.until((value) => value > 5));
      })(),
    );
    yield* sleep(10);
    level.set(9);
    level.set(0);
  });
  must(
    short === '9 at 10',
    `The variable was 9 for a moment at 10 ms, and then 0. until(value > 5) should answer 9, but there was: ${short}.`,
  );

  const order = notesOf(function* (level, note) {
    for (const [name, least] of [
      ['a', 5],
      ['b', 50],
      ['c', 5],
      ['d', 5],
    ] as const)
      yield* spawn(
        (function* () {
          yield* level.until((value) => value >= least);
          yield* note(name);
        })(),
      );
    yield* sleep(10);
    level.set(10);
    yield* sleep(10);
    level.set(60);
  });
  must(
    order === 'a at 10, c at 10, d at 10, b at 20',
    `Of four tasks, a, c and d should be woken by 10 at 10 ms, in that order, and b by 60 at 20. But there was: ${order}.`,
  );

  const failing = notesOf(function* (level, note) {
    function* waits(test: (value: number) => boolean): Coroutine<void> {
      try {
        yield* note(yield* level.until(test));
      } catch (error) {
        yield* note((error as Error).message);
      }
    }
    yield* spawn(
      waits((value) => {
        if (value > 0) throw new Error('a broken test');
        return false;
      }),
    );
    yield* spawn(waits((value) => value > 5));
    yield* sleep(10);
    try {
      level.set(6);
    } catch (error) {
      throw new WrongAnswer(
        `A test of a task that waits threw an error, and so did set: '${(error as Error).message}'.`,
      );
    }
  });
  must(
    failing === 'a broken test at 10, 6 at 10',
    `The test of one task throws 'a broken test' at 10 ms, and another task is answered 6. But there was: ${failing}.`,
  );

  let [calls, isOver] = [0, false];
  notesOf(function* (level) {
    const task = yield* spawn(
      level.until(() => {
        if (isOver) calls++;
        return false;
      }),
    );
    yield* sleep(10);
    yield* cancel(task);
    isOver = true;
    level.set(1);
    level.set(2);
  });
  must(calls === 0, `A task that waited was cancelled, but its test was called ${calls} times after that.`);

  const again = notesOf(function* (level, note) {
    const effect = level.until((value) => value > 5);
    function* reader(name: string): Coroutine<void> {
      yield* note(`${name} ${yield* effect}`);
      yield* yieldNow();
      yield* note(`${name} ${yield* effect}`);
    }
    yield* spawn(reader('a'));
    yield* spawn(reader('b'));
    yield* sleep(10);
    level.set(6);
  });
  must(
    again === 'a 6 at 10, b 6 at 10, a 6 at 10, b 6 at 10',
    `Two tasks yield the same effect, twice each, and the variable is 6 at 10 ms. But there was: ${again}.`,
  );
}
