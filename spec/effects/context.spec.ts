import {
  all,
  call,
  cancel,
  coroutine,
  createContext,
  forEach,
  join,
  map,
  runSync,
  sleep,
  spawn,
  taskGroup,
  timeout,
  yieldNow,
} from 'treadle';
import type { Coroutine, Effect } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught, refuses } from '../support/errors.ts';
import { processorTime } from '../support/host.ts';
import { virtually } from '../support/virtual.ts';
import { turns } from '../support/work.ts';

const test = suite('context');

test('get gives the default, and within with the value', () => {
  virtually(function* () {
    const user = createContext('nobody');
    assert.is(yield* user.get(), 'nobody');
    assert.is(yield* user.with('Ada', user.get()), 'Ada');
    assert.is(
      yield* user.with(
        'Ada',
        (function* () {
          yield* sleep(10);
          return yield* user.get();
        })(),
      ),
      'Ada',
    );
    assert.is(yield* user.get(), 'nobody');
  });
});

test('with gives the result of the work, or throws its error, and is left either way', () => {
  const error = new Error('no');
  virtually(function* () {
    const user = createContext('nobody');
    assert.is(
      yield* user.with(
        'Ada',
        (function* () {
          return 5;
        })(),
      ),
      5,
    );
    assert.is(
      yield* caught(
        user.with(
          'Ada',
          (function* (): Coroutine<void> {
            throw error;
          })(),
        ),
      ),
      error,
    );
    assert.is(yield* user.get(), 'nobody');
  });
});

test('the innermost counts, and contexts do not mix', () => {
  virtually(function* () {
    const [user, role] = [createContext('nobody'), createContext('none')];
    const both = coroutine('both', function* () {
      return `${yield* user.get()} ${yield* role.get()}`;
    });
    yield* user.with(
      'Ada',
      call(
        (function* () {
          assert.is(yield* role.with('admin', both()), 'Ada admin');
          yield* user.with(
            'Bob',
            call(
              (function* () {
                assert.is(yield* both(), 'Bob none');
                assert.is(yield* role.with('guest', both()), 'Bob guest');
              })(),
            ),
          );
          assert.is(yield* both(), 'Ada none');
        })(),
      ),
    );
  });
});

test('undefined is a value', () => {
  virtually(function* () {
    const user = createContext<string | undefined>('nobody');
    assert.is(yield* user.with(undefined, user.get()), undefined);
  });
});

test('tasks that are at the same time within different values do not see those of each other', () => {
  const log: string[] = [];
  virtually(function* () {
    const user = createContext('nobody');
    const handler = coroutine('handler', function* (ms: number) {
      yield* sleep(ms);
      log.push(`${yield* user.get()} at ${ms}`);
    });
    yield* all([user.with('Ada', handler(20)), user.with('Bob', handler(10)), handler(15)]);
  });
  assert.equal(log, ['Bob at 10', 'nobody at 15', 'Ada at 20']);
});

// ---- what is spawned

test('a child sees what its owner saw when it was spawned, whenever it looks', () => {
  const log: string[] = [];
  virtually(function* () {
    const user = createContext('nobody');
    const child = coroutine('child', function* (name: string) {
      for (let i = 0; i < 4; i++) {
        log.push(name + (yield* user.get()));
        yield* sleep(10);
      }
    });
    yield* spawn(child('before '));
    yield* user.with(
      'Ada',
      call(
        (function* () {
          yield* spawn(child('outer '));
          yield* sleep(5);
          yield* user.with(
            'Bob',
            call(
              (function* () {
                yield* spawn(child('inner '));
                yield* sleep(10);
              })(),
            ),
          );
          yield* spawn(child('after inner '));
          yield* sleep(10);
        })(),
      ),
    );
    yield* spawn(child('after '));
  });
  assert.equal(Object.entries(grouped(log)).sort(), [
    ['after inner Ada', 4],
    ['after nobody', 4],
    ['before nobody', 4],
    ['inner Bob', 4],
    ['outer Ada', 4],
  ]);
});

function grouped(entries: string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const entry of entries) counts[entry] = (counts[entry] ?? 0) + 1;
  return counts;
}

test('so do its children in turn, and theirs, also when all above them have left', () => {
  virtually(function* () {
    const user = createContext('nobody');
    const results: string[] = [];
    const deep = (level: number): Effect<void> =>
      coroutine('deep', function* (): Coroutine<void> {
        if (level > 0) yield* spawn(deep(level - 1));
        yield* sleep(level === 0 ? 50 : 0);
        results.push(yield* user.get());
      })();
    yield* user.with('Ada', spawn(deep(5)));
    yield* user.with(
      'Bob',
      call(
        (function* () {
          yield* spawn(deep(3));
          yield* sleep(100);
        })(),
      ),
    );
    assert.equal(grouped(results), { Ada: 6, Bob: 4 });
  });
});

