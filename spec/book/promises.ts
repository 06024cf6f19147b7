// What an engine of the book can do, it can do for ever: each promise is kept by the engine of its chapter, by every
// later one, and by treadle.
import type * as newest from '../../docs/book/11-the-world-outside/engine.ts';

export type Engine = typeof newest;
type Print = (text: unknown) => void;

export interface Promise {
  readonly since: number;
  readonly sentence: string;
  /** Starts the program. It may go on when this has returned: if it waits for the host, until the promise is settled. */
  run(engine: Engine, print: Print): void | PromiseLike<void>;
  readonly prints: readonly unknown[];
}

/** Prints its name in each of its turns. */
function* player({ yieldNow }: Pick<Engine, 'yieldNow'>, print: Print, name: string, turns: number) {
  for (let turn = 1; turn <= turns; turn++) {
    print(name + turn);
    yield yieldNow();
  }
}

export const promises: readonly Promise[] = [
  {
    since: 1,
    sentence: 'a task runs to its end',
    run({ EventLoop, yieldNow }, print) {
      const loop = new EventLoop();
      loop.createTask(player({ yieldNow }, print, 'a', 3));
      loop.runForever();
    },
    prints: ['a1', 'a2', 'a3'],
  },
  {
    since: 1,
    sentence: 'a task that creates another one does not run it there and then',
    run({ EventLoop, yieldNow }, print) {
      const loop = new EventLoop();
      loop.createTask(
        (function* () {
          print('first');
          loop.createTask(player({ yieldNow }, print, 'second', 1));
          print('still first');
        })(),
      );
      loop.runForever();
    },
    prints: ['first', 'still first', 'second1'],
  },
  {
    since: 2,
    sentence: 'tasks take turns, in the order in which they were created',
    run({ EventLoop, yieldNow }, print) {
      const loop = new EventLoop();
      for (const name of ['a', 'b', 'c']) loop.createTask(player({ yieldNow }, print, name, 2));
      loop.runForever();
    },
    prints: ['a1', 'b1', 'c1', 'a2', 'b2', 'c2'],
  },
  {
    since: 3,
    sentence: 'tasks sleep at the same time, equal deadlines in the order in which they were set',
    run({ runSync, sleep, spawn, now }, print) {
      function* sleeper(name: string, ms: number) {
        yield* sleep(ms);
        print(`${name} at ${yield* now()}`);
      }
      runSync(
        (function* () {
          yield* spawn(sleeper('a', 20));
          yield* spawn(sleeper('b', 10));
          yield* spawn(sleeper('c', 20));
        })(),
      );
    },
    prints: ['b at 10', 'a at 20', 'c at 20'],
  },
  {
    since: 3,
    sentence: 'an answer that is there is given at once, with no turn in between',
    run({ runSync, now, spawn, yieldNow }, print) {
      runSync(
        (function* () {
          yield* spawn(player({ yieldNow }, print, 'other', 1));
          print(yield* now());
          print('before the other');
        })(),
      );
    },
    prints: [0, 'before the other', 'other1'],
  },
  {
    since: 3,
    sentence: 'what cannot be yielded is a TypeError at that very yield, and the task goes on',
    run({ runSync, now }, print) {
      const result = runSync(
        (function* () {
          try {
            yield 42;
          } catch (error) {
            print(error instanceof TypeError);
          }
          return yield* now();
        })(),
      );
      print(result);
    },
    prints: [true, 0],
  },
  {
    since: 3,
    sentence: 'the result of main is that of runSync, and so is its error',
    run({ runSync }, print) {
      const text: string = runSync((function* () { return 'result'; })()); // prettier-ignore
      print(text);
      try {
        runSync((function* () { throw new Error('failed'); })()); // prettier-ignore
      } catch (error) {
        print((error as Error).message);
      }
    },
    prints: ['result', 'failed'],
  },
  {
    since: 4,
    sentence: 'a coroutine that is yielded is called: its result is the answer, and its error is thrown there',
    run({ runSync, sleep }, print) {
      function* half(n: number) {
        yield* sleep(1);
        if (n % 2) throw new RangeError(`${n} is odd`);
        return n / 2;
      }
      runSync(
        (function* () {
          print((yield half(8)) as number);
          try {
            yield half(7);
          } catch (error) {
            print((error as Error).message);
          }
          print((yield half(6)) as number);
        })(),
      );
    },
    prints: [4, '7 is odd', 3],
  },
  {
    since: 4,
    sentence: 'the finally of a call that fails runs before the caller goes on',
    run({ runSync, sleep }, print) {
      function* inner() {
        try {
          throw new Error('failed');
        } finally {
          yield* sleep(5);
          print('cleaned up');
        }
      }
      runSync(
        (function* () {
          try {
            yield inner();
          } catch {
            print('caught');
          }
        })(),
      );
    },
    prints: ['cleaned up', 'caught'],
  },
  {
    since: 5,
    sentence: 'calls may be nested 50,000 deep, with an error that goes all the way up',
    run({ runSync, yieldNow }, print) {
      function* well(depth: number): Generator<unknown, number, any> {
        if (depth === 0) {
          yield* yieldNow();
          throw new Error('from the bottom');
        }
        return yield well(depth - 1);
      }
      runSync(
        (function* () {
          try {
            yield well(50_000);
          } catch (error) {
            print((error as Error).message);
          }
        })(),
      );
    },
    prints: ['from the bottom'],
  },
  {
    since: 5,
    sentence: 'what coroutine makes may be called again and again, and call calls a plain generator',
    run({ runSync, coroutine, call, sleep }, print) {
      const double = coroutine('double', function* (n: number) {
        yield* sleep(1);
        return 2 * n;
      });
      runSync(
        (function* () {
          const effect = double(21);
          print(yield* effect);
          print(yield* effect);
          print(yield* call((function* () { return 'plain'; })())); // prettier-ignore
        })(),
      );
    },
    prints: [42, 42, 'plain'],
  },
  {
    since: 6,
    sentence: 'a task may be joined before its end and after it, by many, and each has its result or its error',
    run({ runSync, spawn, sleep, join, now }, print) {
      function* work(ms: number, fails: boolean) {
        yield* sleep(ms);
        if (fails) throw new Error('failed');
        return 'result';
      }
      runSync(
        (function* () {
          const good = yield* spawn(work(10, false));
          const bad = yield* spawn(work(20, true));
          function* joiner(name: string, ms: number) {
            yield* sleep(ms);
            print(`${name}: ${yield* join(good)} at ${yield* now()}`);
            try {
              yield* bad;
            } catch (error) {
              print(`${name}: ${(error as Error).message} at ${yield* now()}`);
            }
          }
          yield* spawn(joiner('early', 0));
          yield* spawn(joiner('between', 15));
          yield* spawn(joiner('late', 30));
        })(),
      );
    },
    prints: [
      'early: result at 10',
      'between: result at 15',
      'early: failed at 20',
      'between: failed at 20',
      'late: result at 30',
      'late: failed at 30',
    ],
  },
  {
    since: 6,
    sentence: 'the failure of a task ends no other task, and comes out of runSync if nobody has joined it',
    run({ runSync, spawn, sleep }, print) {
      try {
        runSync(
          (function* () {
            yield* spawn((function* () { throw new Error('unheard'); })()); // prettier-ignore
            yield* sleep(10);
            print('not disturbed');
          })(),
        );
      } catch (error) {
        print((error as Error).message);
      }
    },
    prints: ['not disturbed', 'unheard'],
  },
  {
    since: 6,
    sentence: 'a future is set once, and wakes those who wait in the order in which they came',
    run({ runSync, spawn, yieldNow, currentTask, Future }, print) {
      runSync(
        (function* () {
          const { loop } = yield* currentTask();
          const future = new Future<string>(loop);
          function* waits(name: string) {
            print(name + (yield* future));
          }
          yield* spawn(waits('a'));
          yield* spawn(waits('b'));
          yield* yieldNow();
          future.setResult('!');
          yield* waits('c');
          try {
            future.setError(new Error('too late'));
          } catch {
            print('refused');
          }
        })(),
      );
    },
    prints: ['c!', 'refused', 'a!', 'b!'],
  },
  {
    since: 7,
    sentence: 'a task is over when those that it owns are, and so on down the tree',
    run({ runSync, spawn, sleep, join, now }, print) {
      function* leaf() {
        yield* sleep(30);
        print('leaf');
      }
      function* branch() {
        yield* spawn(leaf());
        return 'branch';
      }
      function* tree() {
        yield* spawn(branch());
        return 'tree';
      }
      runSync(
        (function* () {
          print(`${yield* join(yield* spawn(tree()))} at ${yield* now()}`);
        })(),
      );
    },
    prints: ['leaf', 'tree at 30'],
  },
  {
    since: 7,
    sentence: 'a failure that nobody has heard goes to the owner, and further up; one that was heard does not',
    run({ runSync, spawn, sleep, join }, print) {
      function* fails(): Generator<unknown, void, any> {
        yield* sleep(10);
        throw new Error('failed');
      }
      function* owns() {
        yield* spawn(fails());
      }
      function* asks() {
        const task = yield* spawn(fails());
        try {
          yield* join(task);
        } catch {
          print('heard');
        }
      }
      for (const work of [asks, owns])
        runSync(
          (function* () {
            const task = yield* spawn(work());
            try {
              yield* join(task);
              print(`${work.name}: succeeded`);
            } catch (error) {
              print(`${work.name}: ${(error as Error).message}`);
            }
          })(),
        );
    },
    prints: ['heard', 'asks: succeeded', 'owns: failed'],
  },
  {
    since: 7,
    sentence: 'a chain of 20,000 owners ends, from the last one up',
    run({ runSync, spawn }, print) {
      function* chain(length: number): Generator<unknown, void, any> {
        if (length > 0) yield* spawn(chain(length - 1));
        else throw new Error('from the last one');
      }
      try {
        runSync(chain(20_000));
      } catch (error) {
        print((error as Error).message);
      }
    },
    prints: ['from the last one'],
  },
  {
    since: 8,
    sentence:
      'a cancelled task is closed from the inside out: each clean-up may wait, no catch sees it, nothing behind it runs',
    run({ runSync, spawn, sleep, cancel, now }, print) {
      function* inner() {
        try {
          yield* sleep(1_000);
        } catch {
          print('caught');
        } finally {
          yield* sleep(5);
          print(`inner at ${yield* now()}`);
        }
      }
      function* outer() {
        try {
          yield inner();
          print('went on');
        } finally {
          yield* sleep(5);
          print(`outer at ${yield* now()}`);
        }
      }
      runSync(
        (function* () {
          const task = yield* spawn(outer());
          yield* sleep(10);
          print(yield* cancel(task));
          print(`${task.state} at ${yield* now()}`);
          print(yield* cancel(task));
        })(),
      );
    },
    prints: ['inner at 15', 'outer at 20', true, 'cancelled at 20', true],
  },
  {
    since: 8,
    sentence: 'an owner that fails or is cancelled stops its children, and waits for their clean-up',
    run({ runSync, spawn, sleep, cancel, join, now }, print) {
      function* child() {
        try {
          yield* sleep(1_000);
        } finally {
          yield* sleep(5);
          print(`closed at ${yield* now()}`);
        }
      }
      function* owner(fails: boolean) {
        yield* spawn(child());
        yield* sleep(10);
        if (fails) throw new Error('failed');
        return 'waits for its child';
      }
      runSync(
        (function* () {
          try {
            yield* join(yield* spawn(owner(true)));
          } catch (error) {
            print(`${(error as Error).message} at ${yield* now()}`);
          }
          const task = yield* spawn(owner(false));
          yield* sleep(50);
          print(yield* cancel(task));
          try {
            yield* join(task);
          } catch (error) {
            print((error as Error).name);
          }
        })(),
      );
    },
    prints: ['closed at 15', 'failed at 15', 'closed at 70', true, 'CancelledError'],
  },
  {
    since: 8,
    sentence: 'the error of a clean-up is not lost, and the frames around it are still closed',
    run({ runSync, spawn, sleep, cancel }, print) {
      function* inner() {
        try {
          yield* sleep(100);
        } finally {
          throw new Error('no roll-back');
        }
      }
      function* outer() {
        try {
          yield inner();
        } catch {
          print('caught');
        } finally {
          print('outer');
        }
      }
      runSync(
        (function* () {
          const task = yield* spawn(outer());
          yield* sleep(10);
          try {
            yield* cancel(task);
          } catch (error) {
            print((error as Error).message);
          }
        })(),
      );
    },
    prints: ['outer', 'no roll-back'],
  },
  {
    since: 8,
    sentence: 'a task that is cancelled before its first turn runs no line, and one that cancels itself ends there',
    run({ runSync, spawn, yieldNow, cancel, currentTask }, print) {
      function* never() {
        print('never');
        yield* yieldNow();
      }
      function* itself() {
        yield* cancel(yield* currentTask());
        print('went on');
      }
      runSync(
        (function* () {
          print(yield* cancel(yield* spawn(never())));
          const task = yield* spawn(itself());
          yield* yieldNow();
          yield* yieldNow();
          print(task.state);
        })(),
      );
    },
    prints: [true, 'cancelled'],
  },
  {
    since: 8,
    sentence: 'a queue hands its items out in order, each to one task, also to those that wait',
    run({ runSync, spawn, yieldNow, Queue }, print) {
      const queue = new Queue<number>();
      function* taker(name: string) {
        print(`${name} ${yield* queue.get()}`);
      }
      runSync(
        (function* () {
          yield* spawn(taker('a'));
          yield* spawn(taker('b'));
          yield* yieldNow();
          for (const item of [1, 2, 3]) yield* queue.put(item);
          yield* yieldNow();
          yield* taker('c');
        })(),
      );
    },
    prints: ['a 1', 'b 2', 'c 3'],
  },
  {
    since: 9,
    sentence: 'an item that was promised to a task which is cancelled before its turn goes to the next, in order',
    run({ runSync, spawn, sleep, yieldNow, cancel, Queue }, print) {
      const queue = new Queue<number>();
      function* taker(name: string) {
        print(`${name} ${yield* queue.get()}`);
      }
      runSync(
        (function* () {
          const a = yield* spawn(taker('a'));
          const b = yield* spawn(taker('b'));
          yield* spawn(taker('c'));
          yield* yieldNow();
          for (const item of [1, 2]) yield* queue.put(item);
          a.cancel(); // its promise goes to c, which has none
          b.cancel();
          yield* sleep(1);
          yield* queue.put(3);
          print(queue.size);
          yield* taker('d');
          yield* taker('e');
          print(yield* cancel(a));
        })(),
      );
    },
    prints: ['c 1', 2, 'd 2', 'e 3', true],
  },
  {
    since: 9,
    sentence: 'nobody takes an item that is promised to another, also if it comes first to take one',
    run({ runSync, spawn, yieldNow, Queue }, print) {
      const queue = new Queue<number>();
      function* taker(name: string) {
        print(`${name} ${yield* queue.get()}`);
      }
      runSync(
        (function* () {
          yield* spawn(taker('a'));
          yield* yieldNow();
          yield* queue.put(1);
          const late = taker('late');
          yield* spawn(late);
          yield* yieldNow();
          yield* queue.put(2);
        })(),
      );
    },
    prints: ['a 1', 'late 2'],
  },
  {
    since: 9,
    sentence: 'a lock is handed over in the order in which the tasks came, and nobody slips in',
    run({ runSync, spawn, yieldNow, Lock }, print) {
      const lock = new Lock();
      function* user(name: string) {
        yield* lock.acquire();
        print(name);
        yield* yieldNow();
        lock.release();
        print(lock.locked);
        // It asks again at once, and is the last.
        if (name === 'a') yield* lock.with(player({ yieldNow }, print, 'a again', 1));
      }
      runSync(
        (function* () {
          for (const name of ['a', 'b', 'c']) yield* spawn(user(name));
        })(),
      );
      print(lock.locked);
      try {
        lock.release();
      } catch (error) {
        print(error instanceof Error);
      }
    },
    prints: ['a', true, 'b', true, 'c', true, 'a again1', false, true],
  },
  {
    since: 9,
    sentence: 'a lock is not lost, no matter when a task that waits for it or holds it is cancelled',
    run({ runSync, spawn, sleep, yieldNow, cancel, Lock }, print) {
      for (let turns = 0; turns < 12; turns++) {
        const lock = new Lock();
        let done = 0;
        function* press() {
          yield* yieldNow();
          yield* yieldNow();
          done++;
        }
        function* user() {
          yield* lock.with(press());
        }
        let isWhole = false;
        runSync(
          (function* () {
            yield* spawn(user());
            const victim = yield* spawn(user());
            yield* spawn(user());
            for (let turn = 0; turn < turns; turn++) yield* yieldNow();
            const wasCancelled = yield* cancel(victim);
            yield* sleep(1);
            isWhole = !lock.locked && done === (wasCancelled ? 2 : 3);
          })(),
        );
        if (!isWhole) print(`lost after ${turns} turns`);
      }
    },
    prints: [],
  },
  {
    since: 9,
    sentence: 'a task that cancels itself when it has just got a lock releases it once',
    run({ runSync, spawn, yieldNow, cancel, currentTask, Lock }, print) {
      const lock = new Lock();
      function* itself(): Generator<any, void, any> {
        yield* lock.acquire();
        try {
          yield* cancel(yield* currentTask());
        } finally {
          lock.release();
          print(lock.locked);
        }
      }
      runSync(
        (function* () {
          yield* lock.acquire();
          yield* spawn(itself());
          yield* yieldNow();
          lock.release();
        })(),
      );
    },
    prints: [false],
  },
  {
    since: 9,
    sentence: 'a task that is ready when it is cancelled has one turn more, and not two',
    run({ runSync, spawn, sleep, yieldNow, cancel, now }, print) {
      function* busy() {
        try {
          for (;;) yield* yieldNow();
        } finally {
          yield* sleep(5);
          print(`closed at ${yield* now()}`);
        }
      }
      runSync(
        (function* () {
          const task = yield* spawn(busy());
          yield* yieldNow();
          yield* yieldNow();
          print(yield* cancel(task));
          print(`${task.state} at ${yield* now()}`);
        })(),
      );
    },
    prints: ['closed at 5', true, 'cancelled at 5'],
  },
  {
    since: 10,
    sentence: 'when every task waits for ever, an error lists each of them, what it waits on, and who holds that',
    run({ runSync, spawn, sleep, join, Future, Lock, Queue, DeadlockError }, print) {
      const [left, right] = [new Lock({ name: 'left' }), new Lock()];
      function* takes(first: typeof left, second: typeof left) {
        yield* first.acquire();
        yield* sleep(10);
        yield* second.acquire();
      }
      function* waits(): Generator<any, void, any> {
        yield* new Queue<number>().get();
      }
      try {
        runSync(
          (function* () {
            const ada = yield* spawn(takes(left, right), { name: 'ada' });
            yield* spawn(takes(right, left));
            yield* spawn((function* () { yield* join(ada); })(), { name: 'joins' }); // prettier-ignore
            yield* spawn(waits());
            yield* new Future<void>(ada.loop);
          })(),
        );
      } catch (error) {
        print(error instanceof DeadlockError);
        for (const line of (error as Error).message.split('\n')) print(line);
      }
    },
    prints: [
      true,
      'every task waits and nothing can wake them:',
      '  <Task #1 main waiting on <Future waiting>>',
      '  <Task #2 ada waiting on lock.acquire()>, held by #3 task-3',
      '  <Task #3 task-3 waiting on left.acquire()>, held by #2 ada',
      '  <Task #4 joins waiting on join(#2 ada)>',
      '  <Task #5 task-5 waiting on queue.get()>',
    ],
  },
  {
    since: 10,
    sentence: 'a lock that was handed over is held by its new owner, and so is one that goes on after a cancellation',
    run({ runSync, spawn, yieldNow, cancel, Lock, Queue }, print) {
      const lock = new Lock();
      function* holds() {
        yield* lock.acquire();
        yield* new Queue<number>().get();
      }
      try {
        runSync(
          (function* () {
            yield* lock.acquire();
            const a = yield* spawn(holds(), { name: 'a' });
            yield* spawn(holds(), { name: 'b' });
            yield* spawn(holds(), { name: 'c' });
            yield* yieldNow();
            lock.release();
            yield* cancel(a);
          })(),
        );
      } catch (error) {
        // Treadle may list the tasks in another order, because the last child takes the place of one that is over.
        for (const line of (error as Error).message.split('\n').slice(2).sort()) print(line.trim());
      }
    },
    prints: ['<Task #3 b waiting on queue.get()>', '<Task #4 c waiting on lock.acquire()>, held by #3 b'],
  },
  {
    since: 10,
    sentence: 'in a deadlock every clean-up runs, as long as it takes, and then the error is thrown',
    run({ runSync, spawn, sleep, now, Queue }, print) {
      function* stuck(ms: number) {
        try {
          yield* new Queue<number>().get();
        } finally {
          yield* sleep(ms);
          print(`closed at ${yield* now()}`);
        }
      }
      try {
        runSync(
          (function* () {
            yield* spawn(stuck(10));
            yield* spawn(stuck(5));
            yield* sleep(100);
          })(),
        );
      } catch (error) {
        print((error as Error).name);
      }
    },
    prints: ['closed at 105', 'closed at 110', 'DeadlockError'],
  },
  {
    since: 10,
    sentence: 'a clean-up that waits for ever does not keep the program from its end, and is in the report',
    run({ runSync, spawn, Queue }, print) {
      function* stuck(): Generator<any, void, any> {
        try {
          yield* new Queue<number>().get();
        } finally {
          print('begins to clean up');
          yield* new Queue<number>().get();
          print('never');
        }
      }
      try {
        runSync(
          (function* () {
            yield* spawn(stuck(), { name: 'stuck' });
          })(),
        );
      } catch (error) {
        print((error as Error).message.split('\n').at(-1));
      }
    },
    prints: ['begins to clean up', '  <Task #2 stuck waiting on queue.get(), cancelling>'],
  },
  {
    since: 10,
    sentence: 'a program that has ended has no deadlock, and neither has a loop without tasks',
    run({ EventLoop, runSync, spawn, sleep }, print) {
      new EventLoop().runForever();
      runSync(
        (function* () {
          yield* spawn((function* () { yield* sleep(10); print('over'); })()); // prettier-ignore
        })(),
      );
      print('no error');
    },
    prints: ['over', 'no error'],
  },
  {
    since: 11,
    sentence:
      'of what comes from outside the first answer counts, at once or later, and what start throws is an answer',
    run({ runSync, spawn, suspend, yieldNow }, print) {
      let answer!: (value: string) => void;
      function* asks() {
        print(yield* suspend<string>((resume) => (resume('at once'), resume('again'))));
        print(yield* suspend<string>((resume) => void (answer = resume)));
        try {
          yield* suspend(() => {
            throw new Error('not started');
          });
        } catch (error) {
          print((error as Error).message);
        }
        print('the end');
      }
      runSync(
        (function* () {
          yield* spawn(asks());
          for (let turn = 0; turn < 3; turn++) yield* yieldNow();
          answer('later');
          answer('again');
          yield* yieldNow();
          answer('much later');
        })(),
      );
    },
    prints: ['at once', 'later', 'not started', 'the end'],
  },
  {
    since: 11,
    sentence: 'a wait for the outside is cleaned up when it is cancelled, also between the answer and its turn',
    run({ runSync, spawn, suspend, yieldNow, cancel }, print) {
      let answer!: (value: string) => void;
      function* asks(name: string) {
        yield* suspend<string>((resume) => {
          answer = resume;
          return () => print(`${name} is cleaned up`);
        });
        print(`${name} has an answer`);
      }
      runSync(
        (function* () {
          const waits = yield* spawn(asks('one that waits'));
          yield* yieldNow();
          yield* cancel(waits);
          answer('too late');
          const woken = yield* spawn(asks('one that was woken'));
          yield* yieldNow();
          answer('in time');
          yield* cancel(woken);
          yield* spawn(asks('one with an answer'));
          yield* yieldNow();
          answer('in time');
        })(),
      );
    },
    prints: ['one that waits is cleaned up', 'one that was woken is cleaned up', 'one with an answer has an answer'],
  },
  {
    since: 11,
    sentence: 'a promise can be yielded: its value is the answer, its error is thrown, and run gives a promise',
    run({ run }, print) {
      function* main() {
        print((yield globalThis.Promise.resolve('value')) as string);
        try {
          yield globalThis.Promise.reject(new Error('rejected'));
        } catch (error) {
          print((error as Error).message);
        }
        throw new Error('failed');
      }
      const over = run(main()).then(print, (error: Error) => print(error.message));
      print('run has returned');
      return over;
    },
    prints: ['run has returned', 'value', 'rejected', 'failed'],
  },
  {
    since: 11,
    sentence: 'a callback of the host can set a future, put something into a queue, create a task and cancel one',
    run({ EventLoop, Future, Queue, suspend }, print) {
      const loop = new EventLoop();
      const future = new Future<string>(loop);
      const queue = new Queue<string>();
      function* waits() {
        print(yield* future);
        print(yield* queue.get());
      }
      function* late() {
        print('a late task');
      }
      return new globalThis.Promise((resolve) => {
        function* never() {
          try {
            yield* suspend(() => {});
          } finally {
            print('cancelled');
            resolve();
          }
        }
        loop.createTask(waits());
        const stuck = loop.createTask(never());
        loop.runForever();
        setImmediate(() => {
          future.setResult('a future');
          queue.putNowait('a queue');
          setImmediate(() => {
            loop.createTask(late());
            stuck.cancel();
          });
        });
      });
    },
    prints: ['a future', 'a queue', 'a late task', 'cancelled'],
  },
  {
    since: 11,
    sentence: 'where nobody can answer from outside, a wait for it is a deadlock, and is cleaned up',
    run({ runSync, suspend, sleep }, print) {
      try {
        runSync(
          (function* () {
            yield* sleep(10);
            yield* suspend(() => () => print('cleaned up'));
          })(),
        );
      } catch (error) {
        print((error as Error).name);
      }
    },
    prints: ['cleaned up', 'DeadlockError'],
  },
  {
    since: 12,
    sentence: 'a task that takes one answer after the other lets the others have a turn',
    run({ EventLoop, now }, print) {
      const loop = new EventLoop();
      loop.createTask(
        (function* () {
          for (let i = 0; i < 250; i++) yield now();
          print('has asked');
        })(),
      );
      loop.createTask(
        (function* () {
          print('has its turn');
        })(),
      );
      loop.runForever();
    },
    prints: ['has its turn', 'has asked'],
  },
];
