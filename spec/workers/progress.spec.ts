// Progress: what a call says before it is over.
import { all, sleep } from 'treadle';
import { progress } from 'treadle/workers';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught, refuses } from '../support/errors.ts';
import { coroutines, jobs, kinds, poolOf, within } from '../support/workers.ts';

const test = suite('progress of a call');

for (const kind of kinds)
  test(`onProgress is given what a coroutine and a promise say, each with its arguments, in a ${kind}`, () =>
    within(function* () {
      const pool = poolOf(kind, { concurrency: 4 });
      const heard: unknown[] = [];
      const onProgress = (value: unknown, args: readonly unknown[]) => void heard.push([value, ...args]);
      const results = yield* all([
        pool.map(coroutines, 'reportsEach', [2, 3], { onProgress }),
        pool.apply(coroutines, 'reportsBehindAwait', ['a'], { onProgress }),
        pool.apply(coroutines, 'reportsEach', [1]), // nobody listens
      ]);
      assert.equal(results, [[2, 3], 'a', 1]);
      const of = (first: unknown) => heard.filter((one) => (one as unknown[])[1] === first);
      assert.equal(of(2), [[1, 2], [2, 2]]); // prettier-ignore
      assert.equal(of(3), [[1, 3], [2, 3], [3, 3]]); // prettier-ignore
      assert.equal(of('a'), [['a starts', 'a'], ['a is done', 'a']]); // prettier-ignore
      yield* sleep(20);
      assert.is(heard.length, 7, 'nothing is heard of a call that is over');
    }));

test('what cannot be cloned is an error at progress()', () =>
  within(function* () {
    const error = yield* caught(poolOf('thread').apply(coroutines, 'reportsFunction', [], { onProgress: () => {} }));
    assert.match(error.message, /progress\(.*\) cannot be sent from a (process|thread)/);
  }));

test('a listener that throws is reported, and the call goes on', () =>
  within(function* () {
    const { error } = console;
    const said: unknown[] = [];
    console.error = (...words) => void said.push(words.join(' '));
    try {
      const onProgress = () => {
        throw new RangeError('no');
      };
      assert.is(yield* poolOf('thread').apply(coroutines, 'reportsEach', [2], { onProgress }), 2);
    } finally {
      console.error = error;
      process.exitCode = 0;
    }
    assert.is(said.length, 2);
    assert.match(String(said[0]), /onProgress of reportsEach\(2\): RangeError: no/);
  }));

test('onProgress is a function; progress() outside of workers does nothing', () => {
  progress(1);
  refuses(
    () => poolOf('thread').apply(jobs, 'square', [1], { onProgress: 3 as never }),
    /a function as onProgress, not 3/,
  );
});

test.run();
