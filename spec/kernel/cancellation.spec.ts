// Cancellation: by return(), frame by frame, clean-ups whole.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  all,
  call,
  cancel,
  CancelledError,
  coroutine,
  currentTask,
  Event,
  EventLoop,
  fromPromise,
  join,
  Lock,
  now,
  Queue,
  run,
  Semaphore,
  shield,
  sleep,
  spawn,
  suspend,
  yieldNow,
} from 'treadle';
import type { Awaitable, Coroutine, Task } from 'treadle';
import { caught, rejection, thrown } from '../support/errors.ts';
import { delay } from '../support/host.ts';
import { virtualLoop, virtually } from '../support/virtual.ts';

const test = suite('cancellation');

/** Starts the body as a child, lets it wait, cancels it there; gives the child after its end. */
function cancelWhileWaiting(body: (log: string[]) => Coroutine<unknown>): { log: string[]; state: string } {
  const log: string[] = [];
  return virtually(function* () {
    const child = yield* spawn(body(log), { name: 'child' });
    yield* sleep(10);
    yield* cancel(child, 'enough');
    return { log, state: child.state };
  });
}

test('closes a coroutine with return(): its finally runs, its catch does not', () => {
  const { log, state } = cancelWhileWaiting(function* (log) {
    try {
      log.push('before');
      yield* sleep(1000);
      log.push('after');
    } catch {
      log.push('catch');
    } finally {
      log.push('finally');
    }
    log.push('end');
  });
  assert.equal(log, ['before', 'finally']);
  assert.is(state, 'cancelled');
});

test('gets out of while (true) { try {} catch {} }', () => {
  const { log, state } = cancelWhileWaiting(function* (log) {
    while (true) {
      try {
        yield* sleep(3);
        log.push('round');
      } catch {
        log.push('swallowed');
      }
    }
  });
  assert.equal(log, ['round', 'round', 'round']);
  assert.is(state, 'cancelled');
});

test('lets a finally wait for effects, and they are answered', () => {
  const { log } = cancelWhileWaiting(function* (log) {
    try {
      yield* sleep(1000);
    } finally {
      log.push(`at ${yield* now()}`);
      yield* sleep(5);
      log.push(`at ${yield* now()}`);
      const helper = yield* spawn(
        (function* () {
          yield* sleep(2);
          return 'helped';
        })(),
      );
      log.push(yield* join(helper));
      try {
        yield* call(
          (function* (): Coroutine<void> {
            throw new Error('inside');
          })(),
        );
      } catch (error) {
        log.push(`caught ${(error as Error).message}`);
      }
      const lock = new Lock();
      log.push(
        yield* lock.with(
          (function* () {
            yield* yieldNow();
            return 'locked';
          })(),
        ),
      );
    }
  });
  assert.equal(log, ['at 10', 'at 15', 'helped', 'caught inside', 'locked']);
});

test('of three nested frames whose finally blocks yield twice each runs every clean-up whole, inner to outer, no body code after it and no catch', () => {
  const log: string[] = [];
  const frame = (name: string, body: () => Awaitable<unknown>) =>
    coroutine(name, function* (): Coroutine<void> {
      while (true) {
        try {
          log.push(`${name} in`);
          yield body();
          log.push(`${name} WENT ON`);
        } catch {
          log.push(`${name} CAUGHT`);
        } finally {
          log.push(`${name} cleans`);
          yield* sleep(5);
          log.push(`${name} still`);
          yield* yieldNow();
          log.push(`${name} out`);
        }
        log.push(`${name} WENT ROUND`);
      }
    });
  const inner = frame('inner', () => sleep(1000));
  const middle = frame('middle', () => inner());
  const outer = frame('outer', () => middle());
  virtually(function* () {
    const child = yield* spawn(outer());
    yield* sleep(1);
    yield* cancel(child);
    assert.is(yield* now(), 16);
    assert.is(child.state, 'cancelled');
  });
  assert.equal(log, [
    'outer in',
    'middle in',
    'inner in',
    'inner cleans',
    'inner still',
    'inner out',
    'middle cleans',
    'middle still',
    'middle out',
    'outer cleans',
    'outer still',
    'outer out',
  ]);
});

