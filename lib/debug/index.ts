// Debug mode, in Node: what was made and never yielded, where tasks were spawned, a coroutine that is run twice, and
// steps that hold up everything else. It costs nothing while it is off, because it is not there: it is put around the
// trampoline while a loop that wants it runs. And to see effects being made it puts a setter for `payload` on their
// prototype, which the constructor's assignment meets; a hook in the constructor would cost every effect.
// The browser has no debug mode (host-browser.ts). Relies on trampoline.

import { Effect } from '../kernel/effect.ts';
import { InvalidStateError } from '../words/errors.ts';
import { show, spawnedAt } from '../words/messages.ts';
import { isGenerator } from '../kernel/frame.ts';
import { Trampoline } from '../kernel/trampoline.ts';

/** `true`: warnings are printed. A function is given them instead. */
export type Debug = boolean | ((warning: string) => void);

type Task = Trampoline<unknown>;
type Warn = (warning: string) => void;

/** A step that lasts so many milliseconds keeps timers, sockets and all other tasks waiting. */
const SLOW = 100;

/** What each loop that wants it does with a warning. */
const wanted = new WeakMap<object, Warn>();
/** Those of them that run. While there is one the hooks are in place. */
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
let entered = new WeakSet<object>();
/** The task that is being stepped. */
let current: Task | undefined;

export function takeDebug(loop: object, debug: Debug): void {
  if (debug) wanted.set(loop, typeof debug === 'function' ? debug : (warning) => console.warn(`treadle: ${warning}`));
}

export function startDebug(loop: object): void {
  const warn = wanted.get(loop);
  if (!warn) return;
  if (active.size === 0) install();
  active.set(loop, warn);
}

/** Tells what is left. */
export function endDebug(loop: object): void {
  const warn = active.get(loop);
  if (!warn) return;
  for (const one of unused) if (one.loop === loop) tell(one);
  active.delete(loop);
  if (active.size === 0) uninstall();
}

function tell(one: Made): void {
  if (unused.delete(one)) active.get(one.loop)?.(`${one.text} was made and never yielded, ${one.place}`);
}

/** The line of the program that is running: the innermost one outside of the engine. */
function place(): string {
  const [, first = '', ...lines] = (new Error().stack ?? '').split('\n');
  // This very line says where the engine is, as a file or a URL, whatever source maps make of it.
  const engine = /(?:\(|at )([^()]*)debug.index\./.exec(first)?.[1] ?? 'node:';
  const line = lines.find((text) => ![engine, '(<anonymous>)', 'node:'].some((inner) => text.includes(inner))) ?? '';
  return `at ${/(?:\(|at )([^()]+:\d+:\d+)\)?$/.exec(line)?.[1] ?? 'an unknown place'}`;
}

/** An effect that was given to another effect, in its arguments, is that one's business; so is one that a task was made of. */
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
      const one = { text: show(this), place: place(), loop: current.loop };
      made.set(this, one);
      unused.add(one);
      collected.register(this, one);
    },
  });
  Trampoline.prototype._run = function (this: Task) {
    const warn = active.get(this.loop);
    const before = current;
    const start = performance.now();
    current = warn && this;
    try {
      _run.call(this);
    } finally {
      current = before;
      const took = performance.now() - start;
      if (took > SLOW) warn?.(`a step of ${this} took ${Math.round(took)} ms: nothing else could run meanwhile`);
    }
  };
  Trampoline.prototype._ready = function (this: Task) {
    use(this._inbox);
    _ready.call(this);
  };
  Trampoline.prototype._perform = function (this: Task, yielded: unknown) {
    use(yielded);
    if (active.has(this.loop) && isGenerator(yielded)) {
      if (entered.has(yielded))
        throw new InvalidStateError(
          'this coroutine was run before, or is being run: call its function once for each time it is to run',
        );
      entered.add(yielded);
    }
    // What is made meanwhile is made by the engine.
    const before = current;
    current = undefined;
    try {
      const answer = _perform.call(this, yielded);
      const spawn = yielded instanceof Effect && answer instanceof Trampoline && made.get(yielded);
      if (spawn) spawnedAt(answer, spawn.place);
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
  entered = new WeakSet();
}
