// Runs a program: every body becomes a generator of effects of `treadle`, and all that it sees is written into the
// world.
//
// The language's own trap binds this file, too: behind a `return()`, an inner `finally` that yields lets the outer
// generator go on. So only the generator of a body has a `finally` that yields; the generators that it delegates to
// with `yield*` have none, or one that does not yield.
import {
  abortSignal,
  all,
  allSettled,
  any,
  asCompleted,
  call,
  cancel,
  CancelledError,
  coroutine,
  currentTask,
  ensure,
  Event,
  forEach,
  fromAsyncIterable,
  fromPromise,
  InvalidStateError,
  join,
  map,
  now,
  on,
  once,
  QueueClosedError,
  QueueFullError,
  race,
  retry,
  shield,
  sleep,
  sleepUntil,
  spawn,
  taskGroup,
  timeout,
  TimeoutError,
  toAsyncIterable,
  use,
  wait,
  yieldNow,
} from 'treadle';
import * as treadle from 'treadle';
import type { Awaitable, Channel, Coroutine, Effect, Restore, Task } from 'treadle';
import type { Body, Cancel, Program, Step, Work } from './program.ts';
import { Shared } from './shared.ts';
import type { CallBook } from './shared.ts';
import { isInstance, Item, name, Parcel, World } from './world.ts';
import type { Act, Combination, Group, Spawned, Strand, Surroundings } from './world.ts';

/** Errors of the engine that every step may meet and goes on behind. */
const expected = [
  TimeoutError,
  CancelledError,
  QueueClosedError,
  QueueFullError,
  treadle.QueueEmptyError,
  treadle.BrokenBarrierError,
];

/** When those who wait for what never comes are let go on: on a virtual clock long after all else is over. */
const rescueTime = (program: Program, virtual: boolean): number =>
  virtual ? 1_000
  : program.mode === 'pair' ? 25
  : 40;

/** A work of a combinator that was begun. */
interface Begun {
  readonly work: Work;
  readonly awaitable: Awaitable<unknown>;
  readonly item?: Item;
  readonly book?: CallBook;
  /** The task or the occasion is not there: something else was begun in its place. */
  readonly missing?: boolean;
}

export class Interpreter {
  private lastTime = 0;
  /** Bodies that sleep. */
  private readonly sleepers: { readonly due: number }[] = [];
  /** Has it more inline answers than the loop lets pass? */
  private readonly isLong: boolean;
  readonly world: World;
  readonly program: Program;
  readonly shared: readonly Shared[];
  /** Sources of `fromAsyncIterable`: opened, and how they ended. */
  readonly sources: { ended: boolean; returned: number }[] = [];
  /** `addDoneCallback`: how often each was called. */
  readonly callbacks: { readonly task: Task<any>; called: number }[] = [];
  /** Works of `ensure`: how often each was cleaned up. */
  readonly ensured: { readonly work: number; readonly outer: Act; readonly started: number; cleaned: number }[] = [];
  /** Producers of `toAsyncIterable`. */
  readonly producers: { entered: boolean; left: boolean }[] = [];

  constructor(program: Program) {
    this.program = program;
    this.isLong = /"do":"inline"/.test(JSON.stringify(program));
    this.world = new World(program);
    this.shared = program.resources.map((resource, index) => new Shared(index, resource, this.world));
  }

  // ---- the main task of a loop

  /**
   * `rescuer`: this loop lets those go on who wait for what never comes, and carries out the cancellations. With a pair
   * of loops only one of them does.
   */
  *root(body: Body, { rescuer, virtual }: { rescuer: boolean; virtual: boolean }): Coroutine<unknown> {
    const { world } = this;
    const strand = this.strand(undefined, body.id);
    world.tasks.set(body.id, yield* currentTask());
    if (rescuer) {
      for (const cancellation of this.program.cancels)
        yield* spawn(this.canceller(cancellation), { name: 'canceller', daemon: true });
      // With a second loop it is waited for: the other one may need it.
      if (!this.program.stuck)
        yield* spawn(this.rescuer(rescueTime(this.program, virtual)), {
          name: 'rescuer',
          daemon: this.program.mode !== 'pair',
        });
    }
    const around: Surroundings = {
      strand,
      group: undefined,
      attempt: 1,
      key: undefined,
      contexts: new Map<number, number>(),
      combination: undefined,
      outer: undefined,
      detached: false,
    };
    try {
      return yield* coroutine(`body ${body.id}`, () => this.run(body, around))();
    } finally {
      // The other loop of a pair must not be left to wait, even if the rescuer was cancelled before its first step.
      if (rescuer && this.program.mode === 'pair') this.letAllGo();
    }
  }

  private *canceller(cancellation: Cancel): Coroutine<void> {
    const { when, turns, slot } = cancellation;
    if ('time' in when) {
      if (when.late && when.time > 0) yield* sleepUntil(when.time - 0.5);
      yield* sleepUntil(when.time);
    } else {
      if (turns < 0) return;
      const happened = new Event({ name: 'trigger' });
      this.world.triggers.set(cancellation, () => happened.set());
      yield* happened.wait();
    }
    for (let i = 0; i < turns; i++) yield* yieldNow();
    this.world.cancel(slot);
  }

  private *rescuer(time: number): Coroutine<void> {
    const { world, shared } = this;
    try {
      yield* sleepUntil(time);
      // The virtual time of one loop says nothing of how far the other one is.
      if (time === 1_000 && this.program.mode !== 'pair') {
        // What is on its way arrives within some turns.
        for (let i = 0; i < 6; i++) yield* yieldNow();
        for (const one of shared) {
          const lost = one.lostWakeUp();
          if (lost) world.broken('wake-up lost', lost);
        }
      }
    } finally {
      // Also when main is over already, or fails: what is left of it may still wait behind a shield.
      this.letAllGo();
      yield* coroutine('rescue', () => this.rescue())();
    }
  }

  private letAllGo(): void {
    this.world.rescued = true;
    for (const one of this.shared) one.rescue();
  }

  private *rescue(): Coroutine<void> {
    const { world, shared } = this;
    for (let round = 0; round < 3; round++) {
      for (const one of shared) {
        one.rescue();
        if (one.resource.kind !== 'condition') continue;
        yield* one.object.acquire();
        one.notifies.push({ moment: world.moment, all: true });
        one.object.notifyAll();
        one.object.release();
      }
      yield* sleep(2);
    }
  }

