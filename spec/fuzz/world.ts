// What is known of one run of a program: who ran, what was thrown and told, which items went where, which rules
// were broken. It knows only what the program itself can see; nothing of the engine's insides.
import type { Task, TaskGroup } from 'treadle';
import type { Body, Cancel, Point, Program, Thrown } from './program.ts';

/** A rule that was broken. Two failures are the same when their rules are. */
export interface Violation {
  readonly rule: string;
  readonly text: string;
}

/**
 * What a cancellation reaches at once: a task, and all that its combinators run for it. What a task spawns is a strand
 * of its own, because it is cancelled only when its owner's frames are closed.
 */
export interface Strand {
  /** The number of the body, if it is a task that can be cancelled by name. */
  readonly slot: number | undefined;
  readonly parent: Strand | undefined;
  /** A shield, or clean-up: a cancellation of the parent does not come in. */
  readonly masked: boolean;
  /** When its cancellation was asked for by the program. */
  cancelled: number | undefined;
  /** The program has yielded `cancel(task)`: nobody knows when that was performed. */
  touched: boolean;
  /** One of its bodies has been closed. From now on what runs is clean-up. */
  closing: boolean;
  /** The strand of the task that has spawned it, unless it is a daemon or detached: it must not outlive that one's failure. */
  readonly owner: Strand | undefined;
  /** Its outermost body, and that it did not return. */
  root: Act | undefined;
  failed: boolean;
}

/** What a body finds around it. */
export interface Surroundings {
  readonly strand: Strand;
  readonly group: Group | undefined;
  /** Of a `retry`. */
  readonly attempt: number;
  /** The place of the item in a `map`. */
  readonly key: number | undefined;
  /** What the contexts must give; undefined where the fuzzer does not know it. */
  readonly contexts: ReadonlyMap<number, number> | undefined;
  /** The combinator that runs it. */
  readonly combination: Combination | undefined;
  /** Who called, spawned or combined it. */
  readonly outer: Act | undefined;
  /** It was spawned detached. */
  readonly detached: boolean;
}

/** A task group that is open. */
export interface Group {
  readonly group: TaskGroup;
  readonly strand: Strand;
  readonly combination: Combination;
  readonly contexts: ReadonlyMap<number, number> | undefined;
}

/** One run of a combinator. */
export interface Combination {
  readonly name: string;
  readonly strand: Strand;
  /** The body that yields it, those that it runs, and the tasks that it waits for. */
  readonly act: Act;
  readonly acts: Act[];
  readonly tasks: Task<any>[];
  works: number;
  /** A work, or a task of the group, has thrown. */
  failed: boolean;
  outcome: 'answered' | 'threw' | 'cancelled' | undefined;
  endedAt: number;
  /** Its work is over, and what was spawned in it; of an `ensure` the clean-up is not. */
  workOver: boolean;
}

/** One run of a body. */
export interface Act {
  readonly number: number;
  readonly body: Body;
  /** Changes while it is in a region of its own, such as a shield in its clean-up. */
  around: Surroundings;
  /** What it watches, and on which strand. */
  signal: AbortSignal | undefined;
  watched: Strand | undefined;
  /** How its `try` was left. */
  how: 'returned' | 'threw' | 'cancelled' | undefined;
  error: unknown;
  inFinally: boolean;
  /** Its clean-up has come to its end, or has thrown. */
  whole: boolean;
  /** A cancellation has cut its `finally`. */
  cut: boolean;
  /** What it returned is void: its `finally` was cut, or has thrown. */
  void: boolean;
  /** It has left its `finally`, however. */
  left: boolean;
  leftAt: number;
  readonly got: Item[];
}

/** What a body returns. */
export class Parcel {
  readonly body: number;
  readonly key: number | undefined;
  readonly act: Act;
  readonly item: Item | undefined;
  received = false;

  constructor(act: Act, item: Item | undefined) {
    this.act = act;
    this.body = act.body.id;
    this.key = act.around.key;
    this.item = item;
  }
}

/** What is put into queues and channels. */
export class Item {
  readonly id: number;
  readonly resource: number;
  readonly priority: number;
  /** What became of the `put`: `begun` in the end means that it was cut by a cancellation. */
  put: 'begun' | 'done' | 'refused' | 'unsure' = 'begun';
  /** It was put without waiting: into a channel without room it may have no receiver in the end. */
  atOnce = false;
  got = 0;
  parcel: Parcel | undefined;
  /** Who puts it. */
  readonly putter: Act;

