// debounce and throttle: fewer items than come. Both are a daemon that takes the items of a source and sends some of
// them on into a channel. Relies on combinators/map, effects, sync/channel.

import { frameOf } from '../effects/coroutine.ts';
import { currentTask } from '../effects/current-task.ts';
import { sleep } from '../effects/sleep.ts';
import { forEach } from '../combinators/map.ts';
import { checkSource } from '../combinators/source.ts';
import type { Source } from '../combinators/source.ts';
import type { Coroutine } from '../kernel/awaitable.ts';
import { Effect } from '../kernel/effect.ts';
import { Channel } from '../sync/channel.ts';
import { checkDuration } from '../words/check.ts';
import { startFeeding } from './feeding.ts';

type Pass = (channel: Channel<unknown>, source: Source<unknown>, ms: number) => Coroutine<void>;

function* debounced(channel: Channel<unknown>, source: Source<unknown>, ms: number): Coroutine<void> {
  const passOn = function* (item: unknown) {
    yield* sleep(ms);
    yield* channel.send(item);
  };
  yield* forEach(source, passOn, { whenBusy: 'restart' });
}

function* throttled(channel: Channel<unknown>, source: Source<unknown>, ms: number): Coroutine<void> {
  const passOn = function* (item: unknown) {
    yield* channel.send(item);
    yield* sleep(ms);
  };
  yield* forEach(source, passOn, { whenBusy: 'latest' });
}

function performing(name: string, pass: Pass) {
  return frameOf(name, function* (source: Source<unknown>, ms: number) {
    const channel = new Channel<unknown>(0, { name });
    startFeeding(yield* currentTask(), channel, pass(channel, source, ms));
    return channel;
  });
}

const performDebounce = /* @__PURE__ */ performing('debounce', debounced);
const performThrottle = /* @__PURE__ */ performing('throttle', throttled);

/**
 * A channel of the items of a source that were followed by no other for `ms` milliseconds: what somebody has typed,
 * when they pause. At the end of the source the last item still comes.
 *
 * The source is an async iterable, a queue or a channel. An error of it is thrown by `receive`; if nobody receives it,
 * this task fails with it at its end. The source is left when the channel is closed, and at the latest when this task
 * ends or is cancelled. Throws a `TypeError` or `RangeError` at the call for a wrong argument.
 *
 * @example
 * const paused = yield* debounce(yield* on(input, 'input'), 300);
 * yield* forEach(paused, () => search(input.value), { whenBusy: 'restart' });
 */
export function debounce<T>(source: Source<T>, ms: number): Effect<Channel<T>> {
  return new Effect('debounce', checked('debounce', source, ms), performDebounce);
}

/**
 * A channel of at most one item of a source in `ms` milliseconds: the first one at once, and later the newest of those
 * that came meanwhile. Errors, cancellation and the end are as with `debounce`.
 *
 * @example
 * yield* forEach(yield* throttle(yield* on(window, 'scroll'), 100), () => draw(), { concurrency: 1 });
 */
export function throttle<T>(source: Source<T>, ms: number): Effect<Channel<T>> {
  return new Effect('throttle', checked('throttle', source, ms), performThrottle);
}

function checked(where: string, source: Source<unknown>, ms: number): unknown[] {
  checkSource(where, source);
  if (typeof (source as Partial<Iterable<unknown>>)[Symbol.iterator] === 'function')
    throw new TypeError(`${where} takes an async iterable, a queue or a channel, and not a plain iterable`);
  checkDuration(where, ms);
  return [source, ms];
}
