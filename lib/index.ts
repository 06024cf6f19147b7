// treadle's public face, and nothing else. In reading order: how a program is started, the effects, what
// is built of them, and the objects underneath.

export { run } from './loop/run.ts';
export type { RunOptions } from './loop/run.ts';
export type { MainOptions } from './loop/main.ts';
export { runSync } from './loop/run-sync.ts';
export { main } from './loop/main.ts';

export { call, coroutine } from './effects/coroutine.ts';
export { spawn } from './effects/spawn.ts';
export type { ChildOptions, SpawnOptions } from './effects/spawn.ts';
export { join } from './effects/join.ts';
export { cancel } from './effects/cancel.ts';
export { now, sleep, sleepUntil } from './effects/sleep.ts';
export { yieldNow } from './effects/yield-now.ts';
export { random } from './effects/random.ts';
export { currentTask } from './effects/current-task.ts';
export { abortSignal } from './effects/abort-signal.ts';
export { createContext } from './effects/context.ts';
export type { Context } from './effects/context.ts';
export { suspend } from './effects/suspend.ts';
export { shield } from './effects/shield.ts';
export type { Restore } from './effects/shield.ts';
export { ensure } from './effects/ensure.ts';
export { use } from './effects/use.ts';
export type { Acquirable, Resource } from './effects/use.ts';

export { all, allSettled } from './combinators/all.ts';
export type { Settled } from './combinators/all.ts';
export { any, race } from './combinators/race.ts';
export { wait } from './combinators/wait.ts';
export type { WaitOptions } from './combinators/wait.ts';
export { asCompleted } from './combinators/as-completed.ts';
export { timeout } from './combinators/timeout.ts';
export { deadline } from './combinators/deadline.ts';
export type { Limit } from './combinators/deadline.ts';
export { withSignal } from './combinators/with-signal.ts';
export { retry } from './combinators/retry.ts';
export type { RetryOptions } from './combinators/retry.ts';
export { forEach, map } from './combinators/map.ts';
export type { ForEachOptions, MapOptions, Worked } from './combinators/map.ts';
export type { WhenBusy } from './combinators/when-busy.ts';
export type { Source } from './combinators/source.ts';
export { start } from './combinators/start.ts';
export type { Started, StartOptions } from './combinators/start.ts';
export { taskGroup } from './combinators/task-group.ts';
export type { TaskGroup } from './combinators/task-group.ts';

export { Lock } from './sync/lock.ts';
export type { NameOption } from './sync/named.ts';
export { Semaphore } from './sync/semaphore.ts';
export { RateLimit } from './sync/rate-limit.ts';
export type { RateLimitOptions } from './sync/rate-limit.ts';
export { Event } from './sync/event.ts';
export { Condition } from './sync/condition.ts';
export { Barrier } from './sync/barrier.ts';
export { Queue } from './sync/queue.ts';
export type { ExchangeStatistics } from './sync/exchange.ts';
export { PriorityQueue } from './sync/priority-queue.ts';
export { LifoQueue } from './sync/lifo-queue.ts';
export { Channel } from './sync/channel.ts';

export { on, once } from './io/events.ts';
export type { EmitterLike, TargetLike } from './io/events.ts';
export { debounce, throttle } from './io/debounce.ts';
export { fetch } from './io/fetch.ts';
export type { FetchResponse } from './io/fetch.ts';
export { fromCallback, fromPromise, toPromise } from './io/promises.ts';
export { fromAsyncIterable, toAsyncIterable } from './io/iterables.ts';
export { pipe, toReadableStream } from './io/streams.ts';
export type { PipeOptions, WritableLike } from './io/streams.ts';

export { EventLoop } from './loop/event-loop.ts';
export { Task } from './kernel/task.ts';
export { Future } from './kernel/future.ts';
export type { Handle } from './kernel/handle.ts';
export type { State } from './kernel/outcome.ts';
export type { LoopOptions } from './loop/loop.ts';
export type { Effect } from './kernel/effect.ts';
export type { Awaitable, Coroutine, Result } from './kernel/awaitable.ts';
export {
  BrokenBarrierError,
  CancelledError,
  DeadlockError,
  InvalidStateError,
  QueueClosedError,
  QueueEmptyError,
  QueueFullError,
  TimeoutError,
} from './words/errors.ts';