test('does the same for frames made with call, and for bare yields of generators', () => {
  for (const enter of [(work: Coroutine<void>) => call(work), (work: Coroutine<void>) => work]) {
    const log: string[] = [];
    const level = function* (n: number): Coroutine<void> {
      try {
        if (n > 0) yield enter(level(n - 1));
        else yield sleep(1000);
        log.push(`${n} WENT ON`);
      } catch {
        log.push(`${n} CAUGHT`);
      } finally {
        yield* sleep(1);
        yield* sleep(1);
        log.push(`${n}`);
      }
      log.push(`${n} WENT ON`);
    };
    virtually(function* () {
      const child = yield* spawn(level(3));
      yield* sleep(1);
      yield* cancel(child);
    });
    assert.equal(log, ['0', '1', '2', '3']);
  }
});

test('has the trap of the language in native yield*: when the inner finally yields, the outer generator goes on as if nothing had happened', () => {
  const outer = function* (inner: (log: string[]) => Coroutine<void>, log: string[]): Coroutine<void> {
    try {
      yield* inner(log);
      log.push('outer goes on');
      yield* sleep(1);
      log.push('outer goes further');
    } finally {
      log.push('outer finally');
    }
  };
  const yielding = function* (log: string[]): Coroutine<void> {
    try {
      yield* sleep(1000);
    } finally {
      yield* sleep(1);
      log.push('inner finally');
    }
  };
  const { log, state } = cancelWhileWaiting((log) => outer(yielding, log));
  assert.equal(log, ['inner finally', 'outer goes on', 'outer goes further', 'outer finally']);
  assert.is(state, 'cancelled', 'yet the task was cancelled, and says so');

  const { log: plain } = cancelWhileWaiting((log) =>
    outer(function* (log) {
      try {
        yield* sleep(1000);
      } finally {
        log.push('inner finally');
      }
    }, log),
  );
  assert.equal(plain, ['inner finally', 'outer finally'], 'with clean-ups that do not yield, native nesting is sound');

  const { log: framed } = cancelWhileWaiting((log) => outer(coroutine('inner', yielding) as never, log));
  assert.equal(framed, ['inner finally', 'outer finally'], 'and a frame is immune');
});

test('does not cancel a clean-up again, however often and by whomever it is asked', () => {
  const log: string[] = [];
  virtually(function* () {
    const owner = yield* spawn(
      (function* () {
        const child = yield* spawn(
          (function* () {
            try {
              yield* sleep(1000);
            } finally {
              for (let i = 1; i <= 5; i++) {
                yield* sleep(10);
                log.push(`step ${i}`);
              }
            }
          })(),
        );
        yield* sleep(5);
        child.cancel('first');
        yield* sleep(5);
        assert.is(child.cancel('second'), false);
        yield* cancel(child, 'third');
      })(),
    );
    yield* sleep(20);
    yield* cancel(owner, 'fourth');
    assert.is(yield* now(), 55);
  });
  assert.equal(log, ['step 1', 'step 2', 'step 3', 'step 4', 'step 5']);
});

test('makes joiners see a CancelledError with the reason and the name of the task', () => {
  const why = new Error('why');
  for (const reason of ['text', why, undefined, null, { a: 1 }]) {
    virtually(function* () {
      const child = yield* spawn(sleep(1000), { name: 'sleeper' });
      const joiner = yield* spawn(
        (function* () {
          try {
            yield* join(child);
            return undefined;
          } catch (error) {
            return error;
          }
        })(),
      );
      yield* sleep(1);
      child.cancel(reason);
      for (const error of [
        (yield* joiner) as CancelledError,
        thrown(() => child.result()),
        child.error() as CancelledError,
      ]) {
        assert.instance(error, CancelledError);
        assert.is(error.name, 'CancelledError');
        assert.is(error.reason, reason);
        assert.match(error.message, /sleeper/);
      }
    });
  }
});

