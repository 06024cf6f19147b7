// What combinators and primitives give: the shape of what they were given. The compiler checks the bodies; none of them
// is run.
import {
  all,
  allSettled,
  any,
  asCompleted,
  Barrier,
  Condition,
  coroutine,
  Event,
  forEach,
  Future,
  join,
  LifoQueue,
  Lock,
  map,
  PriorityQueue,
  Queue,
  race,
  retry,
  Semaphore,
  sleep,
  spawn,
  Task,
  taskGroup,
  timeout,
  wait,
} from 'treadle';
import type { Awaitable, Coroutine, Effect, Settled } from 'treadle';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type } from '../support/types.ts';

const page = coroutine('page', function* (url: string) {
  yield* sleep(1);
  return url.length;
});
function* plain() {
  yield* sleep(1);
  return 'text';
}

export function* several(): Coroutine<void> {
  const task = yield* spawn(plain());
  // Tuples
  type<[number, string, boolean, void, string]>()(
    yield* all([page('/'), plain(), Promise.resolve(true), sleep(1), task]),
  );
  type<[]>()(yield* all([]));
  const [a, b] = yield* all([page('/a'), plain()]);
  type<number>()(a);
  type<string>()(b);
  // Arrays, also readonly ones, of whatever length
  const pages = ['/a', '/b'].map((url) => page(url));
  type<number[]>()(yield* all(pages));
  type<number[]>()(yield* all(pages as readonly Effect<number>[]));
  type<(string | number)[]>()(yield* all([] as (Effect<number> | Promise<string>)[]));
  const tuple = [page('/'), plain()] as const;
  type<[number, string]>()(yield* all(tuple));
  // Objects
  type<{ a: number; b: string }>()(yield* all({ a: page('/'), b: plain() }));
  type<{ a: number; b: string }>()(yield* all({ a: page('/'), b: plain() } as const));
  const record: Record<string, Effect<number>> = {};
  type<{ [x: string]: number }>()(yield* all(record));
  type<{ a: [number, { b: string }] }>()(yield* all({ a: all([page('/'), all({ b: plain() })]) }));
  // allSettled
  type<[Settled<number>, Settled<string>]>()(yield* allSettled([page('/'), plain()]));
  type<{ a: Settled<number> }>()(yield* allSettled({ a: page('/') }));
  type<Settled<number>[]>()(yield* allSettled(pages));
  const [settled] = yield* allSettled([page('/')]);
  if (settled.status === 'fulfilled') type<number>()(settled.value);
  else type<unknown>()(settled.reason);
  // @ts-expect-error: there is no value before the status was looked at
  settled.value;

  // race and any: one of them
  type<number | string>()(yield* race([page('/'), plain()]));
  type<number | string | boolean>()(yield* any([page('/'), plain(), Promise.resolve(true as boolean)]));
  type<number>()(yield* race(pages));
  type<number>()(yield* race(pages as readonly Effect<number>[]));
  type<number | string>()(yield* race({ a: page('/'), b: plain() }));
  type<number | string>()(yield* any({ a: page('/'), b: plain() }));
  type<number>()(yield* any(record));
  type<number | void>()(yield* race([page('/'), sleep(1)]));

  // @ts-expect-error: an array or an object
  all(page('/'), page('/'));
  // @ts-expect-error: an array or an object of awaitables
  all([5]);
  // @ts-expect-error: functions must be called
  all([page, page]);
  // @ts-expect-error: an array or an object of awaitables
  all({ a: 5 });
  // @ts-expect-error: no set
  all(new Set([page('/')]));
  all(
    // @ts-expect-error: no generator
    (function* () {
      yield page('/');
    })(),
  );
  // @ts-expect-error: no promise
  all(Promise.resolve([page('/')]));
  // @ts-expect-error: an effect alone
  race(page('/'));
  // @ts-expect-error: functions must be called
  any({ a: plain });
}

export function* limits(): Coroutine<void> {
  type<number>()(yield* timeout(5, page('/')));
  type<string>()(yield* timeout(5, plain()));
  type<string>()(yield* timeout(5, yield* spawn(plain())));
  type<[number, string]>()(yield* timeout(5, all([page('/'), plain()])));
  type<number>()(yield* timeout(5, race([page('/')])));
  type<number>()(yield* retry(() => page('/')));
  type<string>()(yield* retry(plain));
  type<string>()(
    yield* retry(
      function* (attempt) {
        type<number>()(attempt);
        return yield* plain();
      },
      {
        attempts: 5,
        delay: 100,
        backoff: 2,
        maxDelay: 1000,
        jitter: 0.5,
        when: (error, attempt) => error instanceof Error && attempt < 3,
      },
    ),
  );
  type<boolean>()(yield* retry(async () => true as boolean));
  // @ts-expect-error: the time comes first
  timeout(page('/'), 5);
  // @ts-expect-error: a function must be called
  timeout(5, plain);
  // @ts-expect-error: what is to be retried is a function
  retry(page('/'));
  // @ts-expect-error: no such option
  retry(() => page('/'), { tries: 5 });
  // @ts-expect-error: it must start something
  retry(() => 5);
}

