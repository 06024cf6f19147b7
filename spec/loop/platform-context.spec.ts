// The platform's asynchronous context: what AsyncLocalStorage holds in a task or callback is what it held where the
// task's root was started, or the callback was registered. Whoever wakes it has no say in that.
import { AsyncLocalStorage } from 'node:async_hooks';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  all,
  Barrier,
  cancel,
  Channel,
  coroutine,
  Event,
  EventLoop,
  fromPromise,
  join,
  Lock,
  now,
  Queue,
  run,
  runSync,
  Semaphore,
  sleep,
  spawn,
  suspend,
  timeout,
  yieldNow,
} from 'treadle';
import type { Coroutine } from 'treadle';
import { VirtualClock } from 'treadle/testing';
import { eventually, hostTurns } from '../support/host.ts';

const test = suite("the platform's context");

const store = new AsyncLocalStorage<string>();

/** What the requests share. */
const shared = () => ({
  lock: new Lock(),
  semaphore: new Semaphore(1),
  event: new Event(),
  queue: new Queue<number>(1),
  channel: new Channel<number>(),
  barrier: new Barrier(3),
});

/** Waits for the others in each way there is, and says where it saw a store that is not its own. */
function* request(name: string, { lock, semaphore, event, queue, channel, barrier }: ReturnType<typeof shared>) {
  const wrong: string[] = [];
  const see = (where: string) => {
    if (store.getStore() !== name) wrong.push(`${name} saw ${store.getStore()} after ${where}`);
  };
  see('its start');
  yield* lock.acquire();
  see('lock');
  yield* sleep(1);
  see('sleep');
  lock.release();
  yield* semaphore.acquire();
  see('semaphore');
  yield* sleep(1);
  semaphore.release();
  yield* yieldNow();
  see('yieldNow');
  yield* event.wait();
  see('event');
  yield* queue.put(1);
  see('put');
  yield* queue.get();
  see('get');
  yield* all([channel.send(1), channel.receive()]);
  see('channel');
  yield* barrier.wait();
  see('barrier');
  yield* fromPromise(Promise.resolve());
  see('promise');
  yield* suspend((resume) => void setTimeout(resume, 1));
  see('suspend');
  const child = yield* spawn(
    coroutine('child', function* () {
      see('the start of a child');
      yield* sleep(1);
      see('sleep of a child');
    })(),
    { detached: name === 'b' },
  );
  yield* join(child);
  see('join');
  const late = yield* spawn(sleep(Infinity));
  yield* cancel(late);
  see('cancel');
  yield* timeout(60_000, lock.with(sleep(1)));
  see('timeout');
  for (let i = 0; i < 2_000; i++) yield* i % 2 ? yieldNow() : now();
  see('turns of the host');
  return wrong;
}

const names = ['a', 'b', 'c'];

/** Wakes those who wait for the event, in a context of its own. */
const wake = (event: Event) => setTimeout(() => store.run('waker', () => event.set()), 20);

test('requests on a loop each see their own store, whatever they share', async () => {
  const things = shared();
  wake(things.event);
  const tasks = names.map((name) => store.run(name, () => run(request(name, things))));
  assert.equal(await Promise.all(tasks), [[], [], []]);
});

test('requests on one loop each see their own store, whatever they share', async () => {
  const things = shared();
  wake(things.event);
  const loop = new EventLoop();
  const tasks = names.map((name) => store.run(name, () => loop.createTask(request(name, things))));
  store.run('the loop', () => loop.runForever());
  assert.equal(await Promise.all(tasks), [[], [], []]);
  loop.stop();
});

test('a task that is created while the loop runs sees the store of that call, also from within another task', async () => {
  const loop = new EventLoop();
  const seen: unknown[] = [];
  const look = function* (): Coroutine<void> {
    seen.push(store.getStore());
    yield* sleep(1);
    seen.push(store.getStore());
  };
  loop.runForever();
  const outer = store.run('outer', () =>
    loop.createTask(
      (function* () {
        const inner = store.run('inner', () => loop.createTask(look()));
        const plain = loop.createTask(look());
        yield* join(inner);
        yield* join(plain);
        seen.push(store.getStore());
      })(),
    ),
  );
  await outer;
  assert.equal(seen, ['inner', 'outer', 'inner', 'outer', 'outer']);
  const none = loop.createTask(look());
  await none;
  assert.equal(seen.slice(5), [undefined, undefined]);
  loop.stop();
});

