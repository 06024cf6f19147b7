// Runs the programs of programs/*.json on treadle, as golden.py runs them on asyncio: what the steps mean is
// told in programs/README.md. The body of a `try` is a frame of its own, as a coroutine that is called would be;
// its `except` and `finally` belong to the frame that they stand in, as in a program.
// Relies on treadle's public face only.
import {
  all,
  allSettled,
  asCompleted,
  Barrier,
  BrokenBarrierError,
  call,
  cancel,
  CancelledError,
  Condition,
  createContext,
  currentTask,
  Event,
  EventLoop,
  InvalidStateError,
  join,
  LifoQueue,
  Lock,
  PriorityQueue,
  Queue,
  QueueEmptyError,
  QueueFullError,
  runSync,
  Semaphore,
  shield,
  sleep,
  spawn,
  taskGroup,
  timeout,
  wait,
  yieldNow,
} from 'treadle';
import type { Awaitable, Context, Effect, Future, Task, TaskGroup } from 'treadle';
import { virtualLoop } from '../support/virtual.ts';

export type Step = string | Block;
export interface Block {
  readonly do?: readonly Step[];
  readonly as?: string;
  readonly except?: { readonly [kind: string]: readonly Step[] };
  readonly finally?: readonly Step[];
  readonly [op: string]: unknown;
}

export interface Program {
  /** What asyncio promises here; where treadle differs, what treadle does instead. */
  readonly says: string;
  readonly objects?: { readonly [name: string]: string };
  readonly tasks: { readonly [name: string]: readonly Step[] };
  /** The deliberate difference that it shows, by the name of its section in docs/asyncio.md, */
  readonly differs?: string;
  /** and the trace that treadle has there. */
  readonly treadle?: readonly string[];
}

/** What `raise NAME` raises. */
class Named extends Error {}

/** What was returned; undefined: nothing yet, go on. */
type Done = { readonly value: unknown } | undefined;
type Steps<T = Done> = Generator<Awaitable<unknown>, T, any>;
type Says = (...values: unknown[]) => void;

interface Env {
  /** Whose steps these are, */
  readonly who: string;
  readonly args: readonly string[];
  /** and which error is being handled. */
  readonly error?: unknown;
}

/** Steps that are plain calls; the others yield. */
const plain =
  /^(log|return|raise|cancel|state|set|add|soon|later|at|onDone|offDone|drop|\S+\.(release|set|clear|notify|notifyAll|putNowait|getNowait|taskDone|setResult|setError|locked|isSet|size|empty|full|waiting|broken))\b/;
const waitsNever = (step: Step): boolean => typeof step === 'string' && plain.test(step);
const loopSteps = ['soon', 'later', 'at'];
const modes = ['all', 'first-completed', 'first-failed'] as const;
const conditions: Record<string, (a: number, b: number) => boolean> = {
  '<': (a, b) => a < b,
  '>=': (a, b) => a >= b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
};
const primitives: Record<string, (size: number | undefined, loop: EventLoop, word: string) => unknown> = {
  Lock: () => new Lock(),
  Event: () => new Event(),
  Semaphore: (permits) => new Semaphore(permits),
  Condition: () => new Condition(),
  Barrier: (parties) => new Barrier(parties!),
  Queue: (capacity) => new Queue(capacity),
  PriorityQueue: (capacity) => new PriorityQueue((item: string) => parseInt(item), capacity), // items of two words: priority and payload
  LifoQueue: (capacity) => new LifoQueue(capacity),
  Future: (_, loop) => loop.createFuture(),
  Context: (_, __, word) => createContext(word),
};