  // ---- bodies

  private strand(parent: Strand | undefined, slot?: number, masked = false, owner?: Strand): Strand {
    const strand: Strand = {
      slot,
      parent,
      masked: masked || !!parent?.closing,
      cancelled: undefined,
      touched: false,
      closing: false,
      owner,
      root: undefined,
      failed: false,
    };
    if (slot !== undefined) this.world.strands.set(slot, strand);
    return strand;
  }

  /** A body as something that can be yielded. */
  private start(body: Body, around: Surroundings): Awaitable<unknown> {
    const run = () => this.run(body, around);
    return body.raw ? run() : coroutine(`body ${body.id}`, run)();
  }

  /** What is around a body that runs as a frame of this one. */
  private within(act: Act, changes: Partial<Surroundings> = {}): Surroundings {
    return { ...act.around, combination: undefined, key: undefined, outer: act, detached: false, ...changes };
  }

  *run(body: Body, around: Surroundings): Coroutine<Parcel | undefined> {
    const { world } = this;
    const { strand } = around;
    const act = world.enter(body, around);
    strand.root ??= act;
    try {
      if (body.watches) yield* this.watch(act);
      yield* this.lookAtContexts(act);
      yield* this.steps(act, body.steps);
      const item = body.carries ? act.got.pop() : undefined;
      const parcel = new Parcel(act, item);
      if (item) {
        item.got--;
        item.parcel = parcel;
      }
      act.how = 'returned';
      return parcel;
    } catch (error) {
      if (body.catches) {
        world.tell(error, `caught by ${name(act)}`);
        act.how = 'returned';
        return undefined;
      }
      act.how = 'threw';
      act.error = error;
      throw error;
    } finally {
      act.how ??= 'cancelled';
      act.inFinally = true;
      if (act.how === 'cancelled') strand.closing = true;
      world.note(`${name(act)} has ${act.how}`);
      if (act.how === 'cancelled' && act.watched === strand && !act.signal?.aborted)
        world.broken('signal', `${name(act)} cleans up, and its signal is not aborted`);
      world.point(act, 'finally');
      let end: 'cut' | 'whole' | 'threw' = 'cut';
      try {
        if (!body.cleanUp) act.whole = true;
        else if (body.cleanUp.kind === 'bare') yield* this.cleanUp(act, body.cleanUp.steps);
        else {
          const { steps } = body.cleanUp;
          yield* this.ask(act, shield(coroutine('cleanUp', () => this.shieldedCleanUp(act, steps))()), 'its shield');
        }
        end = 'whole';
      } catch (error) {
        end = 'threw';
        if (act.how === 'threw' && error !== act.error)
          world.excuse(act.error, 'an error of its own finally replaced it');
        throw error;
      } finally {
        if (end === 'cut' && act.how === 'threw') world.excuse(act.error, 'in flight through a finally that was cut');
        act.cut = end === 'cut';
        act.void = end !== 'whole';
        act.left = true;
        const failed = act.cut || end === 'threw' || act.how !== 'returned';
        if (strand.root === act) strand.failed = failed;
        if (around.combination && failed && act.how !== 'cancelled' && !act.cut) around.combination.failed = true;
        world.note(`${name(act)} is over${end === 'whole' ? '' : `: ${end}`}`);
        world.point(act, 'over');
        act.leftAt = world.moment;
      }
    }
  }

  private *cleanUp(act: Act, steps: readonly Step[]): Coroutine<void> {
    try {
      yield* this.steps(act, steps);
      act.whole = true;
    } catch (error) {
      act.whole = true;
      throw error;
    }
  }

  /** A region of its own: a cancellation does not come in. */
  private *shieldedCleanUp(act: Act, steps: readonly Step[]): Coroutine<void> {
    const { around } = act;
    const strand = this.strand(around.strand, undefined, true);
    strand.root = act;
    act.around = { ...around, strand };
    try {
      yield* this.cleanUp(act, steps);
    } finally {
      act.around = around;
    }
  }

  private *watch(act: Act): Coroutine<void> {
    // Within a shield the signal is that of a task that was cancelled, and the work goes on all the same.
    for (let at: Strand | undefined = act.around.strand; at; at = at.parent) if (at.masked) return;
    act.signal = (yield* this.ask(act, abortSignal(), 'abortSignal')) as AbortSignal;
    act.watched = act.around.strand;
    if (act.watched.closing && !act.signal.aborted)
      this.world.broken('signal', `${name(act)} runs in a clean-up, and its signal is not aborted`);
  }

  private *lookAtContexts(act: Act): Coroutine<void> {
    const { contexts } = act.around;
    if (!contexts) return;
    for (const { object, resource, index } of this.shared) {
      if (resource.kind !== 'context') continue;
      const seen = yield* this.ask(act, object.get() as Effect<number>, 'context.get');
      if (seen !== (contexts.get(index) ?? 0))
        this.world.broken('context', `${name(act)} sees ${seen}, not ${contexts.get(index) ?? 0}`);
    }
  }

  /** Yields it, and says when the body goes on behind it. */
  private *ask<T>(act: Act, awaitable: Awaitable<T>, what: string): Coroutine<T> {
    let answer: T;
    try {
      answer = act.body.bare ? yield awaitable : yield* awaitable as Effect<T>;
    } catch (error) {
      for (const { met } of this.world.leaves(error)) met.add(act);
      this.world.resumed(act, `${what}, with an error`);
      throw error;
    }
    this.world.resumed(act, what);
    return answer;
  }

  /** The same; an error that every program may meet is no matter. Then the answer is undefined. */
  private *tryTo<T>(act: Act, awaitable: Awaitable<T>, what: string): Coroutine<T | undefined> {
    try {
      return yield* this.ask(act, awaitable, what);
    } catch (error) {
      this.tolerate(error);
      return undefined;
    }
  }

  /** Throws what is ours, or strange. */
  private tolerate(error: unknown): void {
    if (!this.tolerable(error)) throw error;
  }

