// What `yield*` gives, effect by effect. The compiler checks the bodies; none of them is run.
import {
  abortSignal,
  call,
  cancel,
  coroutine,
  createContext,
  currentTask,
  EventLoop,
  fetch,
  fromCallback,
  fromPromise,
  join,
  now,
  run,
  runSync,
  shield,
  sleep,
  sleepUntil,
  spawn,
  suspend,
  Task,
  toPromise,
  yieldNow,
} from 'treadle';
import type { Awaitable, Coroutine, Effect, Future, Result } from 'treadle';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type } from '../support/types.ts';
import type { Equal } from '../support/types.ts';

const page = coroutine('page', function* (url: string) {
  yield* sleep(1);
  return url.length;
});
function* plain() {
  yield* sleep(1);
  return 'text';
}

export function* results(): Coroutine<void> {
  type<void>()(yield* sleep(1));
  type<void>()(yield* sleepUntil(1));
  type<number>()(yield* now());
  type<void>()(yield* yieldNow());
  type<Task<unknown>>()(yield* currentTask());
  type<AbortSignal>()(yield* abortSignal());
  type<number>()(yield* page('/'));
  type<number>()(yield* call(page('/')));
  type<string>()(yield* call(plain()));
  type<string>()(yield* plain());
  type<boolean>()(yield* call(Promise.resolve(true)));
  type<number>()(yield* shield(page('/')));
  type<string>()(yield* shield(plain()));
}

export function* tasks(): Coroutine<void> {
  const task = yield* spawn(page('/'), { name: 'p', daemon: true });
  type<Task<number>>()(task);
  type<number>()(yield* join(task));
  type<number>()(yield* task);
  type<number>()(yield* call(task));
  type<boolean>()(yield* cancel(task, 'why'));
  type<Task<string>>()(yield* spawn(plain()));
  type<Task<number>>()(yield* spawn(task));
  type<Task<Date>>()(yield* spawn(Promise.resolve(new Date())));
  type<Task<Task<number>>>()(yield* spawn(spawn(page('/'))));
  type<number>()(task.result());
  const future: Future<Date> = new EventLoop().createFuture<Date>();
  type<Date>()(yield* join(future));
  type<Date>()(yield* future);
  type<unknown>()(yield* new EventLoop().createFuture());
}

export function* bridges(): Coroutine<void> {
  type<number>()(yield* fromPromise(Promise.resolve(1)));
  type<number>()(yield* fromPromise(async (signal: AbortSignal) => (signal.aborted ? 1 : 2)));
  type<string>()(yield* fromCallback<string>((callback) => callback(null, 'x')));
  type<void>()(yield* fromCallback((callback) => callback(null, undefined)));
  type<number>()(yield* suspend<number>((resume) => resume(1)));
  type<void>()(
    yield* suspend((resume) => {
      setTimeout(resume, 1);
    }),
  );
  // @ts-expect-error: a string is no number
  yield* suspend<number>((resume) => resume('text'));
  // @ts-expect-error: the clean-up is a function
  yield* suspend<number>(() => 5);
  const response = yield* fetch('http://localhost/');
  type<string>()(yield* response.text());
  type<{ a: number }>()(yield* response.json<{ a: number }>());
  type<unknown>()(yield* response.json());
  type<Uint8Array>()(yield* response.bytes());
  type<AsyncIterable<Uint8Array>>()(response.chunks());
  type<number>()(response.status);
  type<boolean>()(response.ok);
  type<Headers>()(response.headers);
  type<string>()(response.url);
}

// Coroutines keep the parameters of their function: optional, rest, generic.
const optional = coroutine(function* (a: number, b?: string, ...rest: boolean[]) {
  return [a, b, rest] as const;
});
const identity = coroutine('identity', function* <T>(value: T) {
  yield* sleep(1);
  return value;
});
const recursive: (n: number) => Effect<number> = coroutine('recursive', function* (n: number): Coroutine<number> {
  return n ? yield* recursive(n - 1) : 0;
});