export function* items(): Coroutine<void> {
  type<number[]>()(yield* map(['/a'], (url) => page(url)));
  type<string[]>()(
    yield* map(
      [1, 2],
      function* (n, index) {
        type<number>()(n);
        type<number>()(index);
        return yield* plain();
      },
      { concurrency: 2 },
    ),
  );
  type<boolean[]>()(yield* map(new Set<Date>(), async (date) => date.getTime() > 0));
  const queue = new Queue<Date>();
  type<number[]>()(
    yield* map(queue, function* (date) {
      return date.getTime();
    }),
  );
  const source = (async function* () {
    yield 'x';
  })();
  type<number[]>()(yield* map(source, (text) => page(text)));
  type<void>()(yield* forEach(source, (text) => page(text), { concurrency: 1 }));
  type<(number | string)[]>()(yield* map([1], (n) => (n ? page('/') : call())));
  // Work that need not wait gives its value itself
  type<number[]>()(yield* map([1], (n) => n + 1));
  type<(number | 'none')[]>()(yield* map([1], (n) => (n > 1 ? page('/') : 'none')));
  type<void>()(yield* forEach(['x'], (text) => console.log(text)));
  type<void>()(yield* forEach(queue, (date) => sleep(date.getTime()), { whenBusy: 'restart' }));
  // @ts-expect-error: not one of the words
  forEach(queue, () => sleep(1), { whenBusy: 'newest' });
  // @ts-expect-error: only forEach drops items
  map(queue, () => sleep(1), { whenBusy: 'drop' });
  // @ts-expect-error: no source
  map(5, () => sleep(1));
  // @ts-expect-error: a number
  map([1], () => sleep(1), { concurrency: '2' });
  // @ts-expect-error: the work is missing
  forEach([1]);
}
const call = (): Awaitable<string> => plain();

export function* looks(): Coroutine<void> {
  const tasks = [yield* spawn(page('/a')), yield* spawn(page('/b'))];
  const { done, pending } = yield* wait(tasks, { timeout: 5, returnWhen: 'first-completed' });
  type<Task<number>[]>()(done);
  type<Task<number>[]>()(pending);
  type<number>()(done[0]!.result());
  const mixed = yield* wait([tasks[0]!, yield* spawn(plain()), null! as Future<boolean>]);
  type<(Task<number> | Task<string> | Future<boolean>)[]>()(mixed.done);
  type<Task<number>[]>()((yield* wait(tasks as readonly Task<number>[])).done);
  // @ts-expect-error: tasks and futures
  wait([page('/')]);
  // @ts-expect-error: an array
  wait(tasks[0]!);
  // @ts-expect-error: no such word
  wait(tasks, { returnWhen: 'FIRST_COMPLETED' });
  for (const next of yield* asCompleted([page('/'), plain()])) type<number | string>()(yield* next);
  for (const next of yield* asCompleted(tasks)) type<number>()(yield* next);
  for (const next of yield* asCompleted([Promise.resolve(true as boolean)])) type<boolean>()(yield* next);
  // @ts-expect-error: an array of awaitables
  asCompleted([5]);
  // @ts-expect-error: functions must be called
  asCompleted([page]);
}

export function* groups(): Coroutine<void> {
  type<boolean>()(
    yield* taskGroup(function* (group) {
      const task = yield* group.spawn(page('/'), { name: 'page' });
      type<Task<number>>()(task);
      type<number>()(yield* join(task));
      return true as boolean;
    }),
  );
  type<void>()(yield* taskGroup(function* () {}));
  // @ts-expect-error: the body is a generator function
  taskGroup(plain());
  taskGroup(function* (group) {
    // @ts-expect-error: a function must be called
    yield* group.spawn(plain);
  });
}

export function* primitives(): Coroutine<void> {
  const lock = new Lock({ name: 'door' });
  type<void>()(yield* lock.acquire());
  type<void>()(lock.release());
  type<boolean>()(lock.locked);
  type<number>()(yield* lock.with(page('/')));
  type<string>()(yield* new Semaphore(5).with(plain()));
  type<void>()(yield* new Event().wait());
  const condition = new Condition(lock, { name: 'changed' });
  type<void>()(yield* condition.wait());
  type<number>()(yield* condition.waitFor(() => 5 as number));
  type<void>()(condition.notify(2));
  type<string>()(yield* condition.with(plain()));
  // @ts-expect-error: the lock comes first
  new Condition({ name: 'changed' });
  // @ts-expect-error: a function
  condition.waitFor(true);
  const queue = new Queue<string>(5, { name: 'jobs' });
  type<string>()(yield* queue.get());
  type<string>()(queue.getNowait());
  type<void>()(yield* queue.put('x'));
  type<void>()(yield* queue.join());
  const jobs = new PriorityQueue((job: { name: string; deadline: number }) => job.deadline, 5, { name: 'jobs' });
  type<{ name: string; deadline: number }>()(yield* jobs.get());
  type<Queue<string>>()(new LifoQueue<string>(5) as Queue<string>);
  type<string>()(yield* new LifoQueue<string>().get());
  // @ts-expect-error: the priority is a number
  new PriorityQueue((name: string) => name);
  // @ts-expect-error: no such job
  jobs.put({ name: 'x' });
  const barrier = new Barrier(3);
  type<number>()(yield* barrier.wait());
  type<void>()(barrier.abort());
  // @ts-expect-error: for how many?
  new Barrier();
  // @ts-expect-error: a queue of strings
  queue.put(5);
  // @ts-expect-error: a queue of strings
  queue.putNowait(5);
  // @ts-expect-error: what happens with the lock is something to wait for
  lock.with(() => 5);
  // @ts-expect-error: no such option
  new Lock({ title: 'x' });
  // @ts-expect-error: its size is its own
  queue.size = 5;
}

test('the types of combinators and primitives are checked by the compiler', () => {
  assert.type(type, 'function');
});

test.run();