test('of a joiner leaves the joined task alone', () => {
  virtually(function* () {
    const work = yield* spawn(
      (function* () {
        yield* sleep(100);
        return 'whole';
      })(),
    );
    for (const wait of [join(work), work, call(work), call(join(work))]) {
      const joiner = yield* spawn(
        (function* () {
          yield wait;
        })(),
      );
      yield* yieldNow();
      yield* yieldNow();
      yield* cancel(joiner);
      assert.is(joiner.state, 'cancelled');
      assert.is(work.state, 'waiting');
    }
    assert.is(yield* work, 'whole');
  });
});

test('before the first step runs nothing of the body, not even its finally', () => {
  const log: string[] = [];
  virtually(function* () {
    const child = yield* spawn(
      (function* () {
        try {
          log.push('body');
          yield* sleep(1);
        } finally {
          log.push('finally');
        }
      })(),
      { name: 'child' },
    );
    assert.is(child.state, 'ready');
    assert.is(child.cancel('too early'), true);
    yield* sleep(10);
    assert.is(child.state, 'cancelled');
    assert.is((child.error() as CancelledError).reason, 'too early');
  });
  assert.equal(log, []);
});

test('before the first step of an effect, a coroutine, or a generator in a frame performs none of it', () => {
  const log: string[] = [];
  const page = coroutine('page', function* () {
    log.push('page');
    yield* sleep(1);
  });
  virtually(function* () {
    for (const work of [
      page(),
      suspend(() => {
        log.push('suspend');
      }),
      call(
        (function* () {
          log.push('call');
        })(),
      ),
      fromPromise(() => {
        log.push('promise');
        return Promise.resolve();
      }),
    ]) {
      const child = yield* spawn(work as Awaitable<unknown>);
      yield* cancel(child);
      assert.is(child.state, 'cancelled');
    }
  });
  assert.equal(log, []);
});

test('of main before its first step runs nothing', async () => {
  let stepped = false;
  const task = run(
    (function* () {
      stepped = true;
      yield* sleep(1);
    })(),
  );
  task.cancel('never mind');
  const error = await rejection(task);
  assert.instance(error, CancelledError);
  assert.is(error.reason, 'never mind');
  assert.is(stepped, false);
});

test('twice in one turn counts once, and the first reason stays', () => {
  virtually(function* () {
    let cleanUps = 0;
    const child = yield* spawn(
      (function* () {
        try {
          yield* sleep(1000);
        } finally {
          cleanUps++;
          yield* yieldNow();
          cleanUps++;
        }
      })(),
    );
    yield* sleep(1);
    assert.is(child.cancel('one'), true);
    assert.is(child.cancel('two'), false);
    const error = yield* caught(child);
    assert.is((error as CancelledError).reason, 'one');
    assert.is(cleanUps, 2);
  });
});

test('after the result is set changes nothing', () => {
  virtually(function* () {
    const child = yield* spawn(
      (function* () {
        return 42;
      })(),
    );
    yield* yieldNow();
    assert.is(child.state, 'succeeded');
    assert.is(child.cancel('late'), false);
    assert.is(yield* cancel(child, 'late'), false);
    assert.is(child.state, 'succeeded');
    assert.is(yield* child, 42);

    const failed = yield* spawn(
      (function* (): Coroutine<void> {
        throw new RangeError('own');
      })(),
    );
    yield* yieldNow();
    assert.is(failed.cancel('late'), false);
    assert.is(failed.state, 'failed');
    assert.instance(yield* caught(failed), RangeError);

    const cancelled = yield* spawn(sleep(5));
    yield* cancel(cancelled, 'first');
    assert.is(cancelled.cancel('late'), false);
    assert.is((cancelled.error() as CancelledError).reason, 'first');
  });
});

