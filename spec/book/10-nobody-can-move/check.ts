// Exercise 10: the circles in a report. The reports are those of programs that run here.
import { exported, must } from '../../../demos/book/judge.ts';
import type { Answer, Engine } from '../../../demos/book/judge.ts';

type Coroutine<T = unknown> = Generator<any, T, any>;
type Task = InstanceType<Engine['Task']>;

export function check(answer: Answer, { join, Lock, Queue, runSync, sleep, spawn }: Engine): void {
  const circlesIn = exported<(report: string) => unknown>(answer, 'circlesIn');

  function reportOf(main: Coroutine): string {
    try {
      runSync(main);
    } catch (error) {
      return String(error);
    }
    throw new Error('this program should be stuck');
  }

  const written = (circles: readonly (readonly string[])[]) =>
    circles.length === 0 ? 'no circle' : circles.map((names) => names.join(' -> ')).join(' and ');
  const isList = (value: unknown): value is string[][] =>
    Array.isArray(value) && value.every((one) => Array.isArray(one) && one.every((name) => typeof name === 'string'));

  function expect(what: string, main: Coroutine, circles: readonly (readonly string[])[]): void {
    const given = circlesIn(reportOf(main));
    must(
      isList(given),
      `It should give a list of lists of strings, but it gave ${JSON.stringify(given) ?? 'nothing'}.`,
    );
    must(
      JSON.stringify(given) === JSON.stringify(circles),
      `${what}: there should be ${written(circles)}, but you have found ${written(given)}.`,
    );
  }

  type Lock = InstanceType<Engine['Lock']>;
  const lock = (name: string): Lock => new Lock({ name });
  /** Takes the first lock, and 10 ms later the second one. */
  function* takes(first: Lock, second: Lock): Coroutine<void> {
    yield* first.acquire();
    yield* sleep(10);
    yield* second.acquire();
  }
  function* takesOne(): Coroutine<void> {
    yield* new Queue<number>().get();
  }
  /** Joins a task that does not exist yet when this one begins. */
  function* joins(task: () => Task, bare = false): Coroutine<void> {
    yield* sleep(20);
    if (bare) yield* task();
    else yield* join(task());
  }
  function* crosswise(name: string, other: string): Coroutine<void> {
    const [left, right] = [lock('left'), lock('right')];
    yield* spawn(takes(left, right), { name });
    yield* spawn(takes(right, left), { name: other });
  }

  expect('Two tasks that hold what the other one wants', crosswise('ada', 'bob'), [['#2 ada', '#3 bob']]);

  expect(
    'A task that waits for an item',
    (function* () {
      yield* spawn(takesOne(), { name: 'ada' });
    })(),
    [],
  );
  expect(
    'A task that waits for another one, which waits for an item',
    (function* () {
      const one = yield* spawn(takesOne(), { name: 'ada' });
      yield* spawn(
        joins(() => one),
        { name: 'bob' },
      );
    })(),
    [],
  );

  expect(
    'Three tasks in a circle, listed in another order, and one in front of them that waits for one of them',
    (function* () {
      const [cash, savings, shares] = [lock('cash'), lock('savings'), lock('shares')];
      let tom: Task | undefined;
      yield* spawn(
        joins(() => tom as Task),
        { name: 'auditor' },
      );
      yield* spawn(takes(cash, shares), { name: 'ada' });
      yield* spawn(takes(savings, cash), { name: 'eve' });
      tom = yield* spawn(takes(shares, savings), { name: 'tom' });
    })(),
    [['#3 ada', '#5 tom', '#4 eve']],
  );

  expect(
    'A circle of joins, one of them by yield* task',
    (function* () {
      const tasks: Task[] = [];
      for (const [i, name] of ['ada', 'bob', 'eve'].entries())
        tasks.push(
          yield* spawn(
            joins(() => tasks[(i + 1) % 3] as Task, i === 1),
            { name },
          ),
        );
    })(),
    [['#2 ada', '#3 bob', '#4 eve']],
  );

  expect(
    'A task that wants a lock that it has',
    (function* () {
      const cash = lock('cash');
      yield* cash.acquire();
      yield* cash.acquire();
    })(),
    [['#1 main']],
  );

  expect(
    'A task that joins one which wants its lock',
    (function* () {
      const cash = lock('cash');
      yield* cash.acquire();
      yield* join(yield* spawn(takes(cash, cash), { name: 'ada' }));
    })(),
    [['#1 main', '#2 ada']],
  );

  expect(
    'Two circles',
    (function* () {
      const [a, b, c] = [lock('a'), lock('b'), lock('c')];
      yield* spawn(takes(a, b), { name: 'ada' });
      yield* spawn(takes(c, c), { name: 'tom' });
      yield* spawn(takes(b, a), { name: 'bob' });
    })(),
    [['#2 ada', '#4 bob'], ['#3 tom']],
  );

  expect('Two tasks of one name', crosswise('worker', 'worker'), [['#2 worker', '#3 worker']]);
  expect('Names of several words', crosswise('night shift (2)', 'day shift'), [['#2 night shift (2)', '#3 day shift']]);
}