  constructor(id: number, resource: number, putter: Act) {
    this.id = id;
    this.putter = putter;
    this.resource = resource;
    this.priority = (id * 7) % 5;
  }
}

export interface ErrorRecord {
  readonly id: number;
  readonly kind: Thrown;
  thrown: number;
  /** By whom it was seen in the end. */
  readonly told: string[];
  readonly act: Act;
  /** The bodies that were thrown it by what they waited for. */
  readonly met: Set<Act>;
  /** It was thrown by the clean-up of a body that was cancelled. */
  readonly byCleanUp: boolean;
  /** It may be dropped, and why. */
  excuse: string | undefined;
  /** How often more than once it may be told: by joins. */
  extra: number;
}

/** A task that a step has spawned. */
export interface Spawned {
  readonly task: Task<any>;
  readonly strand: Strand;
  readonly body: Body;
  readonly group: Group | undefined;
  /** Who has spawned it. */
  readonly by: Act;
  readonly detached: boolean;
  readonly daemon: boolean;
  /** Its group had failed before. */
  readonly late: boolean;
}

/** A program that takes more events than this never ends. */
const MOST_EVENTS = 20_000;

export class World {
  readonly program: Program;
  readonly trace: string[] = [];
  readonly violations: Violation[] = [];
  readonly acts: Act[] = [];
  readonly items: Item[] = [];
  readonly errors = new Map<unknown, ErrorRecord>();
  readonly combinations: Combination[] = [];
  /** The last task that was spawned for a body. */
  readonly tasks = new Map<number, Task<any>>();
  readonly strands = new Map<number, Strand>();
  readonly joins = new Map<Task<any>, number>();
  readonly lateJoins = new Map<Task<any>, number>();
  readonly all: Spawned[] = [];
  /** Nobody waits for what never comes any more. */
  rescued = false;
  over = false;
  private count = 0;
  /** Of a cancellation at a point with no turn in between, and of those that a task carries out. */
  readonly triggers = new Map<Cancel, () => void>();
  private readonly fired = new Set<Cancel>();

  constructor(program: Program) {
    this.program = program;
  }

  /** A moment: later ones are greater. */
  get moment(): number {
    return this.count;
  }

  note(text: string): void {
    if (++this.count > MOST_EVENTS) {
      this.broken('hang', `more than ${MOST_EVENTS} events`);
      throw new Error('the program never ends');
    }
    if (this.over) this.broken('alive', `after the end of main: ${text}`);
    this.trace.push(text);
  }

  broken(rule: string, text: string): void {
    if (this.violations.length < 50) this.violations.push({ rule, text });
  }

  // ---- bodies

  enter(body: Body, around: Surroundings): Act {
    const act: Act = {
      number: this.acts.length,
      body,
      around,
      signal: undefined,
      watched: undefined,
      how: undefined,
      error: undefined,
      inFinally: false,
      whole: false,
      cut: false,
      void: false,
      left: false,
      leftAt: Infinity,
      got: [],
    };
    this.acts.push(act);
    around.combination?.acts.push(act);
    this.note(`${name(act)} enters`);
    return act;
  }

  /** A body has come to a point. Whoever waits for that cancels. */
  point(act: Act, point: Point, step = 0): void {
    for (const cancel of this.program.cancels) {
      const { when } = cancel;
      if (!('point' in when) || when.body !== act.body.id || when.point !== point || this.fired.has(cancel)) continue;
      if ((point === 'before' || point === 'behind') && when.step !== step) continue;
      this.fired.add(cancel);
      if (cancel.turns < 0) this.cancel(cancel.slot);
      else this.triggers.get(cancel)?.();
    }
  }

  /** Cancels the task of a body, if there is one. */
  cancel(slot: number): void {
    const task = this.tasks.get(slot);
    if (!task || task.done) return;
    const asked = task.cancel(`the program cancels ${slot}`);
    this.count++;
    if (asked) this.strands.get(slot)!.cancelled ??= this.moment;
    this.note(`cancel ${slot}${asked ? '' : ' once more'}`);
  }

