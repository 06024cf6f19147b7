// A program that is cancelled at a moment: a victim waits in a combinator for something that another task provides, and
// a third task cancels it. What must hold afterwards does not depend on the moment, so specs go through all of them.
//
//     victim     try { try { yield* combinator(acquire()) ... } finally { waits } } finally { waits }
//     provider   releases the lock, puts the items in ... after a few milliseconds
//     canceller  waits some milliseconds and some turns, and cancels the victim
//
// A moment is a number of milliseconds and, within it, a number of turns of the ready queue.
import {
  all,
  allSettled,
  any,
  asCompleted,
  Barrier,
  call,
  cancel,
  Channel,
  Condition,
  coroutine,
  deadline,
  ensure,
  Event,
  forEach,
  Lock,
  map,
  Queue,
  race,
  retry,
  runSync,
  Semaphore,
  shield,
  sleep,
  spawn,
  taskGroup,
  timeout,
  TimeoutError,
  use,
  wait,
  withSignal,
  yieldNow,
} from 'treadle';
import type { Awaitable, Coroutine, Task } from 'treadle';
import { after, turns } from '../support/work.ts';

/** Something that can be waited for, and a way to see at the end whether any of it was lost or doubled. */
export interface Provision {
  acquire(): Awaitable<unknown>;
  /** Gives back what the victim has got. */
  release(answer: unknown): void;
  /** What the provider does. It has started before the victim. */
  provide(): Coroutine<unknown>;
  /** Only the victim is over. Another task may still have to be served. `got`: what the victim was answered. */
  finish?(got: readonly unknown[]): Coroutine<unknown>;
  /** What is wrong at the end, when only the main task is left. */
  fault(got: readonly unknown[]): string | undefined;
  /** It cannot be acquired twice by one victim. */
  readonly once?: boolean;
}

/** Where it waits for the combinator, for instance with a lock in its hands. */
type Around = (work: Awaitable<unknown>) => Awaitable<unknown>;

const shown = (items: readonly unknown[]) => `[${items.join(', ')}]`;

function lock(held: number): Provision {
  const it = new Lock();
  return {
    acquire: () => it.acquire(),
    release: () => it.release(),
    once: true,
    *provide() {
      if (held > 0) yield* it.with(sleep(held));
    },
    fault: () => (it.locked ? 'the lock is lost' : undefined),
  };
}

function semaphore(held: number): Provision {
  const it = new Semaphore(2);
  return {
    acquire: () => it.acquire(),
    release: () => it.release(),
    *provide() {
      if (held > 0) yield* it.with(it.with(sleep(held)));
    },
    fault: () => (it.free === 2 ? undefined : `${it.free} permits of 2`),
  };
}

const ITEMS = [1, 2, 3];

/** Each item was got once, or is still there, and the order is kept. */
const inOrder = (got: readonly unknown[], left: readonly unknown[]) =>
  shown([...got, ...left]) === shown(ITEMS) ? undefined : `got ${shown(got)}, left ${shown(left)}`;

function queueOfItems(ms: number): Provision {
  const it = new Queue<number>();
  return {
    acquire: () => it.get(),
    release: () => {},
    *provide() {
      if (ms > 0) yield* sleep(ms);
      for (const item of ITEMS) yield* it.put(item);
    },
    fault(got) {
      const left: number[] = [];
      while (!it.empty) left.push(it.getNowait());
      return inOrder(got, left);
    },
  };
}

function fullQueue(ms: number): Provision {
  const it = new Queue<string>(1);
  it.putNowait('first');
  const taken: string[] = [];
  let count = 0;
  return {
    acquire: () => it.put(`mine ${++count}`),
    release: () => {},
    *provide() {
      yield* sleep(ms);
      taken.push(yield* it.get());
    },
    fault(got) {
      while (!it.empty) taken.push(it.getNowait());
      const mine = taken.filter((item) => item !== 'first');
      const right = taken[0] === 'first' && new Set(taken).size === taken.length && mine.length >= got.length;
      return right ? undefined : `${got.length} were put, ${shown(taken)} was taken`;
    },
  };
}

function channelOfItems(capacity: number, ms: number): Provision {
  const it = new Channel<number>(capacity);
  const left: number[] = [];
  return {
    acquire: () => it.receive(),
    release: () => {},
    *provide() {
      if (ms > 0) yield* sleep(ms);
      for (const item of ITEMS) yield* it.send(item);
    },
    *finish(got) {
      while (left.length + got.length < ITEMS.length) left.push((yield* it.receive()).value as number);
    },
    fault: (got) =>
      inOrder(
        got.map((next) => (next as { value: unknown }).value),
        left,
      ),
  };
}

