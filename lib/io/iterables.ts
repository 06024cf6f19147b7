// Bridges to async iterables, both ways, by their protocol: next, return. Relies on the kernel, effects, sync/channel.

import { frameOf } from '../effects/coroutine.ts';
import { currentTask } from '../effects/current-task.ts';
import { startChild } from '../effects/spawn.ts';
import type { Awaitable, Coroutine } from '../kernel/awaitable.ts';
import { Effect } from '../kernel/effect.ts';
import { CancelledError } from '../words/errors.ts';
import { mustBe } from '../words/messages.ts';
import { run } from '../loop/run.ts';
import type { Task } from '../kernel/task.ts';
import { Channel } from '../sync/channel.ts';

/** Feeds the channel until one of the two ends. Left before the source's end, it releases the source. */
function* pump(iterator: AsyncIterator<unknown>, channel: Channel<unknown>): Generator<unknown, void, any> {
  let pulling = false;
  let over = false;
  try {
    while (!over) {
      pulling = true;
      const next: IteratorResult<unknown> = yield iterator.next();
      pulling = false;
      over = next.done === true;
      if (!over) yield channel.send(next.value);
    }
  } catch (error) {
    over = true;
    channel._release = undefined;
    channel.close(error);
  } finally {
    channel._release = undefined; // would cancel this very task
    channel.close();
    const left = over ? undefined : iterator.return && Promise.resolve(iterator.return());
    // While an async generator is silent its return() waits, too: then it is told, and left.
    if (pulling) left?.then(undefined, () => {});
    else if (left) yield left;
  }
}

const performFrom = /* @__PURE__ */ frameOf('fromAsyncIterable', function* (source: AsyncIterable<unknown>) {
  const task = yield* currentTask();
  const channel = new Channel<unknown>(0, { name: 'fromAsyncIterable' });
  const child = startChild(task, pump(source[Symbol.asyncIterator](), channel) as Coroutine<void>, {
    name: 'fromAsyncIterable',
    daemon: true,
  });
  channel._release = () => child.cancel('no longer needed');
  return channel;
});

/**
 * Opens an async iterable and gives a channel of its items, for programs that receive them one by one; `map` and
 * `forEach` take the iterable itself. It is read one item ahead. Its error is thrown by `receive`. It is released, with
 * `return()`, when the channel is closed and at the latest at the end of this task, which waits for that.
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

type Producer<T> = (channel: Channel<T>) => Awaitable<unknown>;

function* feed<T>(produce: Producer<T>, channel: Channel<T>): Coroutine<void> {
  try {
    yield produce(channel);
  } catch (error) {
    channel.close(error);
  } finally {
    channel.close();
  }
}

/**
 * For the other side, `for await`: the items of a channel, or what a coroutine sends into the channel that it is
 * given. The coroutine is started on a loop of its own by the first item that is asked for, waits while nobody asks,
 * and its error is thrown to whoever does. Leaving early cancels it, and waits for its clean-up; or closes the channel.
 *
 * @example
 * for await (const line of toAsyncIterable<string>(function* (lines) { yield* lines.send('a'); })) console.log(line);
 */
export function toAsyncIterable<T>(source: Channel<T> | Producer<T>): AsyncIterable<T> {
  if (!(source instanceof Channel) && typeof source !== 'function')
    throw new TypeError(mustBe('toAsyncIterable', 'a channel, or a coroutine function that is given one', source));
  return {
    [Symbol.asyncIterator]() {
      const [channel, produce] = source instanceof Channel ? [source] : [new Channel<T>(), source];
      let task: Task<void> | undefined;
      const end = { done: true, value: undefined } as const;
      return {
        next() {
          if (produce && !channel.closed) task ??= run(feed(produce, channel), { name: 'toAsyncIterable' });
          return run(channel.receive(), { name: 'next' }).then();
        },
        return() {
          channel.close();
          task?.cancel('no longer needed');
          return Promise.resolve(task).then(
            () => end,
            (error) => {
              if (error instanceof CancelledError) return end;
              throw error;
            },
          );
        },
      };
    },
  };
}