export function* coroutines(): Coroutine<void> {
  type<readonly [number, string | undefined, boolean[]]>()(yield* optional(1));
  yield* optional(1, 'b', true, false);
  type<(a: number, b?: string, ...rest: boolean[]) => Effect<readonly [number, string | undefined, boolean[]]>>()(
    optional,
  );
  type<Effect<number>>()(page('/'));
  type<number>()(yield* identity(5 as number));
  type<Date[]>()(yield* identity([new Date()]));
  type<number>()(yield* recursive(5));
  type<void>()(yield* coroutine(function* () {})());
  // @ts-expect-error: an argument is missing
  page();
  // @ts-expect-error: an argument of the wrong type
  page(5);
  // @ts-expect-error: one argument too many
  page('/', 5);
  // @ts-expect-error: no generator function
  coroutine(() => 5);
  // @ts-expect-error: no generator function
  coroutine('name', async () => 5);
  // @ts-expect-error: a name alone
  coroutine('name');
  // @ts-expect-error: it yields what cannot be yielded
  coroutine(function* () {
    yield 5;
  });
}

// A bare yield means the same at run time; its type is not known.
export function* bare(): Coroutine<number> {
  yield sleep(1);
  yield page('/');
  yield plain();
  yield Promise.resolve(1);
  const length: number = yield page('/');
  yield yield* spawn(page('/'));
  // @ts-expect-error: a number cannot be yielded
  yield 5;
  // @ts-expect-error: a function must be called
  yield page;
  // @ts-expect-error: a response cannot be yielded
  yield yield* fetch('/');
  return length;
}

export function misuse(): void {
  // @ts-expect-error: milliseconds are a number
  sleep('5');
  // @ts-expect-error: how long?
  sleep();
  // @ts-expect-error: a function must be called
  spawn(page);
  // @ts-expect-error: a function must be called
  spawn(plain);
  // @ts-expect-error: nothing to spawn
  spawn(5);
  // @ts-expect-error: no such option
  spawn(page('/'), { demon: true });
  // @ts-expect-error: join takes a task
  join(page('/'));
  // @ts-expect-error: join takes a task
  join(plain());
  // @ts-expect-error: cancel takes a task
  cancel(page('/'));
  // @ts-expect-error: a function must be called
  call(plain);
  // @ts-expect-error: a number cannot be awaited
  shield(5);
  // @ts-expect-error: no promise
  fromPromise(5);
  // @ts-expect-error: an effect is no promise
  fromPromise(sleep(1));
  // @ts-expect-error: a function must be called
  run(plain);
  // @ts-expect-error: a function must be called
  runSync(plain);
  // @ts-expect-error: no such option
  run(plain(), { clok: undefined });
  // @ts-expect-error: runSync has its own clock
  runSync(plain(), { clock: { now: () => 0 } });
  // @ts-expect-error: an effect is immutable
  sleep(5).kind = 'other';
  // @ts-expect-error: a task's name is its own
  (null as never as Task).name = 'other';
}

export async function programs(): Promise<void> {
  type<Task<string>>()(run(plain()));
  type<string>()(await run(plain()));
  type<string>()(runSync(plain()));
  type<number>()(runSync(page('/')));
  type<Task<number>>()(run(page('/'), { name: 'main', signal: new AbortController().signal }));
  type<Promise<string>>()(toPromise(run(plain())));
  const loop = new EventLoop();
  type<Task<string>>()(loop.createTask(plain()));
  type<Task<number>>()(loop.runUntilComplete(page('/')));
}

// Awaitable and Result
type Truths = [
  Equal<Result<Effect<number>>, number>,
  Equal<Result<Task<string>>, string>,
  Equal<Result<Future<Date>>, Date>,
  Equal<Result<Coroutine<boolean>>, boolean>,
  Equal<Result<Promise<null>>, null>,
  Equal<Result<Effect<number> | Promise<string>>, number | string>,
  Equal<Result<Awaitable<number>>, number>,
  Equal<Result<Effect<void>>, void>,
  Equal<Result<Effect<undefined>>, undefined>,
];
type Untruths = [Equal<any, number>, Equal<number, any>, Equal<number, number | string>, Equal<readonly [1], [1]>];

export function* contexts(): Coroutine<void> {
  const user = createContext<string | undefined>(undefined, { name: 'user' });
  type<string | undefined>()(yield* user.get());
  type<number>()(
    yield* user.with(
      'Ada',
      (function* () {
        yield* sleep(1);
        return 5 as number;
      })(),
    ),
  );
  type<number>()(yield* createContext(5).get());
  // @ts-expect-error: a string
  user.with(5, sleep(1));
  // @ts-expect-error: something to wait for
  user.with('Ada', () => 5);
}

test('the types of effects are checked by the compiler', () => {
  const truths: Truths = [true, true, true, true, true, true, true, true, true];
  const untruths: Untruths = [false, false, false, false];
  assert.ok(truths.every(Boolean) && !untruths.some(Boolean));
});

test.run();
