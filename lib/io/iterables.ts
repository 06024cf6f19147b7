// Bridges to async iterables, in both directions: the items of one as a channel, and what a coroutine sends as one.
// Both speak the protocol of iterators: `next()` asks for an item, and `return()` says that no more are wanted.
// Relies on the kernel, effects, combinators/source, sync/channel, feeding.

import { leave, openAsyncIterable } from '../combinators/source.ts';
import type { Next } from '../combinators/source.ts';
import { frameOf } from '../effects/coroutine.ts';
import { currentTask } from '../effects/current-task.ts';
import type { Awaitable, Coroutine } from '../kernel/awaitable.ts';
import { Effect } from '../kernel/effect.ts';
import type { Task } from '../kernel/task.ts';
import { run } from '../loop/run.ts';
import { Channel } from '../sync/channel.ts';
import { mustBe } from '../words/messages.ts';
import { LEFT, startFeeding } from './feeding.ts';

// ---- an async iterable as a channel

const performFrom = /* @__PURE__ */ frameOf('fromAsyncIterable', function* (source: AsyncIterable<unknown>) {
  const task = yield* currentTask();
  const channel = new Channel<unknown>(0, { name: 'fromAsyncIterable' });
  const puller = openAsyncIterable(source);
  /** It was asked for an item, and has not answered. */
  let pulling = false;
  function* moveItems(): Coroutine<void> {
    for (;;) {
      pulling = true;
      const { done, value } = (yield puller.next() as Awaitable<Next>) as Next;
      pulling = false;
      if (done) return;
      yield channel.send(value);
    }
  }
  // An async iterable is released by a promise.
  startFeeding(task, channel, moveItems(), () => leave(puller, pulling) as Promise<unknown> | undefined);
  return channel;
});

/**
 * Opens an async iterable and gives a channel of its items, for programs that receive them one by one; `map` and
 * `forEach` take the iterable itself. It is read one item ahead. Throws what the iterable throws when it is opened.
 *
 * An error of the iterable is thrown by `receive`, behind the items before it. If nobody receives it, this task fails
 * with it when it ends. The iterable is released, by `return()`, when the channel is closed and at the latest when this
 * task ends or is cancelled, and the task waits for that. (As for a task that is spawned: opened within `timeout`, it
 * belongs to that.)
 *
 * @example
 * const lines = yield* fromAsyncIterable(createInterface(process.stdin));
 * const { done, value } = yield* lines.receive();
 */
export function fromAsyncIterable<T>(source: AsyncIterable<T>): Effect<Channel<T>> {
  if (typeof source?.[Symbol.asyncIterator] !== 'function')
    throw new TypeError(mustBe('fromAsyncIterable', 'an async iterable', source));
  return new Effect('fromAsyncIterable', [source], performFrom);
}

// ---- a coroutine or a channel as an async iterable

type Producer<T> = (channel: Channel<T>) => Awaitable<unknown>;

/** Runs the producer; its end, or its error, is the end of the channel. */
function* feed<T>(produce: Producer<T>, channel: Channel<T>): Coroutine<void> {
  try {
    yield produce(channel);
  } catch (error) {
    if (channel.closed) throw error; // nobody can receive it any more
    channel._closeThrowing(error);
  } finally {
    channel.close();
  }
}

/**
 * For `for await`: the items of a channel, or what a coroutine sends into the channel that it receives. The coroutine
 * is started on a loop of its own when the first item is asked for, and waits while none is asked for. Its error is
 * thrown where the next item is asked for. Leaving the `for await` early cancels the coroutine and waits for its
 * clean-up, or closes the channel; an error of that clean-up is thrown.
 *
 * @example
 * for await (const line of toAsyncIterable<string>(function* (lines) { yield* lines.send('a'); })) console.log(line);
 */
export function toAsyncIterable<T>(source: Channel<T> | Producer<T>): AsyncIterable<T> {
  if (!(source instanceof Channel) && typeof source !== 'function')
    throw new TypeError(mustBe('toAsyncIterable', 'a channel, or a coroutine function that is given one', source));
  return {
    [Symbol.asyncIterator]: () =>
      source instanceof Channel ? iterate(source, undefined) : iterate(new Channel<T>(), source),
  };
}

function iterate<T>(channel: Channel<T>, produce: Producer<T> | undefined): AsyncIterator<T> {
  let producer: Task<void> | undefined;
  const end = { done: true, value: undefined } as const;
  return {
    next() {
      if (produce && !channel.closed) producer ??= run(feed(produce, channel), { name: 'toAsyncIterable' });
      return run(channel.receive(), { name: 'next' }).then();
    },
    return() {
      channel.close();
      producer?.cancel(LEFT);
      return Promise.resolve(producer).then(
        () => end,
        (error: unknown) => {
          if (producer?.state === 'cancelled') return end;
          throw error;
        },
      );
    },
  };
}
