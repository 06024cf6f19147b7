// Without a server: the same program on processes of this machine.
import { all, cancel, sleep, spawn } from 'treadle';
import { machines } from 'treadle/distributed';
import type { Machines, MachinesOptions } from 'treadle/distributed';
import { runIn } from 'treadle/workers';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught, refuses } from '../support/errors.ts';
import { fresh, lines, untilLine } from '../support/files.ts';
import { coroutines, flags, jobs, within } from '../support/workers.ts';

const test = suite('machines without a server');
const root = new URL('../', import.meta.url);
const pool = { workers: 2, concurrency: 4, execArgv: flags, grace: 30_000 };
const local = (options: Partial<MachinesOptions> = {}): Machines => machines({ root, version: '1', pool, ...options });

test('calls run in processes: map, imap, apply, progress, errors, runIn', () =>
  within(function* () {
    const here = local();
    assert.equal(yield* here.map(jobs, 'square', [1, 2, 3]), [1, 4, 9]);
    const results: unknown[] = [];
    for (const next of here.imap(jobs, 'square', [1, 2, 3])) results.push(yield* next);
    assert.equal(results.sort(), [1, 4, 9]);
    const heard: unknown[] = [];
    yield* here.apply(coroutines, 'reportsEach', [2], { onProgress: (value) => void heard.push(value) });
    assert.equal(heard, [1, 2]);
    assert.is(yield* runIn(here, jobs, 'square', [4]), 16);
    assert.is(here.room, 8);
    const { pid } = yield* here.apply<{ pid: number }>(jobs, 'where');
    assert.not.equal(pid, process.pid);
    assert.is(String(here), '<Machines treadle: open>');
    yield* here.close();
    assert.is(String(here), '<Machines treadle: closed>');
    assert.match((yield* caught(here.apply(jobs, 'square', [1]))).message, /treadle is closed: it takes no more calls/);
  }));

test('only modules below the root are taken, as other machines would', () => {
  const here = local({ root: new URL('../distributed/', import.meta.url) });
  for (const call of [
    () => here.apply(jobs, 'square'),
    () => here.map(jobs, 'square', []),
    () => here.imap(jobs, 'square', []),
  ])
    refuses(call, /workers\/jobs\.js is not below the root .*spec\/distributed\//);
});

test('calls with one key share a run: one result, one error, all progress, and the last one cancels it', () =>
  within(function* () {
    const here = local();
    const [a, b] = [[] as unknown[], [] as unknown[]];
    const call = (heard: unknown[]) => ({ key: 'steps', onProgress: (value: unknown) => void heard.push(value) });
    assert.equal(
      yield* all([
        here.apply(coroutines, 'reportsEach', [3], call(a)),
        here.apply(coroutines, 'reportsEach', [3], call(b)),
      ]),
      [3, 3],
    );
    assert.equal([a, b], [[1, 2, 3], [1, 2, 3]]); // prettier-ignore
    const file = fresh();
    const shared = { key: (one: string) => `patient ${one}` };
    const tasks = [
      yield* spawn(here.apply(coroutines, 'patient', [file], shared)),
      yield* spawn(here.apply(coroutines, 'patient', [file], shared)),
    ];
    yield* untilLine(file, 'started');
    yield* cancel(tasks[0]!);
    yield* sleep(50);
    assert.equal([tasks[1]!.done, ...lines(file)], [false, 'started']);
    yield* cancel(tasks[1]!);
    assert.equal(lines(file), ['started', 'clean']);
    const again = yield* spawn(here.apply(coroutines, 'patient', [file], shared));
    yield* sleep(0);
    const other = yield* spawn(here.apply(coroutines, 'patient', [file], shared));
    yield* sleep(50);
    yield* here.terminate();
    for (const task of [again, other]) assert.is((yield* caught(task)).name, 'CancelledError');
  }));

test('a key is a text, or a function that gives one', () =>
  within(function* () {
    const here = local();
    for (const key of [5, '', {}])
      refuses(
        () => here.apply(jobs, 'square', [1], { key: key as never }),
        /a text, or a function that gives one, as key/,
      );
    const error = yield* caught(here.apply(jobs, 'square', [1], { key: () => 5 as never }));
    assert.match(error.message, /a text as key, not 5/);
    assert.equal(yield* here.map(jobs, 'square', [2, 2, 3], { key: (x: number) => `${x}` }), [4, 4, 9]);
  }));

test('the key is one of a function: another function with the same key has a run of its own', () =>
  within(function* () {
    const here = local();
    const key = 'same';
    const [square, where] = yield* all([
      here.apply<number>(jobs, 'squareLater', [3], { key }),
      here.apply<string>(jobs, 'whereLater', [1], { key }),
    ]);
    assert.is(square, 9);
    assert.match(where, /^\d+ \d+$/);
  }));

test.run();