test('a child that has a value of its own passes that on, and what it had before when it is over', () => {
  const log: string[] = [];
  virtually(function* () {
    const user = createContext('nobody');
    const look = coroutine('look', function* (ms: number) {
      yield* sleep(ms);
      log.push(yield* user.get());
    });
    yield* user.with(
      'Ada',
      spawn(
        (function* () {
          yield* sleep(10); // the owner has left its scope by now
          yield* spawn(look(100));
          yield* user.with('Bob', spawn(look(50)));
          yield* spawn(look(20));
          log.push(yield* user.get());
        })(),
      ),
    );
  });
  assert.equal(log, ['Ada', 'Ada', 'Bob', 'Ada']);
});

test('what combinators start sees it, too', () => {
  virtually(function* () {
    const user = createContext('nobody');
    const get = coroutine('get', function* () {
      yield* yieldNow();
      return yield* user.get();
    });
    assert.equal(yield* user.with('Ada', all([get(), timeout(5, get()), user.with('Bob', get())])), [
      'Ada',
      'Ada',
      'Bob',
    ]);
    assert.equal(
      yield* user.with(
        'Ada',
        map([1, 2, 3], () => get(), { concurrency: 1 }),
      ),
      ['Ada', 'Ada', 'Ada'],
    );
    yield* user.with(
      'Ada',
      forEach([1], function* () {
        assert.is(yield* user.get(), 'Ada');
      }),
    );
    assert.is(
      yield* user.with(
        'Ada',
        taskGroup(function* (group) {
          return yield* join(yield* group.spawn(get()));
        }),
      ),
      'Ada',
    );
  });
});

test('a detached task sees what main sees', () => {
  virtually(function* () {
    const user = createContext('nobody');
    const child = yield* spawn(
      user.with(
        'Ada',
        (function* () {
          const detached = yield* spawn(user.get(), { detached: true });
          const given = yield* spawn(user.with(yield* user.get(), user.get()), { detached: true });
          return [yield* detached, yield* given];
        })(),
      ),
    );
    assert.equal(yield* child, ['nobody', 'Ada']);
  });
});

test('a task that is joined within a value is not within it', () => {
  virtually(function* () {
    const user = createContext('nobody');
    const task = yield* spawn(
      (function* () {
        yield* turns(2);
        return yield* user.get();
      })(),
    );
    assert.is(yield* user.with('Ada', task), 'nobody');
  });
});

// ---- cancellation and clean-up

test('clean-ups within it see it, and it is left when they are over', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const user = createContext('nobody');
    const task = yield* spawn(
      (function* () {
        try {
          yield* user.with(
            'Ada',
            call(
              (function* () {
                try {
                  yield* sleep(Infinity);
                } finally {
                  yield* sleep(10);
                  log.push(yield* user.get());
                }
              })(),
            ),
          );
        } finally {
          log.push(yield* user.get());
        }
      })(),
    );
    yield* sleep(5);
    yield* cancel(task);
  });
  assert.equal(log, ['Ada', 'nobody']);
});

test('a generator runs its work within a frame of its own: calls, errors and results pass through', () => {
  virtually(function* () {
    const depth = createContext(0);
    const down: (n: number) => Effect<number> = coroutine('down', function* (n) {
      return n === 0 ? yield* depth.get() : yield* depth.with((yield* depth.get()) + 1, down(n - 1));
    });
    assert.is(yield* down(1_000), 1_000);
    assert.is(yield* depth.get(), 0);
  });
});

test('ten thousand values one after the other, with a child that lives on, leave nothing that slows a look', () => {
  virtually(function* () {
    const n = createContext(-1);
    const child = yield* spawn(n.with(0, sleep(1_000)));
    for (let i = 0; i < 10_000; i++) yield* n.with(i, n.get());
    const took = processorTime();
    for (let i = 0; i < 10_000; i++) assert.is(yield* n.get(), -1);
    assert.ok(took() < 1_000);
    child.cancel();
  });
});

test('its effects show its name', () => {
  const user = createContext('nobody', { name: 'user' });
  assert.is(String(user.get()), 'user.get()');
  assert.match(String(user.with('Ada', sleep(1))), /^user\.with\(.*'Ada', sleep\(1\)\)$/);
  assert.equal([user.name, createContext(1).name], ['user', 'context']);
});

test('work that cannot be awaited is an error at the call', () => {
  refuses(() => createContext(1).with(2, 5 as never), /5 cannot be run with context/);
  assert.is(runSync(createContext(1).get()), 1);
});

test.run();