  /** Since when a cancellation is due for the strand, if one is that it has not been delivered. */
  due(strand: Strand): number | undefined {
    if (strand.closing) return undefined;
    for (let at: Strand | undefined = strand; at; at = at.masked ? undefined : at.parent) {
      if (at.cancelled !== undefined) return at.cancelled;
      if (at.closing) return this.moment;
    }
    return undefined;
  }

  /** A body goes on behind a `yield*`. It must not when its cancellation was asked for before. */
  resumed(act: Act, behind: string): void {
    this.note(`${name(act)} goes on behind ${behind}`);
    const { strand } = act.around;
    if (this.due(strand) !== undefined)
      this.broken('code behind', `${name(act)} goes on behind ${behind}, although it was cancelled before`);
    else if (act.watched === strand && act.signal?.aborted && !strand.closing)
      this.broken('code behind', `${name(act)} goes on behind ${behind}, although its signal is aborted`);
    else if (outlivesOwner(strand))
      this.broken('owner', `${name(act)} goes on behind ${behind}, although its owner has failed or was cancelled`);
  }

  // ---- errors

  /** A new error of the kind. */
  make(kind: Thrown, act: Act): unknown {
    const id = this.errors.size + 1;
    const error = hostile(kind, `error ${id}`);
    let record = this.errors.get(error);
    if (!record) {
      const byCleanUp = act.inFinally && act.how === 'cancelled';
      record = { id, kind, thrown: 0, told: [], act, met: new Set(), byCleanUp, excuse: undefined, extra: 0 };
      this.errors.set(error, record);
    }
    record.thrown++;
    return error;
  }

  /** The errors of ours in an error, which may be an aggregate of several. */
  leaves(error: unknown): ErrorRecord[] {
    const known = this.errors.get(error);
    if (known) return [known];
    if (!isInstance(error, AggregateError)) return [];
    return [...new Set((error as AggregateError).errors.flatMap((part: unknown) => this.leaves(part)))];
  }

  tell(error: unknown, where: string): void {
    for (const record of this.leaves(error)) record.told.push(where);
  }

  excuse(error: unknown, why: string): void {
    for (const record of this.leaves(error)) record.excuse ??= why;
  }

  /**
   * Somebody joins the task. If it is over, and what owns it too, or `later` may be by then, then both are told of its
   * failure; otherwise one of the two.
   */
  joined(task: Task<any>, later = false): void {
    this.joins.set(task, (this.joins.get(task) ?? 0) + 1);
    if (task.done && (later || !task.parent || task.parent.done || this.scopeIsOver(task)))
      this.lateJoins.set(task, (this.lateJoins.get(task) ?? 0) + 1);
  }

  /** Was it spawned in a time limit, a shield, a combinator that is over? */
  private scopeIsOver(task: Task<any>): boolean {
    const spawned = this.all.find((one) => one.task === task);
    for (let at: Act | undefined = spawned?.by; at; at = at.around.outer)
      if (at.around.combination?.workOver) return true;
    return false;
  }
}

/** When a task fails or is cancelled, its children are cancelled in that very step. */
function outlivesOwner(strand: Strand): boolean {
  for (let at: Strand | undefined = strand; at; at = at.masked ? undefined : at.parent) {
    if (at.closing) return false;
    if (at.owner?.failed) return true;
  }
  return false;
}

export const name = (act: Act): string =>
  `body ${act.body.id}${act.number === act.body.id ? '' : ` (run ${act.number})`}`;

/** `instanceof` that a revoked proxy cannot break. */
export function isInstance(value: unknown, type: abstract new (...args: never[]) => unknown): boolean {
  try {
    return value instanceof type;
  } catch {
    return false;
  }
}

class PlainError extends Error {
  override name = 'PlainError';
}

function hostile(kind: Thrown, message: string): unknown {
  const fail = (): never => {
    throw new Error(`${message} must not be looked at`);
  };
  switch (kind) {
    case 'plain':
      return new PlainError(message);
    case 'frozen':
      return Object.freeze(new PlainError(message));
    case 'undefined':
      return undefined;
    case 'revoked': {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      return proxy;
    }
    case 'message':
      return Object.defineProperty(new PlainError(), 'message', { get: fail });
    case 'stack':
      return Object.defineProperty(new PlainError(message), 'stack', { get: fail, set: fail });
  }
}