  private tolerable(error: unknown): boolean {
    if (this.world.errors.has(error)) return false;
    if (isInstance(error, AggregateError))
      return (error as AggregateError).errors.every((part) => this.tolerable(part));
    return expected.some((type) => isInstance(error, type));
  }

  private *time(act: Act): Coroutine<number> {
    const time = yield* this.ask(act, now(), 'now');
    if (this.virtual(act) && time < this.lastTime)
      this.world.broken('time', `it is ${time}, and it was ${this.lastTime} before`);
    this.lastTime = Math.max(time, this.lastTime);
    return time;
  }

  // ---- steps

  private *steps(act: Act, steps: readonly Step[]): Coroutine<void> {
    for (const [index, step] of steps.entries()) {
      this.world.point(act, 'before', index);
      yield* this.step(act, step);
      this.world.point(act, 'behind', index);
    }
  }

  private step(act: Act, step: Step): Coroutine<void> {
    switch (step.do) {
      case 'sleep':
      case 'sleepUntil':
        return this.sleep(act, step);
      case 'turns':
        return this.turns(act, step.count);
      case 'inline':
        return this.inline(act, step);
      case 'throw':
        return this.throw(act, step);
      case 'show':
        return this.show(act);
      case 'call':
        return this.callBody(act, step);
      case 'spawn':
        return this.spawn(act, step);
      case 'join':
        return this.join(act, step);
      case 'wait':
        return this.wait(act, step);
      case 'cancel':
        return this.cancel(act, step);
      case 'callback':
        return this.callback(act, step);
      case 'all':
      case 'allSettled':
        return this.all(act, step);
      case 'any':
      case 'race':
        return this.race(act, step);
      case 'timeout':
        return this.timeout(act, step);
      case 'shield':
        return this.shield(act, step);
      case 'map':
      case 'forEach':
        return this.map(act, step);
      case 'asCompleted':
        return this.asCompleted(act, step);
      case 'group':
        return this.group(act, step);
      case 'groupSpawn':
        return this.groupSpawn(act, step);
      case 'retry':
        return this.retry(act, step);
      case 'ensure':
      case 'restore':
        return this.ensure(act, step);
      case 'use':
        return this.use(act, step);
      case 'hold':
        return this.hold(act, step);
      case 'put':
        return this.put(act, step);
      case 'get':
        return this.get(act, step);
      case 'await':
        return this.await(act, step);
      case 'set':
        return this.set(act, step);
      case 'clear':
        return this.clear(act, step);
      case 'listen':
        return this.listen(act, step);
      case 'with':
        return this.with(act, step);
      case 'serve':
        return this.serve(act, step);
      case 'ask':
        return this.askService(act, step);
      case 'promise':
        return this.promise(act, step);
      case 'iterate':
        return this.iterate(act, step);
      case 'feed':
        return this.feed(act, step);
    }
  }

  private *sleep(act: Act, step: Of<'sleep' | 'sleepUntil'>): Coroutine<void> {
    const start = yield* this.time(act);
    const due = step.do === 'sleep' ? start + step.ms : Math.max(start, step.at);
    // Of those who wait for the same time the first one is the first to go on.
    const sleeper = { due, earlier: this.sleepers.filter((other) => other.due === due && due > start) };
    this.sleepers.push(sleeper);
    try {
      yield* this.ask(act, step.do === 'sleep' ? sleep(step.ms) : sleepUntil(step.at), step.do);
      if (this.ordered && sleeper.earlier.some((other) => this.sleepers.includes(other)))
        this.world.broken('order', `${name(act)} slept until ${due} and overtook one who had begun before`);
    } finally {
      this.sleepers.splice(this.sleepers.indexOf(sleeper), 1);
    }
    const end = yield* this.time(act);
    if (end < due || (this.virtual(act) && end !== due))
      this.world.broken('time', `${name(act)} slept from ${start} to ${end}, not to ${due}`);
  }

  /** On a virtual clock times are exact; a pair may have two kinds of clock. */
  private virtual(_act: Act): boolean {
    const { mode } = this.program;
    return mode === 'sync' || mode === 'virtual' || mode === 'loop';
  }

  private *turns(act: Act, count: number): Coroutine<void> {
    for (let i = 0; i < count; i++) yield* this.ask(act, yieldNow(), 'yieldNow');
  }

  /** Not one by one in the trace: it is about how many they are. */
  private *inline(act: Act, { count, resource }: Of<'inline'>): Coroutine<void> {
    if (resource === undefined) for (let i = 1; i < count; i++) yield now();
    else yield* this.inlineWith(act, this.shared[resource]!, count);
    yield* this.ask(act, now(), 'many effects');
  }

  /** Takes and gives what is free, so that nothing of it waits, unless somebody else wants it. */
  private *inlineWith(act: Act, shared: Shared, count: number): Coroutine<void> {
    const { object, resource } = shared;
    try {
      for (let i = 1; i < count; i++) {
        if (resource.kind === 'queue') {
          const item = shared.newItem(act);
          item.put = 'refused';
          object.putNowait(item);
          item.put = 'done';
          const got = shared.itemOf(yield shared.get());
          if (got) got.got++;
        } else {
          yield object.acquire();
          shared.taken();
          shared.release();
        }
      }
    } catch (error) {
      this.tolerate(error);
    }
  }

  /** Is it known who comes first? Not in a pair, and not when the loop puts off what some of them do. */
  private get ordered(): boolean {
    return this.program.mode !== 'pair' && !this.isLong;
  }

  private *throw(act: Act, { error, below = Infinity }: Of<'throw'>): Coroutine<void> {
    if (act.around.attempt >= below) return;
    const thrown = this.world.make(error, act);
    this.world.note(`${name(act)} throws error ${this.world.errors.get(thrown)!.id}`);
    throw thrown;
  }

  private *show(_act: Act): Coroutine<void> {
    for (const { task } of this.world.all) this.world.note(task.toString().length > 0 ? 'shown' : 'empty');
  }

  // ---- tasks

  private *callBody(act: Act, { how, body }: Of<'call'>): Coroutine<void> {
    const around = this.within(act);
    const work =
      how === 'call' ? call(this.run(body, around)) : coroutine(`body ${body.id}`, () => this.run(body, around))();
    this.receive(yield* this.ask(act, work as Effect<unknown>, `body ${body.id}`), body.id);
  }