function show(value: unknown): string {
  if (value === undefined) return '-';
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`;
  return value instanceof Error ? kind(value) : String(value);
}

/** The name by which both sides know an error. */
function kind(error: unknown): string {
  if (error instanceof Named) return error.message;
  if (error instanceof AggregateError) return `[${error.errors.map(kind).join(', ')}]`;
  if (error instanceof QueueEmptyError) return 'QueueEmpty';
  if (error instanceof QueueFullError) return 'QueueFull';
  if (error instanceof BrokenBarrierError) return 'BrokenBarrier';
  if (error instanceof InvalidStateError || error instanceof RangeError || error instanceof TypeError) return 'misuse';
  return (error as Error).name;
}

/** `catch` takes whatever comes, as `except Exception` would if CancelledError were one. */
function matches(name: string, error: unknown): boolean {
  return name === 'Exception' || name === kind(error) || (name === 'group' && error instanceof AggregateError);
}

function outcome(it: Task | Future): string {
  if (!it.done) return 'pending';
  if (it.state === 'cancelled') return 'cancelled';
  return it.state === 'failed' ? `raised ${kind(it.error())}` : `returned ${show(it.result())}`;
}

const parse = (word: string): unknown =>
  /^-?\d+$/.test(word) ? Number(word)
  : word === 'true' || word === 'false' ? word === 'true'
  : word;
const valueOf = (words: readonly string[]): unknown =>
  words.length < 2 ? words.map(parse)[0] : words.map(parse).join(' ');

class Interpreter {
  readonly lines: string[] = [];
  now = (): number => 0;
  private readonly program: Program;
  private readonly tasks: [string, Task][] = [];
  /** Tasks, primitives, futures, groups: checked by the type of nobody, as in the Python that is imitated. */
  private readonly names: Record<string, any> = {};
  private readonly callbacks: Record<string, any> = {};
  private readonly vars: Record<string, number> = {};

  constructor(program: Program, loop?: EventLoop) {
    this.program = program;
    this.names['loop'] = loop;
    for (const [name, words] of Object.entries(program.objects ?? {})) {
      const [constructor = '', size] = words.split(' ');
      this.names[name] = primitives[constructor]!(size === undefined ? undefined : Number(size), loop!, size ?? '');
    }
  }

  readonly onError = (error: unknown): void => this.log('!', kind(error));

  *main(): Steps<unknown> {
    const main = yield* currentTask();
    this.now = () => main.loop.now();
    this.names['main'] = main;
    this.tasks.push(['main', main]);
    return yield this.awaitable('main');
  }

  end(): string[] {
    this.log('=', 'end');
    return [...this.lines, ...this.tasks.map(([name, task]) => `= ${name} ${outcome(task)}`)];
  }

  private log(who: string, text: string): void {
    this.lines.push(`${this.now()} ${who} ${text}`);
  }

  /** `@x` is what exists under that name, `body(1,2)` a new coroutine. */
  private awaitable(item: string, label = item): Awaitable<unknown> {
    if (item.startsWith('@')) return this.names[item.slice(1)];
    const [name = '', args] = item.replace(/\)$/, '').split('(');
    return call(this.body(name, { who: label, args: args?.split(',') ?? [] }));
  }

  private *body(name: string, env: Env): Steps<unknown> {
    return (yield* call(this.run(this.program.tasks[name]!, env)))?.value;
  }

  /** A frame of its own, as a coroutine that is called. What does not wait is none: it would be one more yield than a program has. */
  private steps(steps: readonly Step[], env: Env): Effect<Done> | Steps {
    return steps.every(waitsNever) ? this.run(steps, env) : call(this.run(steps, env));
  }

  private *run(steps: readonly Step[], env: Env): Steps {
    for (const step of steps) {
      const done = yield* typeof step === 'string' ? this.step(step, env) : this.block(step, env);
      if (done) return done;
    }
    return undefined;
  }

  // ---- steps

  private words(text: string, env: Env): string[] {
    return text
      .replace(/\$(\w+)/g, (_, name: string) =>
        /\d/.test(name) ? env.args[Number(name) - 1]! : String(this.vars[name]),
      )
      .split(' ');
  }

  private true([name = '', operator = '', other]: string[]): boolean {
    return conditions[operator]!(this.vars[name]!, Number(other));
  }

  private *step(text: string, env: Env): Steps {
    const words = this.words(text, env);
    const [op = '', ...rest] = words;
    const [first = '', , third = first] = rest; // `spawn body as name`
    const says: Says = (...values) => this.log(env.who, [...words, ...values.map(show)].join(' '));
    const items = () => rest.map((item) => this.awaitable(item));
    switch (op) {
      case 'log':
        this.log(env.who, rest.join(' '));
        break;
      case 'sleep':
        yield* sleep(Number(first));
        break;
      case 'yield':
        yield* yieldNow();
        break;
      case 'return':
        return { value: valueOf(rest) };
      case 'raise':
        throw first ? new Named(first) : env.error;
      case 'spawn':
      case 'detach':
        this.started(third, yield* spawn(this.awaitable(first, third), { name: third, detached: op === 'detach' }));
        break;
      case 'call':
        says(yield* call(this.awaitable(first, env.who)));
        break;
      case 'join':
        says(yield* join(this.names[first]));
        break;
      case 'outcome':
      case 'stop':
        try {
          yield op === 'stop' ? cancel(this.names[first]) : this.names[first];
        } catch {
          // It is told by the outcome.
        }
        says(outcome(this.names[first]));
        break;
      case 'cancel':
        this.names[first].cancel(rest[1]);
        break;
      case 'reason':
        try {
          yield this.names[first];
        } catch (error) {
          const { reason } = error as CancelledError;
          says(...(reason === undefined ? [] : [reason]));
        }
        break;
      case 'state':
        says(outcome(this.names[first]));
        break;
      case 'gather':
        says(yield* all(items()));
        break;
      case 'settled':
        says((yield* allSettled(items())).map((it) => (it.status === 'fulfilled' ? it.value : it.reason)));
        break;
      case 'wait':
        yield* this.wait(rest, says);
        break;
      case 'waitFor':
        says(yield* timeout(Number(first), this.awaitable(rest[1]!)));
        break;
      case 'asCompleted':
        for (const next of yield* asCompleted(items())) says(yield* next);
        break;
      case 'shield':
        says(yield* shield(this.awaitable(first)));
        break;
      case 'soon':
        this.callback(op, [], [`log ${rest.join(' ')}`], rest.join(' '));
        break;
      case 'later':
      case 'at':
      case 'onDone': {
        const label = rest.slice(1).join(' ');
        this.callback(op, [first], [`log ${label}`], label);
        break;
      }
      case 'offDone':
        says(this.names[first].removeDoneCallback(this.callbacks[rest.slice(1).join(' ')]));
        break;
      case 'drop':
        this.callbacks[rest.join(' ')].cancel();
        break;
      case 'set':
        this.vars[first] = Number(rest[1]);
        break;
      case 'add':
        this.vars[first]! += Number(rest[1]);
        break;
      default:
        if (op.endsWith('.spawn'))
          this.started(
            third,
            (yield* (this.names[op.slice(0, -6)] as TaskGroup).spawn(this.awaitable(first, third), {
              name: third,
            })) as Task,
          );
        else yield* this.method(op, rest, says);
    }
    return undefined;
  }

  private started(name: string, task: Task): void {
    this.names[name] = task;
    this.tasks.push([name, task]);
  }

  /** A method of a lock, an event, a semaphore, a condition, a barrier, a queue, a future. */
  private *method(op: string, rest: string[], says: Says): Steps<void> {
    const [name = '', method = ''] = op.split('.');
    const on = this.names[name];
    switch (method) {
      case 'acquire':
      case 'wait':
      case 'get':
      case 'join':
      case 'put': {
        const result = yield method === 'put' ? on.put(valueOf(rest)) : on[method]();
        says(...(result === undefined ? [] : [result]));
        break;
      }
      case 'setError':
        on.setError(new Named(rest[0]));
        break;
      case 'notify':
        on.notify(...rest.map(Number));
        break;
      case 'release':
      case 'set':
      case 'clear':
      case 'notifyAll':
      case 'putNowait':
      case 'taskDone':
      case 'setResult':
        on[method](valueOf(rest));
        break;
      case 'getNowait':
        says(on.getNowait());
        break;
      case 'waitFor':
        says(yield* (on as Condition).waitFor(() => this.true(rest)));
        break;
      case 'value':
        says(yield* (on as Context<string>).get());
        break;
      case 'reset':
      case 'abort':
        on[method]();
        says();
        break;
      default:
        says(on[method === 'waiting' ? 'nWaiting' : method]);
    }
  }

  private *wait(words: string[], says: Says): Steps<void> {
    const limit = words.find((word) => /^\d+$/.test(word));
    const returnWhen = modes.find((mode) => words.includes(mode));
    const names = words.filter((word) => word !== limit && word !== returnWhen);
    const { done, pending } = yield* wait<Task | Future>(
      names.map((name) => this.names[name]),
      { timeout: limit === undefined ? undefined : Number(limit), returnWhen },
    );
    const among = (some: unknown[]) => `[${names.filter((name) => some.includes(this.names[name])).join(' ')}]`;
    says(among(done), among(pending));
  }

  private callback(op: string, at: string[], steps: readonly Step[], name: string): void {
    // None of its steps may wait.
    const run = () => {
      if (!this.run(steps, { who: '-', args: [] }).next().done)
        throw new Error(`a callback waits: ${JSON.stringify(steps)}`);
    };
    if (op === 'onDone') {
      this.names[at[0]!].addDoneCallback(run);
      this.callbacks[name] = run;
    } else {
      const { loop } = this.names;
      this.callbacks[name] =
        op === 'soon' ? loop.callSoon(run)
        : op === 'later' ? loop.callLater(Number(at[0]), run)
        : loop.callAt(Number(at[0]), run);
    }
  }

  // ---- blocks

  private *block(block: Block, env: Env): Steps {
    const [op = '', argument] = Object.entries(block)[0]!;
    const inner = block.do ?? [];
    const words = Array.isArray(argument) ? [] : this.words(String(argument), env);
    const [first = ''] = words;
    switch (op) {
      case 'try':
        return yield* call(this.attempt(block, env));
      case 'let':
        return yield* (this.names[first] as Context<string>).with(words[1]!, this.steps(inner, env));
      case 'with':
        return yield* this.names[first].with(this.steps(inner, env));
      case 'timeout':
      case 'waitFor':
        return yield* timeout(Number(first), this.steps(inner, env));
      case 'shield':
        return yield* shield(this.steps(argument as Step[], env));
      case 'group': {
        const self = this;
        return yield* taskGroup(function* (group) {
          self.names[first] = group;
          return yield* self.steps(inner, env);
        });
      }
      case 'repeat':
      case 'while':
        for (let i = 0; op === 'repeat' ? i < Number(first) : this.true(words); i++) {
          const done = yield* this.steps(inner, env);
          if (done) return done;
        }
        return undefined;
      case 'soon':
        this.callback(op, [], argument as Step[], block.as ?? '');
        return undefined;
      case 'later':
      case 'at':
      case 'onDone':
        this.callback(op, words, inner, block.as ?? '');
        return undefined;
      default:
        throw new Error(`no such block: ${op}`);
    }
  }

  private *attempt(block: Block, env: Env): Steps {
    try {
      return yield* this.steps(block['try'] as Step[], env);
    } catch (error) {
      for (const [name, handler] of Object.entries(block.except ?? {})) {
        if (!matches(name, error)) continue;
        this.log(env.who, `caught ${kind(error)}`);
        return yield* this.run(handler, { ...env, error });
      }
      throw error;
    } finally {
      const done = yield* this.run(block.finally ?? [], env);
      if (done) return done; // as in Python, it takes the place of whatever was under way
    }
  }
}

/** Callbacks of the loop and futures need an EventLoop of one's own; runSync has none to show. */
export function needsLoop(program: Program): boolean {
  const uses = (value: unknown): boolean =>
    typeof value === 'string' ?
      loopSteps.includes(value.split(' ')[0]!)
    : typeof value === 'object' &&
      value !== null &&
      Object.entries(value).some(([key, inner]) => loopSteps.includes(key) || uses(inner));
  return uses(program.tasks) || Object.values(program.objects ?? {}).includes('Future');
}

/** The trace under `runSync`. */
export function onRunSync(program: Program): string[] {
  const interpreter = new Interpreter(program);
  try {
    runSync(call(interpreter.main()), { onError: interpreter.onError });
  } catch {
    // It is in the outcome of main.
  }
  return interpreter.end();
}

/** The trace on an `EventLoop` with a virtual clock. */
export async function onEventLoop(program: Program): Promise<string[]> {
  const loop = virtualLoop({ onError: (error) => interpreter.onError(error) });
  const interpreter: Interpreter = new Interpreter(program, loop);
  await loop.runUntilComplete(call(interpreter.main())).then(undefined, () => {});
  return interpreter.end();
}