test('runUntilComplete runs in the context of its call, each time', async () => {
  const loop = new EventLoop();
  for (const name of ['first', 'second']) {
    const seen = await store.run(name, () =>
      loop.runUntilComplete(
        (function* () {
          yield* sleep(1);
          return store.getStore();
        })(),
      ),
    );
    assert.is(seen, name);
  }
});

test('callbacks run in the context in which they were registered', async () => {
  const log: string[] = [];
  const note = (what: string) => log.push(`${what}: ${store.getStore()}`);
  const loop = new EventLoop();
  const task = store.run('task', () => loop.createTask(sleep(5)));
  for (const name of ['x', 'y']) {
    store.run(name, () => {
      loop.callSoon(note, `soon ${name}`);
      loop.callLater(1, note, `later ${name}`);
      loop.callAt(loop.now() + 200, note, `never ${name}`);
      task.addDoneCallback(() => note(`done ${name}`));
    });
  }
  loop.callSoon(note, 'soon, without a store');
  store.run('runner', () => loop.runForever());
  await task;
  await hostTurns();
  store.run('late', () => task.addDoneCallback(() => note('done late')));
  await hostTurns();
  loop.stop();
  assert.equal(log.slice(0, 3), ['soon x: x', 'soon y: y', 'soon, without a store: undefined']);
  assert.equal(log.slice(3).sort(), ['done late: late', 'done x: x', 'done y: y', 'later x: x', 'later y: y']);
});

test("a done callback of run's task runs in the context in which it was added", async () => {
  const log: unknown[] = [];
  const task = store.run('program', () => run(sleep(1)));
  store.run('watcher', () => task.addDoneCallback(() => log.push(store.getStore())));
  await task;
  await hostTurns();
  assert.equal(log, ['watcher']);
});

test('a callback that registers another one hands its context on', async () => {
  const loop = new EventLoop();
  const seen: unknown[] = [];
  store.run('chain', () =>
    loop.callSoon(() => {
      seen.push(store.getStore());
      loop.callSoon(() => {
        seen.push(store.getStore());
        loop.callLater(1, () => {
          seen.push(store.getStore());
          loop.stop();
        });
      });
    }),
  );
  loop.runForever();
  await eventually(() => seen.length === 3);
  assert.equal(seen, ['chain', 'chain', 'chain']);
});

test('runSync runs in the context of its call, also within a task', async () => {
  const inner = () =>
    runSync(
      (function* () {
        const child = yield* spawn(
          (function* () {
            yield* sleep(1_000);
            return store.getStore();
          })(),
        );
        return [store.getStore(), yield* join(child)];
      })(),
    );
  assert.equal(store.run('sync', inner), ['sync', 'sync']);
  const program = function* (): Coroutine<unknown> {
    yield* sleep(1);
    return [store.run('within', inner), inner()];
  };
  assert.equal(await store.run('outside', () => run(program())), [
    ['within', 'within'],
    ['outside', 'outside'],
  ]);
});

test('programs on virtual clocks see their own stores, too', async () => {
  const lock = new Lock();
  const program = function* (): Coroutine<unknown> {
    yield* lock.acquire();
    yield* sleep(1_000);
    lock.release();
    return store.getStore();
  };
  const tasks = names.map((name) => store.run(name, () => run(program(), { clock: new VirtualClock() })));
  assert.equal(await Promise.all(tasks), names);
});

test('a program without a store sees none, whoever wakes it', async () => {
  const event = new Event();
  const task = run(
    (function* () {
      yield* event.wait();
      return store.getStore();
    })(),
  );
  await hostTurns();
  store.run('waker', () => event.set());
  assert.is(await task, undefined);
});

test.run();