  private *spawn(act: Act, step: Of<'spawn'>): Coroutine<void> {
    const { body, daemon, detached } = step;
    const strand = this.strand(undefined, body.id, false, daemon || detached ? undefined : act.around.strand);
    const contexts = detached || !act.around.contexts ? undefined : act.around.contexts;
    const work = this.start(
      body,
      this.within(act, { strand, contexts, detached: !!detached, ...(!detached && { group: undefined }) }),
    );
    const task = yield* this.ask(act, spawn(work, { daemon, detached }) as Effect<Task>, 'spawn');
    this.register({
      task,
      body,
      strand,
      group: undefined,
      by: act,
      detached: !!detached,
      daemon: !!daemon,
      late: false,
    });
  }

  private register(spawned: Spawned): void {
    const { body, task, strand } = spawned;
    this.world.tasks.set(body.id, task);
    this.world.strands.set(body.id, strand);
    this.world.all.push(spawned);
  }

  private *join(act: Act, { how, slot }: Of<'join'>): Coroutine<void> {
    const task = this.world.tasks.get(slot);
    if (!task) return;
    this.world.joined(task);
    const parcel = yield* this.tryTo(act, how === 'join' ? join(task) : task, `the join of ${slot}`);
    this.receive(parcel, slot);
  }

  private *wait(act: Act, { slots, returnWhen, timeout: limit }: Of<'wait'>): Coroutine<void> {
    const tasks = [...new Set(slots.flatMap((slot) => this.world.tasks.get(slot) ?? []))];
    if (tasks.length === 0) return;
    const start = yield* this.time(act);
    const { done, pending } = yield* this.ask(act, wait(tasks, { returnWhen, timeout: limit }), 'wait');
    const end = yield* this.time(act);
    const expired = limit !== undefined && end >= start + limit;
    const enough =
      returnWhen === 'all' ? pending.length === 0
      : returnWhen === 'first-completed' ? done.length > 0
      : pending.length === 0 || done.some(({ state }) => state === 'failed');
    const inOrder = (list: readonly Task<any>[]) =>
      list.every((task, i) => task === tasks.filter((t) => list.includes(t))[i]);
    if (done.length + pending.length !== tasks.length || !inOrder(done) || !inOrder(pending) || !(enough || expired))
      this.world.broken('answer', `wait gave ${done.length} done and ${pending.length} pending of ${tasks.length}`);
    if (!done.every((task) => task.done)) this.world.broken('answer', 'wait gave a task as done that is not');
  }

  private *cancel(act: Act, { slot, waits }: Of<'cancel'>): Coroutine<void> {
    const { world } = this;
    const task = world.tasks.get(slot);
    if (!task) return;
    if (!waits) return world.cancel(slot);
    const { strand } = act.around;
    if (strand.slot === slot && world.strands.get(slot) === strand) {
      // Itself: this very yield is where it is closed, unless it is in its clean-up.
      if (!strand.closing) strand.cancelled ??= world.moment;
    } else {
      world.joined(task);
      const other = world.strands.get(slot);
      if (other) other.touched = true;
    }
    const answer = yield* this.tryTo(act, cancel(task, `body ${act.body.id} cancels`), `the cancellation of ${slot}`);
    if (strand.slot !== slot && !task.done) world.broken('answer', `cancel of ${slot} gave ${answer} before its end`);
  }

  private *callback(act: Act, { slot, throws }: Of<'callback'>): Coroutine<void> {
    const task = this.world.tasks.get(slot);
    if (!task) return;
    const book = { task, called: 0 };
    this.callbacks.push(book);
    task.addDoneCallback((outcome) => {
      book.called++;
      if (outcome !== task) this.world.broken('answer', 'a done callback was given another task');
      if (throws) throw this.world.make('plain', act);
    });
  }

  // ---- combinators

  private combination(act: Act, kind: string, works: number): Combination {
    const combination: Combination = {
      name: kind,
      strand: act.around.strand,
      act,
      acts: [],
      tasks: [],
      works,
      failed: false,
      outcome: undefined,
      endedAt: Infinity,
      workOver: false,
    };
    this.world.combinations.push(combination);
    return combination;
  }

  /** A strand that is cancelled with this one. */
  private linked(act: Act, combination: Combination, changes: Partial<Surroundings> = {}): Surroundings {
    return this.within(act, { strand: this.strand(act.around.strand), combination, ...changes });
  }

  private begin(act: Act, combination: Combination, work: Work, changes: Partial<Surroundings> = {}): Begun {
    const { world } = this;
    switch (work.is) {
      case 'body':
        return { work, awaitable: this.start(work.body, this.linked(act, combination, changes)) };
      case 'sleep':
        return { work, awaitable: sleep(work.ms) };
      case 'task': {
        const task = world.tasks.get(work.slot);
        if (!task) return { work, awaitable: now(), missing: true };
        world.joined(task, true);
        combination.tasks.push(task);
        return { work, awaitable: task };
      }
      default: {
        const shared = this.shared[work.resource]!;
        shared.combined = true;
        if (work.is === 'acquire') return { work, awaitable: shared.object.acquire() };
        if (work.is === 'get') return { work, awaitable: shared.get() };
        if (work.is === 'put') {
          const item = shared.newItem(act);
          item.put = 'unsure';
          return { work, awaitable: shared.put(item), item };
        }
        if (world.rescued) return { work, awaitable: now(), missing: true };
        if (shared.resource.kind === 'emitter') return { work, awaitable: once(shared.object, 'event') };
        const { effect, book } = shared.wait();
        return { work, awaitable: effect, ...(book && { book }) };
      }
    }
  }

  /** Can this be the answer of the work? */
  private fits({ work, missing }: Begun, answer: unknown): boolean {
    if (missing) return typeof answer === 'number';
    const parcel = answer instanceof Parcel ? answer.body : undefined;
    switch (work.is) {
      case 'body':
        return parcel === work.body.id || (answer === undefined && !!work.body.catches);
      case 'task':
        return parcel === work.slot || answer === undefined;
      case 'get':
        if (answer instanceof Item) return answer.resource === work.resource;
        return this.shared[work.resource]!.resource.kind === 'channel' && isReceived(answer, work.resource);
      case 'await':
        return this.isOccasion(work.resource, answer);
      default:
        return answer === undefined;
    }
  }

