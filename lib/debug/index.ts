// treadle/debug: debug mode. It tells what was made and never yielded, which steps hold up everything else, and where
// tasks were spawned. It is the one entry whose import does something: it fills the core's slot for debug mode
// (loop/debug-mode.ts), so that loops can attach themselves. While none is attached, the engine's code is untouched,
// so debug mode costs nothing. While one is, debug mode stands around three methods of the trampoline. And to see
// effects being made it puts a setter for `payload` on their prototype, which the constructor's assignment meets; a
// hook in the constructor would cost every effect. Relies on the trampoline and the loops' slot.

import { Effect } from '../kernel/effect.ts';
import { show } from '../words/show.ts';
import { Trampoline } from '../kernel/trampoline.ts';
import { debugMode } from '../loop/debug-mode.ts';
import type { Debug } from '../loop/debug-mode.ts';
import type { Loop } from '../loop/loop.ts';

export type { Debug };

type Task = Trampoline<unknown>;
type Warn = (warning: string) => void;

/** A step that lasts so many milliseconds keeps timers, sockets and all other tasks waiting. */
const SLOW = 100;

/** The loops that are watched, and what each does with a warning. While there is one the hooks are in place. */
const active = new Map<object, Warn>();
/** An effect that a task of these loops has made. It is not kept alive by that. */
interface Made {
  readonly text: string;
  readonly place: string;
  readonly loop: object;
}
const made = new WeakMap<Effect<unknown>, Made>();
/** Those that nobody has used yet. */
const unused = new Set<Made>();
const collected = new FinalizationRegistry(tell);
/** The task that is being stepped. */
let current: Task | undefined;
/** Milliseconds that debug mode itself has taken, for stacks and source maps: they are not to be blamed on a step. */
let own = 0;

function attach(loop: Loop): void {
  const debug = loop._debug;
  if (!debug) return;
  if (active.size === 0) install();
  active.set(loop, typeof debug === 'function' ? debug : (warning) => console.warn(`treadle: ${warning}`));
}

/** Tells what is left. */
function detach(loop: object): void {
  if (!active.has(loop)) return;
  for (const one of unused) if (one.loop === loop) tell(one);
  active.delete(loop);
  if (active.size === 0) uninstall();
}

function tell(one: Made): void {
  if (unused.delete(one)) active.get(one.loop)?.(`${one.text} was made and never yielded, ${one.place}`);
}

/**
 * As V8 writes it, `    at new Queue (file:///app.js:5:10)` or `    at file:///app.js:5:10`; others
 * `Queue@file:///app.js:5:10`.
 */
const STACK_LINE = /^(?: *at (?:(.*?) \()?|.*?@)(.*:\d+:\d+)\)?$/;

/**
 * The line of the program that makes an effect: the innermost one outside of the engine. `undefined` when the effect
 * is not the program's: one that an object of the engine keeps, made by its constructor.
 */
function place(): string | undefined {
  const [here, , , ...callers] = (new Error().stack ?? '').split('\n').flatMap((line) => {
    const [found, name = '', location = ''] = STACK_LINE.exec(line) ?? [];
    return found === undefined ? [] : [{ name, location }];
  }); // this function, the setter below, Effect's constructor, and who called that
  // The engine is the folder that this very file is in, whatever form of the package runs and whatever source maps
  // make of it: lib/, dist/ or dist/node/.
  const engine = /^(.*)debug[\\/]index\.\w+:/.exec(here?.location ?? '')?.[1];
  for (const [i, { name, location }] of callers.entries()) {
    if (location.startsWith('node:')) continue;
    // In a bundle of the program's own everything is one file. But effects are made by functions that the program
    // calls.
    if (engine === undefined ? i > 0 : !location.startsWith(engine)) return `at ${location}`;
    if (/^new |^<instance_members_initializer>/.test(name)) return undefined;
  }
  return 'at an unknown place';
}

/**
 * An effect that was given to another effect, in its arguments, is that one's business; so is one that a task was made
 * of.
 */
function use(value: unknown, depth = 0): void {
  if (value instanceof Effect) unused.delete(made.get(value) as Made);
  else if (
    depth < 3 &&
    typeof value === 'object' &&
    value !== null &&
    (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype)
  ) {
    for (const item of Object.values(value)) use(item, depth + 1);
  }
}

const { _run, _perform, _ready } = Trampoline.prototype;

function install(): void {
  Object.defineProperty(Effect.prototype, 'payload', {
    configurable: true,
    set(this: Effect<unknown>, value: unknown) {
      Object.defineProperty(this, 'payload', { value, writable: true, enumerable: true, configurable: true });
      use(value);
      if (!current) return;
      const start = performance.now();
      const line = place();
      if (line !== undefined) {
        const one = { text: show(this), place: line, loop: current.loop };
        made.set(this, one);
        unused.add(one);
        collected.register(this, one);
      }
      own += performance.now() - start;
    },
  });
  Trampoline.prototype._run = function (this: Task) {
    const warn = active.get(this.loop);
    const before = current;
    const start = performance.now() - own;
    current = warn && this;
    try {
      _run.call(this);
    } finally {
      current = before;
      const took = performance.now() - own - start;
      if (took > SLOW) warn?.(`a step of ${this} took ${Math.round(took)} ms: nothing else could run meanwhile`);
    }
  };
  Trampoline.prototype._ready = function (this: Task) {
    use(this._inbox);
    _ready.call(this);
  };
  Trampoline.prototype._perform = function (this: Task, yielded: unknown) {
    use(yielded);
    // What is made meanwhile is made by the engine.
    const before = current;
    current = undefined;
    try {
      const answer = _perform.call(this, yielded);
      const spawn = yielded instanceof Effect && answer instanceof Trampoline && made.get(yielded);
      if (spawn) (answer as { _spawnedAt?: string })._spawnedAt = ` ${spawn.place}`; // see words/task-path.ts
      return answer;
    } finally {
      current = before;
    }
  };
}

function uninstall(): void {
  Trampoline.prototype._run = _run;
  Trampoline.prototype._perform = _perform;
  Trampoline.prototype._ready = _ready;
  Reflect.deleteProperty(Effect.prototype, 'payload');
  unused.clear();
}

debugMode.installed = { attach, detach };
