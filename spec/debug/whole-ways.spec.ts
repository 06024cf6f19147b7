// Debug mode: errors tell their whole way.
import { all, coroutine, join, run, runSync, sleep, spawn } from 'treadle';
import type { Coroutine } from 'treadle';
import 'treadle/debug';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught, thrown } from '../support/errors.ts';
import { lineHere } from '../support/lines.ts';

const test = suite('debug mode: whole ways of errors');

const lines: Record<string, number> = {};
const pageOf = coroutine('page', function* page(): Coroutine<never> {
  yield* sleep(1);
  lines['page'] = lineHere() + 1;
  throw new Error('no such page');
});
const section = coroutine('section', function* () {
  lines['section'] = lineHere() + 1;
  yield* pageOf();
});
const site = coroutine('site', function* () {
  lines['site'] = lineHere() + 1;
  yield* section();
});

/** The error of a program in debug mode. */
const errorOf = (main: () => Coroutine<unknown>): Error => thrown(() => runSync(main(), { debug: () => {} }));

/** The lines of the stack, without folders and columns. */
const way = ({ stack = '' }: Error): string[] =>
  stack
    .split('\n')
    .slice(1)
    .filter((text) => !/errorOf|support|<anonymous>/.test(text)) // who called runSync
    .map((text) => text.trim().replace(/(\(| |^)[^( ]*\/([^/]*:\d+):\d+/g, '$1$2'));

test('names the frames that called the one that threw, and each task that awaited it, with the lines', () => {
  const error = errorOf(function* program(): Coroutine<void> {
    lines['spawn'] = lineHere() + 1;
    const task = yield* spawn(site(), { name: 'crawl' });
    lines['join'] = lineHere() + 1;
    yield* join(task);
  });
  assert.equal(way(error), [
    `at page (whole-ways.spec.ts:${lines['page']})`,
    `at section (whole-ways.spec.ts:${lines['section']})`,
    `at site (whole-ways.spec.ts:${lines['site']})`,
    `in page() in section() in task crawl, spawned by main at whole-ways.spec.ts:${lines['spawn']}`,
    'awaited by main',
    `at program (whole-ways.spec.ts:${lines['join']})`,
    'in task main',
  ]);
});

test('names a combinator that awaited it, also where its owner catches the error', () => {
  let error: Error | undefined;
  errorOf(function* program(): Coroutine<void> {
    lines['all'] = lineHere() + 1;
    error = yield* caught(all([section(), sleep(100)]));
    throw new Error('the program goes on');
  });
  const [, , task, awaited, main] = way(error!);
  assert.equal(
    [task, awaited, main],
    [
      'in page() in task section, spawned by main',
      'awaited by main',
      `at program (whole-ways.spec.ts:${lines['all']})`,
    ],
  );
});

test('does not name frames that have returned before', () => {
  const quick = coroutine('quick', function* () {
    yield* sleep(1);
  });
  const failingTask = coroutine('failing', function* failing(): Coroutine<void> {
    yield* quick();
    lines['failing'] = lineHere() + 1;
    throw new Error('after it');
  });
  const error = errorOf(function* () {
    yield* join(yield* spawn(failingTask(), { name: 'task' }));
  });
  const [first, second] = way(error);
  assert.is(first, `at failing (whole-ways.spec.ts:${lines['failing']})`);
  assert.match(second!, /^in task task/);
});

test('names the frames of a task whose children have to clean up before it has failed', () => {
  const error = errorOf(function* program(): Coroutine<void> {
    yield* spawn(sleep(1_000), { name: 'child' });
    lines['call'] = lineHere() + 1;
    yield* section();
  });
  assert.equal(way(error), [
    `at page (whole-ways.spec.ts:${lines['page']})`,
    `at section (whole-ways.spec.ts:${lines['section']})`,
    `at whole-ways.spec.ts:${lines['call']}`,
    'in page() in section() in task main',
  ]);
});

test('leaves errors alone that cannot be changed, or are no errors', () => {
  const frozen = Object.freeze(new Error('frozen'));
  for (const value of [frozen, 'a text', undefined, { stack: 1 }]) {
    const got = thrown(() =>
      runSync(
        (function* () {
          yield* join(
            yield* spawn(
              (function* (): Coroutine<void> {
                yield* sleep(1);
                throw value;
              })(),
            ),
          );
        })(),
        { debug: () => {} },
      ),
    );
    assert.is(got, value);
  }
});

test('goes through many tasks without growing for ever', () => {
  const deep = coroutine('deep', function* (n: number): Coroutine<void> {
    if (n === 0) throw new Error('deep');
    yield* join(yield* spawn(deep(n - 1)));
  } as (n: number) => Coroutine<void>);
  const { stack = '' } = errorOf(() => deep(300) as never) as Error;
  assert.ok(stack.length < 12_000, `${stack.length}`);
});

test('without debug mode is what it was', async () => {
  const error = await run(
    (function* (): Coroutine<Error> {
      return yield* caught(yield* spawn(section(), { name: 'task' }));
    })(),
  );
  assert.match(error.stack!, /trampoline/);
  assert.match(error.stack!, /\n {4}in page\(\) in task task, spawned by main$/);
  assert.not.match(error.stack!, /awaited by/);
});

test.run();