  /** What a wait at an event, a barrier, a future gives. */
  private isOccasion(resource: number, answer: unknown): boolean {
    switch (this.shared[resource]!.resource.kind) {
      case 'barrier':
        return typeof answer === 'number';
      case 'emitter':
        return Array.isArray(answer);
      case 'event':
        return answer === undefined;
      default:
        return typeof answer === 'string';
    }
  }

  /** The program has this answer now: what was acquired by it is to be released by the caller. */
  private take(act: Act, begun: Begun, answer: unknown, acquired: Shared[]): void {
    const { work, item, book } = begun;
    if (!this.fits(begun, answer)) {
      this.world.broken('answer', `${work.is} gave ${show(answer)}`);
      return;
    }
    if (begun.missing) return;
    if (book) book.outcome = 'answered';
    if (answer instanceof Parcel) this.receive(answer);
    else if (item) item.put = 'done';
    else if (work.is === 'acquire') {
      const shared = this.shared[work.resource]!;
      shared.taken();
      acquired.push(shared);
    } else if (work.is === 'get') {
      const got = this.shared[work.resource]!.itemOf(answer);
      if (got) this.got(act, got);
    }
  }

  /** The program holds what it has acquired for a while, and releases it. */
  private *keep(act: Act, acquired: readonly Shared[], ms: number): Coroutine<void> {
    try {
      if (acquired.length > 0) yield* this.ask(act, ms > 0 ? sleep(ms) : yieldNow(), 'keeping');
    } finally {
      for (const shared of acquired) shared.release();
    }
  }

  private receive(answer: unknown, from?: number): void {
    if (answer instanceof Parcel) {
      if (from !== undefined && answer.body !== from)
        this.world.broken('answer', `the result of body ${answer.body} came instead of that of ${from}`);
      if (answer.received) return;
      answer.received = true;
      if (answer.item) answer.item.got++;
    } else if (answer !== undefined) this.world.broken('answer', `${show(answer)} came as the result of ${from}`);
  }

  private got(act: Act, item: Item): void {
    item.got++;
    act.got.push(item);
  }

  /** Waits for a combinator, and notes what became of it. Undefined: an error that does not matter. */
  private *combined<T>(act: Act, combination: Combination, effect: Effect<T>): Coroutine<{ answer: T } | undefined> {
    try {
      const answer = yield* this.ask(act, effect, combination.name);
      combination.outcome = 'answered';
      return { answer };
    } catch (error) {
      combination.outcome = 'threw';
      this.tolerate(error);
      return undefined;
    } finally {
      combination.outcome ??= 'cancelled';
      combination.endedAt = this.world.moment;
      combination.workOver = true;
      this.checkOver(combination);
    }
  }

  /** What was spawned in the works of a combinator, a time limit, a shield belongs to it, and is over before it is. */
  private checkOver(combination: Combination): void {
    if (combination.name === 'retry' || combination.name === 'asCompleted') return;
    const within = (act: Act | undefined): boolean =>
      act !== undefined &&
      (act.around.combination === combination || (!act.around.detached && within(act.around.outer)));
    for (const { task, body, by, detached, group } of this.world.all) {
      const owner = group?.combination;
      if (!task.done && !detached && (owner === combination || within(owner ? owner.act : by)))
        this.world.broken(
          'alive',
          `the task of body ${body.id} is ${task.state} behind the ${combination.name} it was spawned in`,
        );
    }
  }

  private *all(act: Act, step: Of<'all' | 'allSettled'>): Coroutine<void> {
    const combination = this.combination(act, step.do, step.works.length);
    const begun = step.works.map((work) => this.begin(act, combination, work));
    const given = shaped(step.shape, begun);
    const effect: Effect<any> = step.do === 'all' ? all(given) : allSettled(given);
    const got = yield* this.combined(act, combination, effect);
    if (!got) return;
    const answers: unknown[] = Object.values(got.answer);
    if (Array.isArray(got.answer) !== (step.shape === 'array') || answers.length !== begun.length)
      this.world.broken('answer', `${step.do} of ${begun.length} gave ${answers.length}`);
    const acquired: Shared[] = [];
    for (const [index, one] of begun.entries()) {
      const answer = answers[index];
      if (step.do === 'all') this.take(act, one, answer, acquired);
      else {
        const settled = answer as { status: string; value: unknown; reason: unknown };
        if (settled.status === 'fulfilled') this.take(act, one, settled.value, acquired);
        else this.world.tell(settled.reason, `allSettled in ${name(act)}`);
      }
    }
    yield* this.keep(act, acquired, step.keep);
  }

  private *race(act: Act, step: Of<'any' | 'race'>): Coroutine<void> {
    const combination = this.combination(act, step.do, step.works.length);
    const begun = step.works.map((work) => this.begin(act, combination, work));
    const given = shaped(step.shape, begun);
    const got = yield* this.combined(
      act,
      combination,
      (step.do === 'any' ? any(given) : race(given)) as Effect<unknown>,
    );
    if (!got) return;
    const winner = begun.find((one) => this.fits(one, got.answer));
    const acquired: Shared[] = [];
    if (winner) this.take(act, winner, got.answer, acquired);
    else this.world.broken('answer', `${step.do} gave ${show(got.answer)}, which none of its works gives`);
    yield* this.keep(act, acquired, step.keep);
  }

  private *timeout(act: Act, step: Of<'timeout'>): Coroutine<void> {
    const combination = this.combination(act, 'timeout', 1);
    const start = yield* this.time(act);
    const begun = this.begin(act, combination, step.work);
    const got = yield* this.combined(act, combination, timeout(step.ms, begun.awaitable) as Effect<unknown>);
    if (!got) {
      const end = yield* this.time(act);
      if (end < start) this.world.broken('time', `a limit of ${step.ms} from ${start} ended at ${end}`);
      return;
    }
    const acquired: Shared[] = [];
    this.take(act, begun, got.answer, acquired);
    yield* this.keep(act, acquired, step.keep);
  }