test('of oneself takes effect at the next yield, whose effect is not performed', () => {
  const log: string[] = [];
  virtually(function* () {
    const other = yield* spawn(sleep(5));
    const child = yield* spawn(
      (function* () {
        const self = yield* currentTask();
        try {
          assert.is(self.cancel('own wish'), true);
          assert.is(self.state, 'running');
          log.push('goes on until it yields');
          yield* spawn(
            (function* () {
              log.push('SPAWNED');
            })(),
          );
          log.push('WENT ON');
        } finally {
          yield* sleep(1);
          log.push('finally');
        }
      })(),
    );
    const error = (yield* caught(child)) as CancelledError;
    assert.instance(error, CancelledError);
    assert.is(error.reason, 'own wish');
    yield* other;
  });
  assert.equal(log, ['goes on until it yields', 'finally']);
});

test('of oneself with the effect closes at that very yield', () => {
  const log: string[] = [];
  virtually(function* () {
    const child = yield* spawn(
      (function* () {
        try {
          yield* cancel(yield* currentTask(), 'bye');
          log.push('WENT ON');
        } finally {
          yield* sleep(3);
          log.push('finally');
        }
      })(),
    );
    assert.is(((yield* caught(child)) as CancelledError).reason, 'bye');
    assert.is(yield* now(), 3);
  });
  assert.equal(log, ['finally']);
});

test('of oneself inside a nested frame closes all frames', () => {
  const log: string[] = [];
  const inner = coroutine('inner', function* () {
    try {
      (yield* currentTask()).cancel();
      yield* yieldNow();
      log.push('WENT ON');
    } finally {
      yield* yieldNow();
      log.push('inner');
    }
  });
  virtually(function* () {
    const child = yield* spawn(
      (function* () {
        try {
          yield* inner();
          log.push('WENT ON');
        } finally {
          log.push('outer');
        }
      })(),
    );
    yield* caught(child);
  });
  assert.equal(log, ['inner', 'outer']);
});

test('of oneself without a further yield still counts, as in asyncio', () => {
  virtually(function* () {
    const child = yield* spawn(
      (function* () {
        (yield* currentTask()).cancel();
        return 'done';
      })(),
    );
    assert.instance(yield* caught(child), CancelledError);
    assert.is(child.state, 'cancelled');
  });
});

test('reaches a task that was woken and has not run: what it waited for is lost to nobody', () => {
  const loop = virtualLoop();
  const future = loop.createFuture<number>();
  const log: string[] = [];
  const waiter = loop.createTask(
    (function* () {
      try {
        log.push(`got ${yield* future}`);
      } finally {
        log.push('closed');
      }
    })(),
  );
  const other = loop.createTask(future);
  const main = loop.runUntilComplete(
    (function* () {
      yield* sleep(1);
      future.setResult(7);
      assert.is(waiter.cancel('in the same turn'), true);
      yield* sleep(1);
      return yield* other;
    })(),
  );
  return main.then((value) => {
    assert.is(value, 7);
    assert.equal(log, ['closed']);
    assert.is(waiter.state, 'cancelled');
  });
});

// ---- wherever it waits

const waits: Record<string, () => { wait: Awaitable<unknown>; check?: () => void }> = {
  'a timer': () => ({ wait: sleep(1000) }),
  'no time at all': () => ({ wait: sleep(Infinity) }),
  'an event': () => {
    const event = new Event();
    return { wait: event.wait(), check: () => event.set() };
  },
  'an empty queue': () => {
    const queue = new Queue<number>();
    return {
      wait: queue.get(),
      check: () => {
        queue.putNowait(1);
        assert.is(queue.getNowait(), 1);
      },
    };
  },
  'a full queue': () => {
    const queue = new Queue<number>(1);
    queue.putNowait(1);
    return {
      wait: queue.put(2),
      check: () => {
        assert.is(queue.getNowait(), 1);
        assert.ok(queue.empty);
      },
    };
  },
  'a lock': () => {
    const lock = new Lock();
    return {
      wait: (function* () {
        yield* lock.acquire();
        yield* lock.acquire();
      })(),
      check: () => {
        lock.release();
        assert.not(lock.locked);
      },
    };
  },
  'a semaphore': () => {
    const semaphore = new Semaphore(0);
    return {
      wait: semaphore.acquire(),
      check: () => {
        semaphore.release();
        assert.is(semaphore.free, 1);
      },
    };
  },
  'its own clean-up hook of suspend': () => {
    let cleaned = 0;
    return {
      wait: suspend(() => () => {
        cleaned++;
      }),
      check: () => assert.is(cleaned, 1),
    };
  },
  'all of several': () => ({ wait: all([sleep(500), sleep(1000)]) }),
};

