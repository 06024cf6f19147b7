// The failure model: what becomes of a call when anything at all goes wrong with it. Each with processes and
// with threads; aiomultiprocess hangs on four of these.
import { all, allSettled, CancelledError, spawn } from 'treadle';
import { WorkerDiedError } from 'treadle/workers';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught } from '../support/errors.ts';
import { fresh } from '../support/files.ts';
import { coroutines, flags, jobs, kinds, poolOf, stage, within } from '../support/workers.ts';

const inline = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`;

for (const kind of kinds) {
  const test = suite(`failures in a ${kind}`);
  const pool = poolOf(kind); // of all specs that want no other
  const { play, end } = stage();
  test.after(end);
  /** Does the pool still work? And in a worker that was there before, if there is nothing to replace? */
  const goesOn = function* (pool: ReturnType<typeof poolOf>) {
    assert.is(yield* pool.apply(jobs, 'square', [3]), 9);
  };

  for (const [name, module] of [
    ['fail', jobs],
    ['failLater', jobs],
    ['failCoroutine', coroutines],
  ] as const) {
    test(`an error of ${name} keeps its name, message, own properties, cause and the worker's stack`, () =>
      play(function* () {
        const error = yield* caught(pool.apply(module, name, ['page 3']));
        assert.instance(error, RangeError, 'the nearest class that both sides have');
        assert.is(Object.prototype.toString.call(error), '[object Error]', 'a native error');
        assert.equal(
          [error.name, error.message, error.code, String(error)],
          ['NotFound', 'page 3', 'E_NOT_FOUND', 'NotFound: page 3'],
        );
        assert.match(error.stack, /page 3\n +at fail \(.*jobs\.ts:\d+/);
        assert.match(error.stack, kind === 'process' ? /\n    in process \d+/ : /\n    in thread \d+/);
        assert.instance(error.cause, TypeError);
        assert.equal([error.cause.message, error.cause.cause], ['the inner one', 'the innermost']);
        assert.not(Object.keys(error).includes('cause'), 'as hidden as it was');
        assert.not('socket' in error, 'what cannot be cloned stays behind');
        yield* goesOn(pool);
      }));
  }

  test('an error that a child of the coroutine fails with has the path of tasks in its stack', () =>
    play(function* () {
      const error = yield* caught(pool.apply(coroutines, 'failInChild'));
      assert.match(
        error.stack,
        /in task child, spawned by failInChild\n    in task failInChild\n    in (process|thread) \d+/,
      );
    }));

  test('several errors in one, and what is no error, arrive as they are', () =>
    play(function* () {
      const several = yield* caught(pool.apply(jobs, 'failAggregate'));
      assert.instance(several, AggregateError);
      assert.instance(several.errors[0], RangeError);
      assert.equal([several.message, several.errors[0].message, several.errors[1]], ['two', 'a', 'b']);
      assert.equal(yield* caught(pool.apply(jobs, 'throwValue', [{ a: 1 }])), { a: 1 });
      assert.is(yield* caught(pool.apply(jobs, 'throwValue', [undefined])), undefined);
      assert.is(yield* caught(pool.apply(jobs, 'throwFunction')), 'fail');
      assert.is((yield* caught(pool.apply(jobs, 'throwFrozen'))).message, 'frozen');
    }));

  test('a coroutine that cancels itself is a CancelledError, as for everybody who joins it', () =>
    play(function* () {
      const error = yield* caught(pool.apply(coroutines, 'cancelItself'));
      assert.instance(error, CancelledError);
      assert.is(error.reason, 'by itself');
    }));

  test('process.exit rejects what the worker ran with its exit code, and the pool goes on with a new worker', () =>
    play(function* () {
      const before = yield* pool.apply(jobs, 'where');
      const error = yield* caught(pool.apply(jobs, 'exit', [3]));
      assert.instance(error, WorkerDiedError);
      assert.equal(
        [error.name, error.exitCode, error.signal, error.running],
        ['WorkerDiedError', 3, undefined, ['exit(3)']],
      );
      assert.match(error.message, /^(process|thread) \d+ ended with exit code 3 while it ran exit\(3\)$/);
      assert.not.match(error.stack, /\n +at /, 'where the pool found it helps nobody');
      assert.not.equal(yield* pool.apply(jobs, 'where'), before);
    }));

  test('so does an exit with code 0, which is no result', () =>
    play(function* () {
      const error = yield* caught(pool.apply(jobs, 'exit', [0]));
      assert.instance(error, WorkerDiedError);
      assert.is(error.exitCode, 0);
    }));

  test('an uncaught error beside the call, and a rejection that nobody handles, kill the worker: that is the cause', () =>
    play(function* () {
      for (const [name, message] of [
        ['crash', 'beside the call'],
        ['rejectBeside', 'nobody handles it'],
      ] as const) {
        const error = yield* caught(pool.apply(jobs, name));
        assert.instance(error, WorkerDiedError);
        assert.match(error.message, new RegExp(`died of \\w+: ${message}, while it ran ${name}\\(\\)$`));
        assert.is(error.exitCode, 1);
        assert.instance(error.cause, Error);
        assert.match(error.cause.stack, /jobs\.ts/);
      }
      yield* goesOn(pool);
    }));

  test('so does running out of memory', () =>
    within(function* () {
      const limited =
        kind === 'process' ?
          { execArgv: [...flags, '--max-old-space-size=24'] }
        : { resourceLimits: { maxOldGenerationSizeMb: 24 } };
      const pool = poolOf(kind, limited);
      const exhaust = inline(
        'export const exhaust = () => { const all = []; for (;;) all.push(new Array(1e5).fill(Math.random())); }; export const two = () => 2',
      );
      const error = yield* caught(pool.apply(exhaust, 'exhaust'));
      assert.instance(error, WorkerDiedError);
      if (kind === 'process') assert.is(error.signal, 'SIGABRT');
      else assert.match(error.message, /memory/);
      assert.is(yield* pool.apply(exhaust, 'two'), 2);
    }));

  if (kind === 'process') {
    test('a signal kills the worker, and is named', () =>
      play(function* () {
        for (const signal of ['SIGKILL', 'SIGTERM']) {
          const error = yield* caught(pool.apply(jobs, 'kill', [signal]));
          assert.equal([error.signal, error.exitCode], [signal, undefined]);
          assert.match(
            error.message,
            new RegExp(`^process \\d+ was killed by ${signal} while it ran kill\\('${signal}'\\)$`),
          );
        }
        yield* goesOn(pool);
      }));

    test('a process that cuts its line is ended: nobody can hear of it any more', () =>
      play(function* () {
        assert.instance(yield* caught(pool.apply(jobs, 'disconnect')), WorkerDiedError);
        yield* goesOn(pool);
      }));
  }

  test('a worker that dies takes down what it ran, says all of it, and nothing else', () =>
    within(function* () {
      const pool = poolOf(kind, { workers: 2, concurrency: 3 });
      yield* all([1, 2].map(() => pool.apply(jobs, 'whereLater', [20]))); // both workers are there
      const settled = yield* allSettled([0, 1, 2, 3, 4, 5, 6, 7].map((x) => pool.apply(jobs, 'meetOrExit', [x])));
      const died = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as WorkerDiedError] : []));
      assert.is(died.length, 3, 'the call that exits, and its two neighbours');
      for (const { running } of died) assert.ok(running.length === 3 && running.includes('meetOrExit(2)'));
      assert.is(settled.filter(({ status }) => status === 'fulfilled').length, 5);
    }));

  test('a map whose worker dies with several items throws one error', () =>
    within(function* () {
      const error = yield* caught(poolOf(kind, { concurrency: 4 }).map(jobs, 'exitAtTwo', [1, 2, 3, 4, 5, 6]));
      assert.instance(error, WorkerDiedError);
    }));

  test('an argument that cannot be cloned is an error of that call only', () =>
    play(function* () {
      const [bad, good] = yield* allSettled([pool.apply(jobs, 'echo', [1, () => 2]), pool.apply(jobs, 'echo', [3])]);
      assert.equal(good, { status: 'fulfilled', value: [3] });
      const error = (bad as { reason: Error }).reason;
      assert.instance(error, TypeError);
      assert.match(
        error.message,
        /^echo\(1, .*\) cannot be sent to a (process|thread): argument 2 is a function: .*exports/,
      );
      const settled = yield* pool.mapSettled(jobs, 'echo', [1, Symbol('no'), 2]);
      assert.equal(
        settled.map(({ status }) => status),
        ['fulfilled', 'rejected', 'fulfilled'],
      );
    }));

  test('a result that cannot be cloned is an error of that call only', () =>
    within(function* () {
      const pool = poolOf(kind, { concurrency: 4 });
      const before = yield* pool.apply(jobs, 'where');
      const calls = ['returnFunction', 'returnGetter', 'returnProxy'].map((name) => pool.apply(jobs, name));
      const settled = yield* allSettled([...calls, pool.apply(jobs, 'squareLater', [5])]);
      assert.equal(settled[3], { status: 'fulfilled', value: 25 });
      const messages = settled.slice(0, 3).map((one) => (one as { reason: Error }).reason);
      for (const error of messages) assert.instance(error, TypeError);
      assert.match(
        messages[0]!.message,
        /^the result of returnFunction cannot be sent from a (process|thread): at \.f it is the function f/,
      );
      assert.match(messages[1]!.message, /a getter/);
      assert.equal(yield* pool.apply(jobs, 'where'), before, 'the same worker');
    }));

  test('a module that does not exist says so', () =>
    play(function* () {
      const error = yield* caught(pool.apply(new URL('./nowhere.ts', import.meta.url), 'f'));
      assert.match(error.message, /nowhere\.ts/);
      assert.is(error.code, process.version < 'v20' ? undefined : 'ERR_MODULE_NOT_FOUND');
      yield* goesOn(pool);
    }));

  test('an export that does not exist says so, and what there is; one that is no function says what it is', () =>
    play(function* () {
      const missing = yield* caught(pool.apply(inline('export const a = 1, b = 2'), 'c'));
      assert.instance(missing, TypeError);
      assert.match(missing.message, /^data:.* has no export 'c'; it has a, b$/);
      assert.match((yield* caught(pool.apply(inline(''), 'c'))).message, /it has none$/);
      const value = yield* caught(pool.apply(jobs, 'aNumber'));
      assert.instance(value, TypeError);
      assert.match(value.message, /the export 'aNumber' of .*jobs\.js must be a function, and is 42$/);
      yield* goesOn(pool);
    }));

  test('a function of the wrong kind says so', () =>
    play(function* () {
      const generator = yield* caught(pool.apply(jobs, 'asyncGenerator'));
      assert.instance(generator, TypeError);
      assert.match(generator.message, /asyncGenerator must be a coroutine, a plain or a promise-returning function/);
      const stream = yield* caught(pool.apply(inline('export const stream = () => new ReadableStream()'), 'stream'));
      assert.instance(stream, TypeError);
      assert.match(
        stream.message,
        /^the result of stream must be one value, and is a ReadableStream, which comes piece by piece: collect/,
      );
      const aClass = yield* caught(pool.apply(jobs, 'AClass'));
      assert.instance(aClass, TypeError);
      assert.match(aClass.message, /without 'new'/);
    }));

  test('a module that fails, or exits, when it is loaded does that to the calls', () =>
    play(function* () {
      const error = yield* caught(pool.apply(inline("throw new RangeError('at import')"), 'f'));
      assert.instance(error, RangeError);
      assert.is(error.message, 'at import');
      assert.is((yield* caught(pool.apply(inline('process.exit(4)'), 'f'))).exitCode, 4);
      yield* goesOn(pool);
    }));

  test('an initializer that fails is the error of the calls, and is tried again by the next worker', () =>
    within(function* () {
      const pool = poolOf(kind, { concurrency: 2, initializer: { module: jobs, export: 'failToPrepare' } });
      for (let i = 0; i < 2; i++) {
        const settled = yield* allSettled([1, 2, 3].map(() => pool.apply(jobs, 'square', [1])));
        for (const one of settled) {
          const error = (one as { reason: Error }).reason;
          assert.is(error.message, 'the initializer failToPrepare failed: no database');
          assert.instance(error.cause, RangeError);
        }
      }
    }));

  test('an initializer that dies, or does not exist, does not start workers for ever', () =>
    within(function* () {
      const dies = poolOf(kind, { initializer: { module: jobs, export: 'exit', args: [5] } });
      const settled = yield* dies.mapSettled(jobs, 'square', [1, 2, 3]);
      assert.equal(
        settled.map((one) => (one as { reason: WorkerDiedError }).reason.exitCode),
        [5, 5, 5],
      );
      const missing = yield* caught(
        poolOf(kind, { initializer: { module: jobs, export: 'nothing' } }).apply(jobs, 'square', [1]),
      );
      assert.match(missing.message, /the initializer nothing failed: .* has no export 'nothing'/);
      assert.throws(
        () => poolOf(kind, { initializer: { module: jobs, export: 'prepare', args: [() => 1] } }),
        /^prepare\(a function\) cannot be sent to a \w+: argument 1 is a function: name one/,
      );
    }));

  test('workers that cannot even be started are an error of the calls', () =>
    within(function* () {
      const pool = poolOf(kind, { execArgv: ['--no-such-flag-in-node'], retries: 1 });
      const error = yield* caught(pool.apply(jobs, 'square', [1]));
      assert.instance(error, WorkerDiedError);
      if (kind === 'process') assert.is(error.exitCode, 9);
      else assert.match(error.message, /a thread that was not started died of .*no-such-flag-in-node/);
      assert.equal(pool.workers, []);
    }));

  test('and so are those that wait: no worker is started for each of them', () =>
    within(function* () {
      const pool = poolOf(kind, { execArgv: ['--no-such-flag-in-node'] });
      const settled = yield* allSettled(Array.from({ length: 100 }, () => pool.apply(jobs, 'square', [1])));
      const messages = new Set(settled.map((one) => String((one as { reason: Error }).reason.message)));
      assert.is(messages.size, 2, [...messages].join('; ')); // of the one that was to run in it, and of the others
      assert.match([...messages][1]!, /before it could run anything$/);
    }));

  if (kind === 'process') {
    test('nor is it when there is no program for them', () =>
      within(function* () {
        const { execPath } = process;
        process.execPath = '/no/such/node';
        try {
          const error = yield* caught(poolOf(kind).apply(jobs, 'square', [1]));
          assert.instance(error, WorkerDiedError);
          assert.is(error.cause.code, 'ENOENT');
          assert.match(error.message, /a process that was not started died of .*ENOENT, while it ran square\(1\)/);
        } finally {
          process.execPath = execPath;
        }
      }));
  }

  test('a result is awaited twice by joining its task twice', () =>
    play(function* () {
      const good = yield* spawn(pool.apply(jobs, 'square', [4]));
      assert.equal([yield* good, yield* good], [16, 16]);
      const bad = yield* spawn(pool.apply(jobs, 'fail', ['no']));
      const error = yield* caught(bad);
      assert.is(yield* caught(bad), error);
      const effect = pool.apply(jobs, 'square', [5]); // an effect that is yielded twice is two calls
      assert.equal([yield* effect, yield* effect], [25, 25]);
    }));

  test('with retries a call whose worker died is tried again, so often and not more', () =>
    play(function* () {
      assert.is(yield* pool.apply(jobs, 'dieOnce', [fresh(), 'the result'], { retries: 1 }), 'the result');
      assert.instance(yield* caught(poolOf(kind, { retries: 1 }).apply(jobs, 'exit', [3])), WorkerDiedError);
      assert.instance(yield* caught(pool.apply(jobs, 'dieOnce', [fresh(), 1], { retries: 0 })), WorkerDiedError);
      const error = yield* caught(pool.apply(jobs, 'fail', ['an error is no death'], { retries: 5 }));
      assert.is(error.name, 'NotFound');
    }));

  test('messages that the user sends over the same channel disturb nobody', () =>
    play(function* () {
      assert.ok(yield* pool.apply(jobs, 'post'));
      yield* goesOn(pool);
    }));

  test.run();
}