function channelToFill(capacity: number, ms: number): Provision {
  const it = new Channel<string>(capacity);
  for (let i = 0; i < capacity; i++) it.sendNowait(`first ${i}`);
  const received: string[] = [];
  let count = 0;
  return {
    acquire: () => it.send(`mine ${++count}`),
    release: () => {},
    *provide() {
      yield* sleep(ms);
      const next = yield* it.receive();
      if (!next.done) received.push(next.value);
    },
    *finish() {
      it.close();
      for (let next; !(next = yield* it.receive()).done;) received.push(next.value);
    },
    fault(got) {
      const mine = received.filter((item) => item.startsWith('mine'));
      const right = new Set(received).size === received.length && mine.length >= got.length && mine.length <= count;
      return right ? undefined : `${got.length} were sent, ${shown(received)} was received`;
    },
  };
}

/** Two tasks wait for a condition, and one is notified: if that is the victim, and it is cancelled, then the other one. */
function condition(ms: number): Provision & { around: Around } {
  const it = new Condition();
  let others = 0;
  return {
    acquire: () => it.wait(),
    release: () => {},
    once: true,
    around: (work) => it.with(work),
    *provide() {
      yield* sleep(1);
      const other = yield* spawn(
        it.with(
          call(
            (function* () {
              yield* it.wait();
              others++;
            })(),
          ),
        ),
      );
      yield* sleep(ms - 1);
      yield* it.with(
        call(
          (function* () {
            it.notify(1);
          })(),
        ),
      );
      yield* sleep(30);
      yield* cancel(other);
    },
    fault(got) {
      if (it.locked) return "the condition's lock is lost";
      // A wait that was over in a combinator has used its notification up, also when nobody has seen that.
      return got.length + others <= 1 ? undefined : `one was notified, ${got.length + others} were woken`;
    },
  };
}

function barrier(ms: number): Provision {
  const it = new Barrier(2);
  return {
    acquire: () => it.wait(),
    release: () => {},
    once: true,
    *provide() {
      yield* sleep(ms);
      yield* wait([yield* spawn(it.wait(), { daemon: true })], { timeout: 20 });
    },
    fault: () => (it.nWaiting === 0 ? undefined : 'somebody waits at the barrier'),
  };
}

function event(ms: number): Provision {
  const it = new Event();
  return {
    acquire: () => it.wait(),
    release: () => {},
    *provide() {
      yield* sleep(ms);
      it.set();
    },
    fault: () => undefined,
  };
}

/** What is waited for. Each call makes a new one. */
export const provisions: Record<string, () => Provision & { around?: Around }> = {
  'a free lock': () => lock(0),
  'a held lock': () => lock(3),
  'a free semaphore': () => semaphore(0),
  'a semaphore without permits': () => semaphore(3),
  'a queue with items': () => queueOfItems(0),
  'a queue that gets items': () => queueOfItems(3),
  'a full queue': () => fullQueue(3),
  'a channel of capacity 0': () => channelOfItems(0, 3),
  'a channel of capacity 0 with a sender': () => channelOfItems(0, 0),
  'a channel of capacity 1': () => channelOfItems(1, 3),
  'a channel of capacity 5': () => channelOfItems(5, 3),
  'a channel of capacity 0 to send to': () => channelToFill(0, 3),
  'a full channel of capacity 1 to send to': () => channelToFill(1, 3),
  'a full channel of capacity 5 to send to': () => channelToFill(5, 3),
  'a condition': () => condition(3),
  'a barrier': () => barrier(3),
  'an event': () => event(3),
};

type Acquire = () => Awaitable<unknown>;
const OTHER = 'other';

/** The work, with a signal that is aborted after so many milliseconds. */
const abortedAt = coroutine('abortedAt', function* (ms: number, work: (signal: AbortSignal) => Awaitable<unknown>) {
  const controller = new AbortController();
  const abort = coroutine('abort', function* () {
    yield* sleep(ms);
    controller.abort(new TimeoutError('aborted'));
  });
  yield* spawn(abort(), { daemon: true });
  return yield* call(work(controller.signal));
});