for (const [what, make] of Object.entries(waits)) {
  test(`reaches a task that waits on ${what}, and the wait leaves nothing behind`, () => {
    const { wait, check } = make();
    const log: string[] = [];
    virtually(function* () {
      const child = yield* spawn(
        (function* () {
          try {
            yield wait;
            log.push('WENT ON');
          } catch {
            log.push('CAUGHT');
          } finally {
            log.push('finally');
          }
        })(),
      );
      yield* sleep(10);
      assert.is(child.state, 'waiting');
      yield* cancel(child, 'why');
      assert.is(child.state, 'cancelled');
      assert.is(yield* now(), 10);
      check?.();
    });
    assert.equal(log, ['finally']);
  });
}

test('reaches a task that waits on a promise, which is left alone, and its late answer is ignored', async () => {
  let resolve: (value: string) => void = () => {};
  const promise = new Promise<string>((r) => (resolve = r));
  const log: string[] = [];
  await run(
    (function* () {
      for (const wait of [promise, fromPromise(promise)]) {
        const child = yield* spawn(
          (function* () {
            try {
              yield wait;
              log.push('WENT ON');
            } finally {
              log.push('closed');
              yield* sleep(20);
              log.push('cleaned');
            }
          })(),
        );
        yield* sleep(5);
        child.cancel();
        yield* sleep(5);
        resolve('late');
        yield* caught(child);
        assert.is(child.state, 'cancelled');
      }
    })(),
  );
  assert.equal(log.slice(0, 2), ['closed', 'cleaned']);
  assert.is(await promise, 'late');
});

test('reaches a task that waits for its children, and cancels those', () => {
  const log: string[] = [];
  virtually(function* () {
    const owner = yield* spawn(
      (function* () {
        yield* spawn(
          (function* () {
            try {
              yield* sleep(1000);
            } finally {
              yield* sleep(5);
              log.push('child');
            }
          })(),
        );
        return 'returned';
      })(),
    );
    yield* sleep(10);
    assert.is(owner.state, 'waiting');
    yield* cancel(owner);
    assert.is(yield* now(), 15);
    assert.is(owner.state, 'cancelled');
  });
  assert.equal(log, ['child']);
});

test('reaches a task that waits for another task to be cancelled; that one is cancelled all the same', () => {
  virtually(function* () {
    const slow = yield* spawn(
      (function* () {
        try {
          yield* sleep(1000);
        } finally {
          yield* sleep(100);
        }
      })(),
    );
    yield* yieldNow();
    const canceller = yield* spawn(cancel(slow));
    yield* sleep(10);
    yield* cancel(canceller);
    assert.is(yield* now(), 10);
    assert.is(slow.state, 'waiting');
    yield* caught(slow);
    assert.is(yield* now(), 100);
    assert.is(slow.state, 'cancelled');
  });
});

// ---- the effect

test('with the effect waits for the clean-up and that of the children', () => {
  virtually(function* () {
    const owner = yield* spawn(
      (function* () {
        yield* spawn(
          (function* () {
            try {
              yield* sleep(1000);
            } finally {
              yield* sleep(50);
            }
          })(),
        );
        try {
          yield* sleep(1000);
        } finally {
          yield* sleep(20);
        }
      })(),
    );
    yield* sleep(1);
    assert.is(yield* cancel(owner), true);
    assert.ok((yield* now()) >= 51);
    assert.is(owner.state, 'cancelled');
    assert.equal(owner.children, []);
  });
});

