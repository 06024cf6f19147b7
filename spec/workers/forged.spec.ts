// What code of the user's can do to the line of its worker. Messages that it sends are ignored when they are the user's
// own, and when they pass themselves off as treadle's they end that worker, and nothing else. It can also close the
// line, and remove those who listen.
import { WorkerDiedError } from 'treadle/workers';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readAnswer } from '../../lib/workers/read-answer.ts';
import { openOutcomes } from '../../lib/workers/outcomes.ts';
import { pack } from '../../lib/workers/packed-error.ts';
import { Callee, Chunk } from '../../lib/workers/protocol.ts';
import { caught } from '../support/errors.ts';
import { kinds, poolOf, stage, within } from '../support/workers.ts';

const jobs = new URL('./process-jobs.js', import.meta.url);

const packed = { classes: ['Error'], name: 'Error', message: 'm', stack: undefined, own: [] };
const ring: { list: unknown[] } = { list: [] };
ring.list.push(ring);
let deep: unknown = {};
for (let i = 0; i < 1_000; i++) deep = { list: [deep] };

/** The pools below are fresh: their first call has the id 1. */
const forgeries: readonly unknown[] = [
  { treadle: 'error', id: 1 },
  { treadle: 'error', id: 1, error: null, aborted: false, unfit: undefined },
  { treadle: 'error', id: 1, error: { error: packed }, aborted: 1, unfit: undefined },
  { treadle: 'error', id: 1, error: { error: { ...packed, classes: [] } }, aborted: false, unfit: undefined },
  { treadle: 'error', id: 1, error: { error: { ...packed, own: [['code']] } }, aborted: false, unfit: undefined },
  { treadle: 'error', id: 1, error: ring, aborted: false, unfit: undefined },
  { treadle: 'error', id: 1, error: deep, aborted: false, unfit: undefined },
  { treadle: 'error', id: 1, error: { error: packed }, aborted: false, unfit: true },
  { treadle: 'crashed' },
  { treadle: 'crashed', error: { error: 1 } },
  { treadle: 'value' },
  { treadle: 'value', id: 'x' },
  { treadle: 'progress' },
  { treadle: 'heard', id: {} },
  { treadle: 'stuck' },
  { treadle: 'signal', signal: 9 },
  { treadle: 'cancelled', id: 1.5 },
];
const harmless: readonly unknown[] = [
  undefined,
  null,
  'a text',
  [1],
  { treadle: 'run', id: 1 },
  { treadle: {} },
  { treadle: true },
  { treadle: 'value', id: 99, value: 1 },
  { treadle: 'cancelled', id: 99 },
  { treadle: 'error', id: 99, error: { error: packed }, aborted: false, unfit: 'stuck' },
  { treadle: 'heard', id: 99 },
  { treadle: 'stuck', orders: -1 },
];

const test = suite('forged messages');

test('an answer that is none is a TypeError, whatever is wrong with it', () => {
  for (const message of forgeries) assert.throws(() => readAnswer(message), /what a worker sends/);
});

test('what real workers send passes', () => {
  const errors = [
    new RangeError('no', { cause: new TypeError('the inner one', { cause: 1 }) }),
    new AggregateError(Array.from({ length: 2_000 }, (_, i) => new Error(String(i)))),
    'a text',
    undefined,
    Object.assign(new Error('with fields'), { code: 'E', list: [1, 2], at: new Date() }),
  ];
  for (const error of errors) {
    const answer = structuredClone({ treadle: 'error', id: 1, error: pack(error), aborted: false, unfit: undefined });
    assert.is(readAnswer(answer), answer);
  }
});