  private *shield(act: Act, step: Of<'shield'>): Coroutine<void> {
    const combination = this.combination(act, 'shield', 1);
    const strand = this.strand(act.around.strand, undefined, true);
    const begun = this.begin(act, combination, step.work, { strand });
    const got = yield* this.combined(act, combination, shield(begun.awaitable) as Effect<unknown>);
    if (!got) return;
    const acquired: Shared[] = [];
    this.take(act, begun, got.answer, acquired);
    yield* this.keep(act, acquired, step.keep);
  }

  private *map(act: Act, step: Of<'map' | 'forEach'>): Coroutine<void> {
    const { world } = this;
    const { body, from } = step;
    const combination = this.combination(act, step.do, 0);
    let running = 0;
    let count = 0;
    const work = (item: unknown, index: number): Awaitable<unknown> => {
      combination.works++;
      if (index !== count++) world.broken('order', `${step.do} gave item ${index} as number ${count - 1}`);
      if (from !== undefined && item instanceof Item) item.got++;
      const around = this.linked(act, combination, { key: index });
      const run = function* (this: Interpreter): Coroutine<unknown> {
        if (++running > step.concurrency)
          world.broken('concurrency', `${running} run, the limit is ${step.concurrency}`);
        try {
          // The first one is not the first to end.
          for (let turns = index % 3; turns < 2; turns++) yield yieldNow();
          return yield* call(this.run(body, around));
        } finally {
          running--;
        }
      };
      return run.call(this);
    };
    const shared = from === undefined ? undefined : this.shared[from]!;
    if (shared) shared.combined = true;
    const source: any = shared ? shared.object : Array.from({ length: step.count }, (_, index) => index);
    const options = { concurrency: step.concurrency };
    const effect: Effect<unknown> = step.do === 'map' ? map(source, work, options) : forEach(source, work, options);
    const got = yield* this.combined(act, combination, effect);
    if (!got || step.do === 'forEach') return;
    const results = got.answer as unknown[];
    if (results.length !== count || (!shared && count !== step.count))
      world.broken('answer', `map of ${step.count} gave ${results.length}`);
    for (const [index, result] of results.entries()) {
      if (result instanceof Parcel && result.key !== index)
        world.broken('answer', `map gave ${result.key} at ${index}`);
      this.receive(result, body.id);
    }
  }

  private *asCompleted(act: Act, step: Of<'asCompleted'>): Coroutine<void> {
    const combination = this.combination(act, 'asCompleted', step.works.length);
    // They are children like those of `spawn`: cancelled when this task's frame is closed.
    const strands: Strand[] = [];
    const begun = step.works.map((work) => {
      const strand = this.strand(undefined, undefined, false, act.around.strand);
      strands.push(strand);
      return this.begin(act, combination, work, { strand });
    });
    const seen = new Set<unknown>();
    let left = false;
    let count = 0;
    for (const next of yield* this.ask(act, asCompleted(begun.map(({ awaitable }) => awaitable)), 'asCompleted')) {
      if (count++ === step.leave) {
        left = true;
        break;
      }
      const answer = yield* this.tryTo(act, next as Effect<unknown>, 'the next of asCompleted');
      if (answer instanceof Parcel) {
        if (seen.has(answer)) this.world.broken('answer', `asCompleted gave body ${answer.body} twice`);
        seen.add(answer);
        this.receive(answer);
      }
    }
    combination.outcome = 'answered';
    // The loop over them was left: those that are not over are cancelled at once.
    if (left) for (const strand of strands) strand.cancelled ??= this.world.moment;
  }

  private *group(act: Act, { body }: Of<'group'>): Coroutine<void> {
    const combination = this.combination(act, 'taskGroup', 1);
    const around = this.linked(act, combination);
    const effect = taskGroup((group) => {
      const open: Group = { group, strand: act.around.strand, combination, contexts: act.around.contexts };
      return this.run(body, { ...around, group: open });
    });
    const got = yield* this.combined(act, combination, effect);
    if (got) this.receive(got.answer, body.id);
  }

  private *groupSpawn(act: Act, { body, daemon }: Of<'groupSpawn'>): Coroutine<void> {
    const { group } = act.around;
    if (!group) return;
    // A daemon goes last, when the others have cleaned up.
    const strand = this.strand(daemon ? undefined : group.strand, body.id);
    const { contexts, combination } = group;
    const work = this.start(body, this.within(act, { strand, contexts, combination, outer: combination.act }));
    // If it is performed at once; else nobody knows in which turn it is.
    const late = combination.failed && !this.isLong && !daemon;
    let task;
    try {
      task = (yield* this.ask(act, group.group.spawn(work, { daemon }) as Effect<unknown>, 'group.spawn')) as Task;
    } catch (error) {
      if (!isInstance(error, InvalidStateError)) throw error; // the group is over
      return;
    }
    combination.works++;
    this.register({ task, body, strand, group, by: act, detached: false, daemon: !!daemon, late });
  }

  private *retry(act: Act, { attempts, delay, body }: Of<'retry'>): Coroutine<void> {
    const combination = this.combination(act, 'retry', 1);
    let last = 0;
    const again = (attempt: number): Awaitable<unknown> => {
      if (attempt !== ++last || attempt > attempts) this.world.broken('answer', `attempt ${attempt} of ${attempts}`);
      return this.start(body, this.within(act, { attempt, combination }));
    };
    const got = yield* this.combined(act, combination, retry(again, { attempts, delay }) as Effect<unknown>);
    if (got) this.receive(got.answer, body.id);
  }

  private *ensure(act: Act, step: Of<'ensure' | 'restore'>): Coroutine<void> {
    const { world } = this;
    const { body, cleanUp } = step;
    const combination = this.combination(act, step.do, 1);
    const work = this.start(body, this.within(act, { combination }));
    const strand = this.strand(act.around.strand, undefined, true);
    const book = { work: body.id, started: world.acts.length, outer: act, cleaned: 0 };
    this.ensured.push(book);
    const last = (): Effect<unknown> => {
      book.cleaned++;
      combination.workOver = true;
      return coroutine(`body ${cleanUp.id}`, () => this.run(cleanUp, this.within(act, { strand, combination })))();
    };
    const byHand = function* (restore: Restore): Coroutine<unknown> {
      let failed: { readonly error: unknown } | undefined;
      try {
        return yield* restore(work);
      } catch (error) {
        failed = { error };
        throw error;
      } finally {
        try {
          yield* last();
        } catch (error) {
          if (failed) world.excuse(failed.error, 'an error of the finally around it replaced it');
          throw error;
        }
      }
    };
    const effect = step.do === 'ensure' ? ensure(work, last) : shield(byHand);
    const got = yield* this.combined(act, combination, effect as Effect<unknown>);
    if (got) this.receive(got.answer, body.id);
  }