test('by two at once lets both wait for the end', () => {
  virtually(function* () {
    const slow = yield* spawn(
      (function* () {
        try {
          yield* sleep(1000);
        } finally {
          yield* sleep(10);
        }
      })(),
    );
    yield* sleep(1);
    const first = yield* spawn(cancel(slow, 1));
    const second = yield* spawn(
      (function* () {
        yield* cancel(slow, 2);
        return yield* now();
      })(),
    );
    yield* first;
    assert.is(yield* second, 11);
    assert.is((slow.error() as CancelledError).reason, 1);
  });
});

test('of each other ends both', () => {
  const log: string[] = [];
  virtually(function* () {
    const both: Task[] = [];
    const body = function* (me: number): Coroutine<void> {
      try {
        yield* sleep(10);
        yield* cancel(both[1 - me] as Task);
        log.push(`${me} went on`);
      } finally {
        yield* sleep(5);
        log.push(`${me} cleaned`);
      }
    };
    both.push(yield* spawn(body(0)), yield* spawn(body(1)));
    yield* sleep(30);
    assert.equal(
      both.map((task) => task.done),
      [true, true],
    );
  });
  assert.equal(log.filter((line) => line.includes('cleaned')).sort(), ['0 cleaned', '1 cleaned']);
});

test('of the owner by its child ends both', () => {
  const log: string[] = [];
  virtually(function* () {
    const owner = yield* spawn(
      (function* () {
        const self = yield* currentTask();
        yield* spawn(
          (function* () {
            try {
              yield* sleep(1);
              yield* cancel(self, 'from below');
              log.push('WENT ON');
            } finally {
              yield* sleep(1);
              log.push('child');
            }
          })(),
        );
        try {
          yield* sleep(1000);
        } finally {
          yield* sleep(5);
          log.push('owner');
        }
      })(),
    );
    assert.is(((yield* caught(owner)) as CancelledError).reason, 'from below');
  });
  assert.equal(log.sort(), ['child', 'owner']);
});

test('from outside the loop is heard while everything sleeps', async () => {
  const task = run(sleep(60_000));
  await delay(20);
  const start = performance.now();
  assert.is(task.cancel('outside'), true);
  assert.instance(await rejection(task), CancelledError);
  assert.ok(performance.now() - start < 5_000);
});

test('is not delivered synchronously: the canceller goes on first', () => {
  const log: string[] = [];
  virtually(function* () {
    const child = yield* spawn(
      (function* () {
        try {
          yield* sleep(1000);
        } finally {
          log.push('child closes');
        }
      })(),
    );
    yield* sleep(1);
    child.cancel();
    log.push('canceller goes on');
    yield* sleep(1);
  });
  assert.equal(log, ['canceller goes on', 'child closes']);
});

// ---- clean-ups that go wrong

test('whose clean-up throws makes the task fail with that error, and is not lost', () => {
  const oops = new Error('clean-up failed');
  virtually(function* () {
    const child = yield* spawn(
      (function* () {
        try {
          yield* sleep(1000);
        } finally {
          yield* sleep(1);
          throw oops;
        }
      })(),
    );
    yield* sleep(1);
    assert.is(yield* caught(cancel(child)), oops);
    assert.is(child.state, 'failed');
    assert.is(yield* caught(child), oops);
  });

  const lost = thrown(() =>
    virtually(function* () {
      const child = yield* spawn(
        (function* () {
          try {
            yield* sleep(1000);
          } finally {
            throw oops;
          }
        })(),
      );
      yield* sleep(1);
      child.cancel();
    }),
  );
  assert.is(lost, oops, 'nobody looked: the owner fails with it');
});