/** What takes the acquiring effect as it is: it must give back what it cannot hand over. */
export const combinators: Record<string, (acquire: Acquire, twice: boolean) => Awaitable<unknown>> = {
  'the effect itself': (acquire) => acquire(),
  call: (acquire) => call(acquire()),
  'race([it, later])': (acquire) => race([acquire(), after(4, OTHER)]),
  'race([sooner, it])': (acquire) => race([after(2, OTHER), acquire()]),
  'race([then, it])': (acquire) => race([after(3, OTHER), acquire()]),
  'any([it, later])': (acquire) => any({ a: acquire(), b: after(4, OTHER) }),
  'all([it])': (acquire) => all([acquire()]),
  'all([it, sooner])': (acquire) => all([acquire(), after(2, OTHER)]),
  'all([it, later])': (acquire) => all({ a: acquire(), b: after(5, OTHER) }),
  'all([it, it])': (acquire, twice) => all(twice ? [acquire(), acquire()] : [acquire()]),
  'all([it, it, later])': (acquire, twice) => all([acquire(), twice ? acquire() : after(1, OTHER), after(5, OTHER)]),
  'allSettled([it, later])': (acquire) => allSettled([acquire(), after(5, OTHER)]),
  'timeout(2, it)': (acquire) => timeout(2, acquire()),
  'timeout(3, it)': (acquire) => timeout(3, acquire()),
  'timeout(4, it)': (acquire) => timeout(4, acquire()),
  'deadline(3, it)': (acquire) => deadline(3, acquire),
  'deadline(2, moved to 4, it)': (acquire) =>
    deadline(2, (limit) => {
      limit.reschedule(4);
      return acquire();
    }),
  'all([deadline(5, it), later])': (acquire) => all([deadline(5, acquire), after(6, OTHER)]),
  'withSignal(aborted at 3, it)': (acquire) => abortedAt(3, (signal) => withSignal(signal, acquire())),
  'withSignal(aborted at 4, all([it, later]))': (acquire) =>
    abortedAt(4, (signal) => withSignal(signal, all([acquire(), after(5, OTHER)]))),
  'timeout(9, all([race([it])]))': (acquire) => timeout(9, all([race([acquire(), after(8, OTHER)])])),
  'timeout(3, all([race([it])]))': (acquire) => timeout(3, all([race([acquire(), after(8, OTHER)])])),
  'timeout(5, all([it, later]))': (acquire) => timeout(5, all([acquire(), after(8, OTHER)])),
  'race([timeout(4, it)])': (acquire) => race([timeout(4, acquire()), after(7, OTHER)]),
  'race([timeout(8, it), sooner])': (acquire) => race([timeout(8, acquire()), after(3, OTHER)]),
  'all([race([it]), later])': (acquire) => all([race([acquire(), after(6, OTHER)]), after(5, OTHER)]),
  'all([all([it]), later])': (acquire) => all([all([acquire()]), after(5, OTHER)]),
  'all([any([it]), allSettled([later])])': (acquire) => all([any([acquire()]), allSettled([after(5, OTHER)])]),
  'shield(it)': (acquire) => shield(acquire()),
  'shield(all([it, later]))': (acquire) => shield(all([acquire(), after(5, OTHER)])),
  'timeout(2, shield(it))': (acquire) => timeout(2, shield(acquire())),
  'timeout(3, shield(it))': (acquire) => timeout(3, shield(acquire())),
  'shield(timeout(9, it))': (acquire) => shield(timeout(9, acquire())),
  'all([shield(it), later])': (acquire) => all([shield(acquire()), after(5, OTHER)]),
  'race([shield(it), sooner])': (acquire) => race([shield(acquire()), after(2, OTHER)]),
  'ensure(it, wait)': (acquire) => ensure(acquire(), () => sleep(2)),
  'all([ensure(it, wait), later])': (acquire) => all([ensure(acquire(), sleep(1)), after(6, OTHER)]),
  'retry(it)': (acquire) => retry(acquire),
  'all([retry(retry(it)), later])': (acquire) => all([retry(() => retry(acquire)), after(5, OTHER)]),
  'use(resource, it)': (acquire) => use({ acquire: () => 1, release: () => sleep(2) }, acquire),
  'all([use(resource, it), later])': (acquire) =>
    all([use({ acquire: () => 1, release: () => sleep(1) }, acquire), after(6, OTHER)]),
  'lock.with(it)': (acquire) => new Lock().with(acquire()),
  'all([semaphore.with(it), later])': (acquire) => all([new Semaphore(1).with(acquire()), after(5, OTHER)]),
  'map([1], it)': (acquire) => map([1], acquire),
  'map([1, 2], it, one by one)': (acquire, twice) => map(twice ? [1, 2] : [1], acquire, { concurrency: 1 }),
  'map([1, 2], it)': (acquire, twice) => map(twice ? [1, 2] : [1], acquire),
  'map([1, 2], it or later)': (acquire) => map([1, 2], (n) => (n === 1 ? acquire() : after(5, OTHER))),
  'all([map([1], it), later])': (acquire) => all([map([1], acquire), after(5, OTHER)]),
  'map([1, 2], all([it]) or later)': (acquire) =>
    map([1, 2], (n) => (n === 1 ? all([race([acquire()])]) : after(5, OTHER))),
  'timeout(5, retry(map([1], it)))': (acquire) =>
    timeout(
      5,
      retry(() => map([1], acquire)),
    ),
  'asCompleted([it, later])': (acquire) =>
    call(
      (function* () {
        for (const next of yield* asCompleted([acquire(), after(5, OTHER)])) return yield* next;
        return OTHER;
      })(),
    ),
};