  private *use(act: Act, { resource, body }: Of<'use'>): Coroutine<void> {
    const shared = this.shared[resource]!;
    let held = false;
    const hold = () => {
      if (!held) shared.taken();
      held = true;
    };
    const lock = {
      acquire: () => shared.object.acquire() as Effect<void>,
      release: () => {
        hold();
        shared.release();
      },
    };
    const inside = () => {
      hold();
      return this.start(body, this.within(act)) as Effect<unknown>;
    };
    this.receive(yield* this.ask(act, use(lock, inside), 'use'), body.id);
  }

  // ---- primitives

  private *hold(act: Act, { resource, how, steps }: Of<'hold'>): Coroutine<void> {
    const shared = this.shared[resource]!;
    if (how === 'with') {
      const within = function* (this: Interpreter): Coroutine<void> {
        shared.taken();
        try {
          yield* this.steps(act, steps);
        } finally {
          shared.held--;
        }
      };
      yield* this.ask(act, shared.object.with(within.call(this)) as Effect<void>, `${shared.name}.with`);
      return;
    }
    yield* this.waiting(act, shared, 'take', shared.object.acquire() as Effect<void>, 'acquire');
    shared.taken();
    try {
      yield* this.steps(act, steps);
    } finally {
      shared.release();
    }
  }

  /** Waits directly: the books say so meanwhile. */
  private *waiting<T>(
    act: Act,
    shared: Shared,
    kind: 'take' | 'put',
    effect: Awaitable<T>,
    what: string,
  ): Coroutine<T> {
    const line = shared.lines[kind];
    line.set(act, undefined);
    try {
      const answer = yield* this.ask(act, effect, `${shared.name}.${what}`);
      if (this.ordered && shared.inOrder) {
        // Those who came before and still wait may have been cancelled; if one of them is answered later, it was not.
        const by = line.get(act);
        if (by) this.world.broken('order', `${name(by)} overtook ${name(act)}, which waited for ${shared.name} before`);
        for (const other of line.keys()) {
          if (other === act) break;
          line.set(other, act);
        }
      }
      return answer;
    } finally {
      line.delete(act);
    }
  }

  private *put(act: Act, step: Of<'put' | 'get'>): Coroutine<void> {
    const shared = this.shared[step.resource]!;
    const item = shared.newItem(act);
    try {
      if (step.now) {
        item.atOnce = shared.atOnce = true;
        shared.putNow(item);
      } else yield* this.waiting(act, shared, 'put', shared.put(item), 'put');
      item.put = 'done';
    } catch (error) {
      item.put = 'refused';
      this.tolerate(error);
    }
  }

  private *get(act: Act, step: Of<'put' | 'get'>): Coroutine<void> {
    const shared = this.shared[step.resource]!;
    try {
      const answer =
        step.now && shared.resource.kind === 'queue' ?
          shared.object.getNowait()
        : yield* this.waiting(act, shared, 'take', shared.get(), 'get');
      const item = shared.itemOf(answer);
      if (!item) return;
      this.got(act, item);
      shared.out.push(item);
    } catch (error) {
      this.tolerate(error);
    }
  }

  private *await(act: Act, { resource, atOnce }: Of<'await'>): Coroutine<void> {
    const shared = this.shared[resource]!;
    if (this.world.rescued) return;
    const { kind } = shared.resource;
    if (kind === 'condition') return yield* this.waitAtCondition(act, shared);
    if (kind === 'emitter') return void (yield* this.ask(act, once(shared.object, 'event'), 'once'));
    const { effect, book } = shared.wait((call) => {
      if (atOnce === 'call') call.resume('called back');
      if (atOnce === 'cancel' && act.around.strand.slot !== undefined) this.world.cancel(act.around.strand.slot);
    });
    try {
      const answer = yield* this.waiting(act, shared, 'take', effect as Effect<unknown>, 'wait');
      if (book) book.outcome = 'answered';
      if (!this.isOccasion(resource, answer)) this.world.broken('answer', `${shared.name} gave ${show(answer)}`);
      if (kind === 'barrier') shared.numbers.push(answer as number);
    } catch (error) {
      if (book) book.outcome = 'answered';
      this.tolerate(error);
    } finally {
      if (book) book.outcome ??= 'cut';
    }
  }

  private *waitAtCondition(act: Act, shared: Shared): Coroutine<void> {
    const { object } = shared;
    yield* this.ask(act, object.acquire() as Effect<void>, 'condition.acquire');
    shared.taken();
    const entry = { start: this.world.moment, end: Infinity };
    shared.conditionWaits.push(entry);
    try {
      shared.held--; // while it waits
      try {
        if (!this.world.rescued) yield* this.ask(act, object.wait() as Effect<void>, 'condition.wait');
        entry.end = this.world.moment;
      } finally {
        if (entry.end === Infinity) entry.end = -1; // cut
        shared.taken();
      }
    } finally {
      shared.release();
    }
  }

  private *set(act: Act, { resource, error }: Of<'set'>): Coroutine<void> {
    const { world } = this;
    const shared = this.shared[resource]!;
    const { object } = shared;
    const made = () => {
      const thrown = world.make(error!, act);
      world.excuse(thrown, 'whoever waits for it may be cancelled meanwhile');
      const record = world.errors.get(thrown)!;
      record.extra = Infinity;
      return thrown;
    };
    switch (shared.resource.kind) {
      case 'event':
        return object.set();
      case 'future':
        if (object.done) return;
        if (error) object.setError(made());
        else object.setResult('set');
        return;
      case 'callbacks':
        shared.callBack(error ? { error: made() } : undefined);
        return;
      case 'emitter':
        if (error && object.listenerCount('error') > 0) object.emit('error', made());
        else shared.emit();
        return;
      case 'barrier':
        return object.reset();
      case 'condition': {
        yield* this.ask(act, object.acquire() as Effect<void>, 'condition.acquire');
        shared.taken();
        shared.notifies.push({ moment: world.moment, all: false });
        object.notify();
        shared.release();
        return;
      }
      default:
    }
  }