test('whose clean-up throws still closes the remaining frames, whose catch does not see it', () => {
  const log: string[] = [];
  const oops = new Error('inner clean-up');
  const inner = coroutine('inner', function* () {
    try {
      yield* sleep(1000);
    } finally {
      yield* sleep(1);
      log.push('inner');
      throw oops;
    }
  });
  const middle = coroutine('middle', function* () {
    try {
      yield* inner();
      log.push('WENT ON');
    } catch {
      log.push('CAUGHT');
    } finally {
      yield* sleep(1);
      log.push('middle');
    }
    log.push('WENT ON');
  });
  virtually(function* () {
    const child = yield* spawn(
      (function* () {
        try {
          yield* middle();
        } catch {
          log.push('CAUGHT');
        } finally {
          yield* sleep(1);
          log.push('outer');
        }
      })(),
    );
    yield* sleep(1);
    assert.is(yield* caught(cancel(child)), oops);
  });
  assert.equal(log, ['inner', 'middle', 'outer']);
});

test('with several clean-ups that throw reports all of them in one AggregateError', () => {
  const level = coroutine('level', function* (n: number): Coroutine<void> {
    try {
      yield n > 0 ? level(n - 1) : sleep(1000);
    } finally {
      throw new Error(`level ${n}`);
    }
  });
  virtually(function* () {
    const child = yield* spawn(level(2));
    yield* sleep(1);
    const error = (yield* caught(cancel(child))) as AggregateError;
    assert.instance(error, AggregateError);
    assert.equal(
      error.errors.map((each) => each.message),
      ['level 0', 'level 1', 'level 2'],
    );
  });
});

test('whose clean-up hook of suspend throws reports that and closes the frames', () => {
  const log: string[] = [];
  const oops = new Error('hook');
  virtually(function* () {
    const child = yield* spawn(
      (function* () {
        try {
          yield* suspend(() => () => {
            throw oops;
          });
        } finally {
          yield* sleep(1);
          log.push('closed');
        }
      })(),
    );
    yield* sleep(1);
    assert.is(yield* caught(cancel(child)), oops);
    assert.is(child.state, 'failed');
  });
  assert.equal(log, ['closed']);
});

test('cannot be swallowed by a return in finally: the caller frames are closed and joiners see it', () => {
  const log: string[] = [];
  const inner = coroutine('inner', function* (): Coroutine<string> {
    try {
      yield* sleep(1000);
    } finally {
      return 'swallowed'; // eslint-disable-line no-unsafe-finally
    }
  });
  virtually(function* () {
    const child = yield* spawn(
      (function* () {
        try {
          log.push(yield* inner());
          log.push('WENT ON');
        } finally {
          log.push('outer');
        }
      })(),
    );
    yield* sleep(1);
    yield* cancel(child, 'why');
    assert.is(child.state, 'cancelled');
    assert.is(((yield* caught(child)) as CancelledError).reason, 'why');

    const direct = yield* spawn(inner());
    yield* sleep(1);
    yield* cancel(direct);
    assert.is(direct.state, 'cancelled');
  });
  assert.equal(log, ['outer']);
});

test('and a loop that breaks out of its finally ends cancelled all the same', () => {
  const { state } = cancelWhileWaiting(function* () {
    for (;;) {
      try {
        yield* sleep(1000);
      } finally {
        break;
      }
    }
    yield* sleep(3);
    return 'as if nothing had happened';
  });
  assert.is(state, 'cancelled');
});

test('meets a return in finally that swallows a throw: there it is the result, as in the language', () => {
  const value = virtually(function* () {
    return yield* call(
      (function* (): Coroutine<string> {
        try {
          yield* sleep(1);
          throw new Error('swallowed');
        } finally {
          return 'the result';
        }
      })(),
    );
  });
  assert.is(value, 'the result');
});