/** What runs a coroutine that acquires and, in its `finally`, releases. */
export const owners: Record<string, (holder: () => Coroutine<unknown>) => Awaitable<unknown>> = {
  race: (holder) => race([holder(), after(7, OTHER)]),
  'race that it loses': (holder) => race([after(3, OTHER), holder()]),
  any: (holder) => any([holder(), after(2, OTHER)]),
  all: (holder) => all([after(2, OTHER), holder(), after(5, OTHER)]),
  allSettled: (holder) => allSettled([holder(), holder()]),
  taskGroup: (holder) =>
    taskGroup(function* (group) {
      yield* group.spawn(holder());
      yield* holder();
    }),
  'taskGroup that fails': (holder) =>
    caughtLater(
      taskGroup(function* (group) {
        yield* group.spawn(holder());
        yield* sleep(3);
        throw new TimeoutError('enough');
      }),
    ),
  timeout: (holder) => timeout(3, holder()),
  'timeout(race)': (holder) => timeout(4, race([holder(), holder()])),
  'timeout(timeout)': (holder) => timeout(4, timeout(3, holder())),
  map: (holder) => map([1, 2, 3], holder, { concurrency: 2 }),
  forEach: (holder) => forEach([1, 2, 3], holder),
  shield: (holder) => shield(holder()),
  'race([shield])': (holder) => race([shield(holder()), after(3, OTHER)]),
  'timeout(shield)': (holder) => timeout(3, shield(holder())),
  'shield(restore)': (holder) =>
    shield(function* (restore) {
      yield* restore(holder());
    }),
  ensure: (holder) => ensure(holder(), () => sleep(1)),
  'ensure(sleep, holder)': (holder) => ensure(sleep(2), holder),
  'race([use])': (holder) => race([use({ acquire: () => sleep(1), release: () => sleep(2) }, holder), after(6, OTHER)]),
  'timeout(use)': (holder) => timeout(4, use({ acquire: () => sleep(1), release: () => sleep(2) }, holder)),
  retry: (holder) => retry(() => holder()),
  'lock.with': (holder) => new Lock().with(holder()),
  asCompleted: (holder) =>
    call(
      (function* () {
        for (const next of yield* asCompleted([holder(), after(3, OTHER), holder()])) yield* next;
      })(),
    ),
  'timeout in a clean-up': (holder) =>
    call(
      (function* () {
        try {
          yield* holder();
          yield* sleep(Infinity);
        } finally {
          yield* caughtLater(timeout(1, sleep(3)));
        }
      })(),
    ),
};

const caughtLater = coroutine('caughtLater', function* (work: Awaitable<unknown>) {
  try {
    yield work;
  } catch (error) {
    if (!(error instanceof TimeoutError)) throw error;
  }
});

/** The answers of the acquiring effects in what a combinator gave. */
function answersIn(result: unknown): unknown[] {
  if (result === OTHER) return [];
  if (Array.isArray(result)) return result.flatMap(answersIn);
  if (typeof result === 'object' && result !== null) {
    if ('status' in result)
      return result.status === 'fulfilled' ? answersIn((result as { value?: unknown }).value) : [];
    if ('a' in result) return [...answersIn(result.a), ...answersIn((result as { b?: unknown }).b)];
  }
  return [result];
}

