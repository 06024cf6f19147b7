// Which effects are answered from outside of the program, and how a journal gets between them and the engine.
//
// The effects of this library that always are, are known by their handlers, and those of workers by a flag. Any other
// one is when it turns out to wait for the world outside: a promise that is yielded as it is. Relies on io, effects.

import { fromCallback, fromPromise } from '../../io/promises.ts';
import { fetch } from '../../io/fetch.ts';
import { on, once } from '../../io/events.ts';
import type { EmitterLike, TargetLike } from '../../io/events.ts';
import { suspend } from '../../effects/suspend.ts';
import { Effect, OUTSIDE } from '../../kernel/effect.ts';
import type { Handler } from '../../kernel/effect.ts';
import type { Task } from '../../kernel/task.ts';
import { brief, show } from '../../words/show.ts';

const emitter: EmitterLike = { on: () => {}, off: () => {} };

/** One effect of each kind, made for its handler. */
let handlers: ReadonlySet<Handler> | undefined;
let listening: Handler | undefined;

/** Is it one that always waits for the world outside? */
export function isOutside(effect: Effect<unknown>): boolean {
  handlers ??= new Set(
    [
      fetch('http://localhost/'),
      suspend(() => {}),
      fromPromise(() => Promise.resolve()),
      fromCallback(() => {}),
      once(emitter, 'event'),
    ].map(({ _handler }) => _handler),
  );
  return (
    (effect._flags & OUTSIDE) !== 0 ||
    handlers.has(effect._handler) ||
    /^response\.(text|json|bytes)$/.test(effect.kind)
  );
}

/** Is it `on(source, event)`, which listens from now on? */
export function isListening(effect: Effect<unknown>): boolean {
  listening ??= on(emitter, 'event')._handler;
  return effect._handler === listening;
}

/** Those that stand for others. They come back when a handler of `intercept` performs what it was given. */
const standIns = /* @__PURE__ */ new WeakSet<Effect<unknown>>();

/** The effect, performed in another way. `intercept` and the engine take it for the original. */
export function performedBy(effect: Effect<unknown>, perform: (task: Task) => unknown): Effect<unknown> {
  const standIn = new Effect(effect.kind, effect.payload, (task: Task) => perform(task), effect._flags);
  standIns.add(standIn);
  return standIn;
}

export function isStandIn(effect: Effect<unknown>): boolean {
  return standIns.has(effect);
}

/** Performs it as the engine does. */
export function performReally(effect: Effect<unknown>, task: Task): unknown {
  return effect._handler(task as never, effect.payload as never);
}

/** What an effect, or a promise, is called in a journal. */
export function textOf(yielded: unknown): string {
  return yielded instanceof Effect ? `${yielded}` : show(yielded);
}

export function kindOf(yielded: unknown): string {
  return yielded instanceof Effect ? yielded.kind : 'promise';
}

type Listener = (...args: unknown[]) => void;

/** What `on` listens to in place of the source: it passes listeners on, wrapped in another function. */
export function wrapSource(
  source: EmitterLike | TargetLike,
  wrap: (event: string, listener: Listener) => Listener,
): EmitterLike | TargetLike {
  const wrapped = new Map<Listener, Listener>();
  const covered = (event: string | symbol, listener: Listener): Listener => {
    const cover = wrapped.get(listener) ?? wrap(String(event), listener);
    wrapped.set(listener, cover);
    return cover;
  };
  const name = { [brief]: () => show(source) };
  const { on: add } = source as Partial<EmitterLike>;
  if (typeof add === 'function') {
    const emits = source as EmitterLike;
    return Object.assign(name, {
      on: (event: string | symbol, listener: Listener) => emits.on(event, covered(event, listener)),
      off: (event: string | symbol, listener: Listener) => emits.off(event, covered(event, listener)),
    });
  }
  const target = source as TargetLike;
  return Object.assign(name, {
    addEventListener: (event: string, listener: (one: Event) => void) =>
      target.addEventListener(event, covered(event, listener as Listener)),
    removeEventListener: (event: string, listener: (one: Event) => void) =>
      target.removeEventListener(event, covered(event, listener as Listener)),
  });
}