test('outcomes of a chunk must be those of its items', () => {
  const all = new Chunk(new Callee('map', 'file:///jobs.js', 'f'), [1, 2], 'whatever becomes of them');
  const first = new Chunk(all, [1, 2], 'until one fails');
  const error = { error: pack(new Error('no')) };
  for (const outcomes of [1, undefined, [], [{ value: 1 }], [1, 2], [error]])
    assert.throws(() => openOutcomes(all, outcomes, 'here'), TypeError);
  assert.throws(() => openOutcomes(first, [{ value: 1 }], 'here'), TypeError);
  assert.is(openOutcomes(first, [error], 'here').length, 1);
  assert.is(openOutcomes(all, [error, { value: 1 }], 'here').length, 2);
});

for (const kind of kinds) {
  const { play, end } = stage();
  test.after(end);

  test(`a ${kind} that sends one dies of it, and the program goes on with another`, () =>
    play(function* () {
      for (const message of forgeries.slice(0, 1).concat(forgeries.slice(7, 8))) {
        const pool = poolOf(kind);
        const error = yield* caught(pool.apply(jobs, 'forge', [message, 60_000]));
        assert.instance(error, WorkerDiedError);
        assert.match(
          error.message,
          /^(process|thread) \d+ died of TypeError: what a worker sends takes an answer of treadle, not '(error|crashed)', while it ran forge/,
        );
        assert.is(yield* pool.apply(jobs, 'forge', ['a text']), 'undisturbed');
        yield* pool.close();
      }
    }));

  test(`a ${kind} that sends what is its own, or what no call waits for, disturbs nobody`, () =>
    play(function* () {
      const pool = poolOf(kind);
      // The channel of a process refuses undefined by itself.
      for (const message of harmless.filter((one) => one !== undefined))
        assert.is(yield* pool.apply(jobs, 'forge', [message]), 'undisturbed', JSON.stringify(message));
      assert.is(pool.workers.length, 1);
      yield* pool.close();
    }));

  test(`a ${kind} in which all listeners are removed hears of the next call all the same`, () =>
    play(function* () {
      const pool = poolOf(kind);
      const deafen = `data:text/javascript,${encodeURIComponent(`import { parentPort } from 'node:worker_threads';
        export const deafen = () => void (parentPort ?? process).removeAllListeners();`)}`;
      yield* pool.apply(deafen, 'deafen');
      assert.is(yield* pool.apply(jobs, 'forge', ['a text']), 'undisturbed');
      yield* pool.close();
    }));

  test(`a ${kind} that closes its line, and waits for what never comes, is over`, () =>
    play(function* () {
      const pool = poolOf(kind);
      const close = `data:text/javascript,${encodeURIComponent(`import { parentPort } from 'node:worker_threads';
        export const close = () => new Promise(() => parentPort ? parentPort.close() : process.disconnect());`)}`;
      const error = yield* caught(pool.apply(close, 'close'));
      assert.match(String(error), /^WorkerDiedError: (thread|process) \d+ .* while it ran close\(\)$/);
      yield* pool.close();
    }));
}

test('a process that announces bytes which never come dies of it, and those of real messages arrive', () =>
  within(function* () {
    const many = new Uint8Array(200_000).fill(7);
    const pool = poolOf('process', { initializer: { module: jobs, export: 'half', args: [many] } });
    for (const forged of [[1e9], [1e9, Math.random()]])
      assert.match(
        String(yield* caught(pool.apply(jobs, 'forge', [['treadle:pipe', ...forged], 60_000]))),
        /^WorkerDiedError: process \d+ died of TypeError: what a worker sends takes an answer of treadle, not 'unreadable', while it ran forge/,
      );
    const half = yield* pool.apply<Uint8Array>(jobs, 'half', [many]);
    assert.equal([half.length, half[0], half.at(-1)], [100_000, 7, 7]);
  }));

test('a process that confirms handles which it was not sent does not end the program', () =>
  within(function* () {
    const pool = poolOf('process');
    for (const cmd of ['NODE_HANDLE_ACK', 'NODE_HANDLE_NACK'])
      assert.is(yield* pool.apply(jobs, 'forge', [{ cmd }]), 'undisturbed');
  }));

test.run();