  private *clear(_act: Act, { resource }: Of<'clear'>): Coroutine<void> {
    if (!this.world.rescued) this.shared[resource]!.object.clear();
  }

  private *listen(act: Act, { resource, count }: Of<'listen'>): Coroutine<void> {
    const shared = this.shared[resource]!;
    const channel = yield* this.ask(act, on<[number]>(shared.object, 'event'), 'on');
    let last = shared.emitted;
    for (let i = 0; i < count; i++) {
      const answer = yield* this.tryTo(act, timeout(3, channel.receive()), 'the receive of an event');
      if (!answer || answer.done) continue;
      const [number] = answer.value as [number];
      if (number !== last + 1) this.world.broken('item lost', `event ${number} came behind ${last}`);
      last = number;
    }
    if (count % 2) channel.close();
  }

  private *with(act: Act, { resource, value, body }: Of<'with'>): Coroutine<void> {
    const contexts = act.around.contexts && new Map(act.around.contexts).set(resource, value);
    const work = this.start(body, this.within(act, { contexts }));
    this.receive(
      yield* this.ask(act, this.shared[resource]!.object.with(value, work) as Effect<unknown>, 'with'),
      body.id,
    );
  }

  private *serve(act: Act, { resource }: Of<'serve'>): Coroutine<void> {
    const shared = this.shared[resource]!;
    const server = function* (): Coroutine<void> {
      for (;;) {
        const { done, value } = yield* (shared.object as Channel<Request>).receive();
        if (done) return;
        value.answered.set();
      }
    };
    shared.served = true;
    yield* this.ask(act, spawn(server(), { name: 'server', daemon: true }) as Effect<unknown>, 'spawn');
    yield* this.ask(act, yieldNow(), 'yieldNow');
  }

  private *askService(act: Act, { resource }: Of<'ask'>): Coroutine<void> {
    const shared = this.shared[resource]!;
    const question = function* (): Coroutine<boolean> {
      const request = { answered: new Event() };
      yield* (shared.object as Channel<Request>).send(request);
      yield* request.answered.wait();
      return true;
    };
    const served = yield* this.tryTo(act, timeout(5, question()), 'ask');
    if (!served && shared.served && !this.program.stuck && this.program.mode !== 'pair')
      this.world.broken('daemon', `${name(act)} asks a daemon in its clean-up, and nobody answers`);
  }

  // ---- the world outside

  private *promise(act: Act, { after, how, error }: Of<'promise'>): Coroutine<void> {
    const answer = error && { error: this.world.make(error, act) };
    if (answer) this.world.excuse(answer.error, 'whoever waits for the promise may be cancelled meanwhile');
    const made = () =>
      new Promise<string>((resolve, reject) => {
        const settle = () => (answer ? reject(answer.error) : resolve('kept'));
        if (after === 'microtask') queueMicrotask(settle);
        else setImmediate(settle);
      });
    const awaitable: Awaitable<string> =
      how === 'yield' ? made()
      : how === 'promise' ? fromPromise(made())
      : fromPromise(made);
    // A promise has no iterator: it is yielded bare.
    let value: string;
    try {
      value = yield awaitable;
    } catch (thrown) {
      this.world.resumed(act, 'a promise, with an error');
      throw thrown;
    }
    this.world.resumed(act, 'a promise');
    if (value !== 'kept') this.world.broken('answer', `a promise gave ${show(value)}`);
  }

  private *iterate(act: Act, { count, leave }: Of<'iterate'>): Coroutine<void> {
    const book = { ended: false, returned: 0 };
    let next = 0;
    const source = {
      [Symbol.asyncIterator]: () => {
        this.sources.push(book);
        return {
          next: () => {
            book.ended ||= next >= count;
            return Promise.resolve({ done: next >= count, value: next++ });
          },
          return: () => {
            book.returned++;
            return Promise.resolve({ done: true, value: undefined });
          },
        };
      },
    };
    const channel = yield* this.ask(act, fromAsyncIterable(source as AsyncIterable<number>), 'fromAsyncIterable');
    for (let i = 0; i < leave; i++) {
      const { done, value } = yield* this.ask(act, channel.receive(), 'the receive of an iterable');
      if (done ? i !== count : value !== i) this.world.broken('item lost', `an iterable gave ${value} at ${i}`);
      if (done) break;
    }
    channel.close();
  }

  private *feed(act: Act, { count, leave }: Of<'feed'>): Coroutine<void> {
    const book = { entered: false, left: false };
    this.producers.push(book);
    const iterator = toAsyncIterable<number>(function* (channel) {
      book.entered = true;
      try {
        for (let i = 0; i < count; i++) yield* channel.send(i);
      } finally {
        yield* yieldNow();
        book.left = true;
      }
    })[Symbol.asyncIterator]();
    try {
      for (let i = 0; i < leave; i++) {
        const { done, value } = yield* this.ask(act, fromPromise(iterator.next()), 'the next of an iterable');
        if (done ? i !== count : value !== i) this.world.broken('item lost', `toAsyncIterable gave ${value} at ${i}`);
        if (done) break;
      }
    } finally {
      void iterator.return?.();
    }
  }
}

/** The steps of that kind. */
type Of<D extends Step['do']> = Step & { readonly do: D };

/** What a channel gives: an item of its own, or the end. */
function isReceived(answer: unknown, resource: number): boolean {
  if (typeof answer !== 'object' || answer === null || !('done' in answer && 'value' in answer)) return false;
  return answer.value instanceof Item ? answer.value.resource === resource : answer.done === true;
}

interface Request {
  readonly answered: Event;
}

function shaped(shape: 'array' | 'object', begun: readonly Begun[]): Awaitable<unknown>[] {
  const works = begun.map(({ awaitable }) => awaitable);
  return shape === 'array' ? works : (Object.fromEntries(works.map((work, index) => [`work${index}`, work])) as never);
}

function show(value: unknown): string {
  try {
    return value instanceof Parcel ? `the result of body ${value.body}` : String(value);
  } catch {
    return 'something strange';
  }
}