/** The moments of a pair of a provision and a combinator: every millisecond, and another turn and another way each time. */
export function* moments(salt: number): Generator<Moment> {
  for (let ms = 0; ms <= 8; ms++) {
    const way = salt + ms;
    yield { ms, turns: way % 5, first: way % 2 === 0, limit: way % 3 === 0 };
  }
}

export interface Moment {
  readonly ms: number;
  readonly turns: number;
  /** The canceller is started before the victim, and so has its turn before it. */
  readonly first: boolean;
  /** A time limit around the victim's work that expires in that millisecond. */
  readonly limit?: boolean;
}

/** Which way of cancelling, and what is wrong with the program at the end; `undefined` when all is well. */
export function cancelledAt(
  moment: Moment,
  makeProvision: () => Provision & { around?: Around },
  work: (provision: Provision, got: unknown[]) => Awaitable<unknown>,
  direct: boolean,
): string | undefined {
  const provision = makeProvision();
  const got: unknown[] = [];
  const log: string[] = [];
  let asked = false;
  let behind: string | undefined;
  const seeCodeBehind = (what: string) => {
    if (asked) behind ??= what;
  };

  function* victim(): Coroutine<void> {
    try {
      let held: unknown[] = [];
      try {
        const combined = work(provision, got);
        const result = yield* (provision.around?.(combined) ?? combined) as Iterable<Awaitable<unknown>> as any;
        seeCodeBehind(`code behind it runs`);
        if (direct) got.push(...(held = answersIn(result)));
        yield* sleep(Infinity);
      } catch (error) {
        seeCodeBehind(`a catch runs: ${error}`);
        if (!(error instanceof TimeoutError || error instanceof AggregateError)) throw error;
        yield* sleep(Infinity);
      } finally {
        log.push('inner');
        yield* sleep(1);
        yield* yieldNow();
        for (const answer of held) provision.release(answer);
        log.push('inner whole');
      }
    } finally {
      log.push('outer');
      yield* sleep(1);
      log.push('outer whole');
    }
  }
  function* limited(): Coroutine<void> {
    try {
      yield* timeout(moment.ms, victim());
    } catch (error) {
      seeCodeBehind(`a catch around runs: ${error}`);
      yield* sleep(Infinity);
    }
  }
  function* canceller(): Coroutine<void> {
    if (moment.ms > 0) yield* sleep(moment.ms);
    yield* turns(moment.turns);
    asked = true;
    // Not `yield* cancel(...)`: that gives the victim's end a turn of its own.
    (target as Task).cancel('enough');
  }

  let target: Task | undefined;
  let fault: string | undefined;
  runSync(
    (function* (): Coroutine<void> {
      const provider = yield* spawn(provision.provide(), { name: 'provider' });
      if (moment.first) yield* spawn(canceller());
      target = yield* spawn(moment.limit ? limited() : victim(), { name: 'victim' });
      if (!moment.first) yield* spawn(canceller());
      const { pending } = yield* wait([target], { timeout: 200 });
      if (pending.length > 0) {
        fault = `${target} is still alive`;
        for (const task of [target, ...target.children]) task.cancel();
        throw new Error(fault);
      }
      if (behind) fault = behind;
      else if (target.state !== 'cancelled') fault = `${target}`;
      else if (target.children.length > 0) fault = `${target.children} are still alive`;
      else if (log.length > 0 && log.join() !== 'inner,inner whole,outer,outer whole')
        fault = `clean-up: ${log.join()}`;
      const finishing = provision.finish ? yield* spawn(provision.finish(got)) : undefined;
      const others = finishing ? [provider, finishing] : [provider];
      const rest = yield* wait(others, { timeout: 100 });
      if (rest.pending.length > 0 && !fault) fault = `lost: ${rest.pending.join()} (got ${got.length})`;
      for (const task of rest.pending) yield* cancel(task);
      fault ??= provision.fault(got);
    })(),
  );
  return fault;
}

/** The holder: acquires, waits a little, and releases. */
export function holding(provision: Provision, got: unknown[]): () => Coroutine<unknown> {
  return function* () {
    const answer = yield* provision.acquire() as any;
    got.push(answer);
    try {
      yield* sleep(1);
    } finally {
      provision.release(answer);
    }
    return OTHER;
  };
}