test('lets a clean-up spawn children, and waits for them', () => {
  const log: string[] = [];
  virtually(function* () {
    const child = yield* spawn(
      (function* () {
        try {
          yield* sleep(1000);
        } finally {
          const notes = yield* spawn(
            (function* () {
              yield* sleep(7);
              log.push('notes');
              return 'sent';
            })(),
          );
          log.push(yield* join(notes));
        }
      })(),
    );
    yield* sleep(1);
    yield* cancel(child);
    assert.is(yield* now(), 8);
  });
  assert.equal(log, ['notes', 'sent']);
});

test('goes from the owner to all descendants, and the owner ends last', () => {
  const ended: string[] = [];
  const branch = function* (name: string, depth: number): Coroutine<void> {
    if (depth > 0) for (const side of ['l', 'r']) yield* spawn(branch(name + side, depth - 1), { name: name + side });
    try {
      yield* sleep(1000);
    } finally {
      yield* sleep(1);
    }
  };
  virtually(function* () {
    const root = yield* spawn(branch('', 3), { name: '' });
    yield* sleep(10);
    const watch = (task: Task): void => {
      task.addDoneCallback(() => ended.push(task.name));
      task.children.forEach(watch);
    };
    watch(root);
    assert.is((yield* currentTask()).children.length, 1);
    yield* cancel(root);
    yield* yieldNow();
  });
  assert.is(ended.length, 15);
  assert.is(ended.at(-1), '');
  for (const [i, name] of ended.entries()) {
    for (const side of ['l', 'r']) assert.ok(ended.indexOf(name + side) < i, `${name}${side} before ${name}`);
  }
});

test('waits for shielded work and comes right after it', () => {
  const log: string[] = [];
  virtually(function* () {
    const child = yield* spawn(
      (function* () {
        try {
          yield* shield(
            (function* () {
              yield* sleep(50);
              log.push(`committed at ${yield* now()}`);
            })(),
          );
          yield* sleep(10);
          log.push('WENT ON');
        } finally {
          log.push('closed');
        }
      })(),
    );
    yield* sleep(10);
    yield* cancel(child);
    assert.is(child.state, 'cancelled');
  });
  assert.equal(log, ['committed at 50', 'closed']);
});

test('while the task answers its effects inline comes at the next yield', async () => {
  const loop = new EventLoop();
  let steps = 0;
  const spinner = loop.createTask(
    (function* () {
      for (;;) {
        yield* now();
        steps++;
      }
    })(),
    { name: 'spinner' },
  );
  await loop.runUntilComplete(
    (function* () {
      yield* sleep(5);
      yield* cancel(spinner);
    })(),
  );
  assert.ok(steps > 0);
  assert.is(spinner.state, 'cancelled');
});

test("by the signal given to run cancels main, with the signal's reason", async () => {
  const controller = new AbortController();
  const log: string[] = [];
  const task = run(
    (function* () {
      try {
        yield* sleep(60_000);
      } finally {
        yield* sleep(5);
        log.push('cleaned');
      }
    })(),
    { signal: controller.signal },
  );
  setTimeout(() => controller.abort('stop it'), 10);
  const error = await rejection(task);
  assert.instance(error, CancelledError);
  assert.is(error.reason, 'stop it');
  assert.equal(log, ['cleaned']);
});

test('is not seen by siblings', () => {
  virtually(function* () {
    const a = yield* spawn(sleep(10));
    const b = yield* spawn(
      (function* () {
        yield* sleep(20);
        return 'b';
      })(),
    );
    yield* sleep(1);
    yield* cancel(a);
    assert.is(yield* b, 'b');
  });
});

test('of a task while a hundred join it wakes them all, in the order in which they came', () => {
  const order: number[] = [];
  virtually(function* () {
    const target = yield* spawn(sleep(1000));
    for (let i = 0; i < 100; i++) {
      yield* spawn(
        (function* () {
          try {
            yield* target;
          } catch (error) {
            assert.instance(error, CancelledError);
            order.push(i);
          }
        })(),
      );
    }
    yield* sleep(1);
    target.cancel();
    yield* sleep(1);
  });
  assert.equal(
    order,
    Array.from({ length: 100 }, (_, i) => i),
  );
});

test.run();
