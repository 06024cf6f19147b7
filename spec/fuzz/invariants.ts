// What must be true when a program is over, whatever it did. Rules that can be seen broken at once, such as code behind
// a cancelled `yield*`, are looked at in world.ts and interpret.ts.
import { CancelledError, DeadlockError, runSync, TimeoutError } from 'treadle';
import type { Body, Resource } from './program.ts';
import type { Interpreter } from './interpret.ts';
import type { Shared } from './shared.ts';
import { isInstance, name, Parcel } from './world.ts';
import type { Act, Combination, ErrorRecord, Item, Strand, World } from './world.ts';

/** How the main task of a loop ended. */
export interface Ending {
  readonly state: 'succeeded' | 'failed' | 'cancelled';
  readonly error?: unknown;
}

export function check(interpreter: Interpreter, endings: readonly Ending[]): void {
  const { world } = interpreter;
  for (const ending of endings) checkEnding(world, ending);
  checkBodies(world);
  checkEnsured(interpreter);
  checkTasks(world);
  checkErrors(world);
  checkShared(interpreter);
  checkItems(interpreter);
  checkBridges(interpreter);
}

// ---- bodies and tasks

function checkBodies(world: World): void {
  for (const act of world.acts) {
    if (!act.left) world.broken('alive', `${name(act)} has never come to its end`);
    else if (!act.whole && !mayBeCut(world, act))
      world.broken('finally', `the ${act.body.cleanUp!.kind} clean-up of ${name(act)}, which has ${act.how}, was cut`);
  }
}

/** The language's limit: a bare `finally` that was entered without a cancellation is cut by one that comes while it waits. */
function mayBeCut(world: World, { body, around, how }: Act): boolean {
  if (how === 'cancelled' || body.cleanUp?.kind === 'shield') return false;
  return !world.all.some(
    ({ task, strand, body: own }) => own === body && strand === around.strand && task.state === 'succeeded',
  );
}

/** Whoever has entered the work of an `ensure` has its clean-up whole, once. */
function checkEnsured({ world, ensured }: Interpreter): void {
  for (const { work, outer, started, cleaned } of ensured) {
    const entered = world.acts.slice(started).find(({ body, around }) => body.id === work && around.outer === outer);
    if (cleaned > 1 || (entered && cleaned !== 1))
      world.broken('ensure', `the clean-up behind body ${work} was run ${cleaned} times`);
  }
}

function checkTasks(world: World): void {
  for (const { task, body, group, strand, late, daemon } of world.all) {
    if (!task.done) {
      world.broken('alive', `the task of body ${body.id} is ${task.state} after the end of main`);
      continue;
    }
    if (task.state === 'failed') checkSurface(world, task.error(), `the task of body ${body.id}`);
    const entered = world.acts.some((act) => act.around.strand === strand && act.body === body);
    const dropped =
      group?.combination.outcome === 'answered' && strand.cancelled === undefined && !strand.touched && !daemon;
    if (entered && late) world.broken('group', `body ${body.id} was given to a group that had failed, and runs`);
    if (!entered && (task.state === 'succeeded' || dropped))
      world.broken('group', `the task of body ${body.id} is ${task.state} and was never run`);
  }
}

function checkEnding(world: World, { state, error }: Ending): void {
  if (state === 'succeeded') return;
  world.tell(error, 'main');
  if (hasDeadlock(error)) {
    if (!world.program.stuck) world.broken('deadlock', String((error as Error).message));
  } else if (state === 'failed') checkSurface(world, error, 'main');
}

function hasDeadlock(error: unknown): boolean {
  return (
    isInstance(error, DeadlockError) ||
    (isInstance(error, AggregateError) && (error as AggregateError).errors.some(hasDeadlock))
  );
}

/**
 * Steps go on behind the engine's own errors, so a task never fails with one of these alone. But when a combinator is
 * cancelled that was about to throw the failure of its work, that makes the task fail: no failure is lost. A time limit
 * is different: it has not failed, so nothing is lost by it.
 */
function checkSurface(world: World, error: unknown, where: string): void {
  if (world.leaves(error).length > 0 || hasDeadlock(error)) return;
  if (!isInstance(error, TimeoutError) && world.combinations.some(({ outcome }) => outcome === 'cancelled')) return;
  const { stack } = error as Error;
  world.broken('strange error', `${where} failed with what its own code would have caught: ${stack ?? String(error)}`);
}

// ---- errors

function checkErrors(world: World): void {
  for (const record of world.errors.values()) {
    const { id, kind, told, excuse, extra } = record;
    if (told.length === 0 && !excuse && !dropped(world, record))
      world.broken('error lost', `error ${id} (${kind}), thrown by ${name(record.act)}, was told to nobody`);
    if (kind === 'undefined') continue;
    let most = 1 + extra;
    for (const { task, group } of world.all) {
      if (task.state !== 'failed' || !world.leaves(task.error()).includes(record)) continue;
      const joins = world.joins.get(task) ?? 0;
      most += Math.max(0, joins - (group ? 0 : 1), world.lateJoins.get(task) ?? 0);
    }
    if (told.length > most)
      world.broken('error told twice', `error ${id} was told ${told.length} times, not ${most}: ${told.join('; ')}`);
  }
}

/**
 * Errors that combinators drop by contract: of `any` and `retry` when they succeed, and of those that count losses when
 * they are cancelled. But not those of clean-ups.
 */
function dropped(world: World, record: ErrorRecord): boolean {
  const { act, met, byCleanUp } = record;
  const { combination } = act.around;
  if (isDropping(byCleanUp && combination ? combination.act : act)) return true;
  for (const one of met) if (isDropping(one)) return true;
  for (const other of world.combinations) {
    const { tasks } = other;
    if (!tasks.some((task) => task.state === 'failed' && world.leaves(task.error()).includes(record))) continue;
    if (drops(other) || isDropping(other.act)) return true;
  }
  return false;
}

function isDropping(act: Act): boolean {
  for (let at: Act | undefined = act; at; at = at.around.outer)
    if (at.around.combination && drops(at.around.combination)) return true;
  return false;
}

function drops({ name: kind, outcome, acts, works }: Combination): boolean {
  // It throws the errors of all only when none has succeeded. A winner does not help when a loser fails to clean up.
  if (kind === 'any') return outcome !== 'threw' || acts.length < works || acts.some(({ how }) => how === 'returned');
  return kind === 'retry' || (kind === 'allSettled' && outcome === 'cancelled');
}

// ---- locks, items

function checkShared({ shared, world }: Interpreter): void {
  for (const one of shared) {
    const { object, resource, name: what, held } = one;
    const { kind } = resource;
    if (held !== 0) world.broken('alive', `${what} is still held by ${held}`);
    if ((kind === 'lock' || kind === 'condition') && object.locked)
      world.broken('lock lost', `${what} is taken in the end`);
    if (resource.kind === 'semaphore' && object.free !== resource.permits) {
      const rule = object.free < resource.permits ? 'permit lost' : 'permit doubled';
      world.broken(rule, `${what} has ${object.free} of its ${resource.permits} permits`);
    }
    if (kind === 'barrier') checkNumbers(world, one);
    if (kind === 'barrier' && object.nWaiting > 0) world.broken('alive', `${object.nWaiting} wait at ${what}`);
    if (kind === 'emitter' && object.listenerCount('event') + object.listenerCount('error') > 0)
      world.broken('listener', `${what} still has listeners`);
  }
}

/** The last one to come goes on at once, with the highest number; so there are no more of any other number. */
function checkNumbers(world: World, { numbers, resource, combined, name: what }: Shared): void {
  if (combined || resource.kind !== 'barrier') return;
  const count = (wanted: number) => numbers.filter((number) => number === wanted).length;
  const last = count(resource.parties - 1);
  for (let number = 0; number < resource.parties - 1; number++)
    if (count(number) > last)
      world.broken('barrier', `${what} gave the number ${number} to ${count(number)}, and let ${last} pass`);
}

function checkItems({ shared, world }: Interpreter): void {
  for (const { task } of world.all) {
    const result: unknown = task.state === 'succeeded' ? task.result() : undefined;
    if (result instanceof Parcel && !result.received) {
      result.received = true;
      if (result.item) result.item.got++;
    }
  }
  const left = new Map<Item, number>();
  for (const { object, resource, combined, name: what } of shared) {
    for (const item of drain(object, resource.kind)) {
      left.set(item, (left.get(item) ?? 0) + 1);
      // One that was given back lies in the channel until somebody receives it.
      if (resource.kind === 'channel' && resource.capacity === 0 && item.put === 'done' && !item.atOnce && !combined)
        world.broken(
          'item lost',
          `item ${item.id} was sent into ${what}, which has no room, and nobody has received it`,
        );
    }
  }
  for (const item of world.items) {
    const { id, put, parcel, got } = item;
    const times = got + (left.get(item) ?? 0) + (parcel && !parcel.received && mayBeDropped(parcel.act) ? 1 : 0);
    const where = `item ${id} of ${shared[item.resource]!.name}`;
    if (put === 'done' && times === 0)
      world.broken(
        'item lost',
        `${where} was put${parcel ? `, returned by ${name(parcel.act)},` : ''} and nobody has it`,
      );
    // Where the two sides meet, the receiver may cancel the sender in the step in which it takes the item.
    else if (times > (put === 'refused' || (put === 'begun' && !meets(shared[item.resource]!.resource)) ? 0 : 1))
      world.broken('item doubled', `${where}, whose put is ${put}, was seen ${times} times`);
  }
  for (const { resource, combined, out, name: what } of shared) {
    if (combined || (resource.kind !== 'channel' && !(resource.kind === 'queue' && resource.order === 'fifo')))
      continue;
    // Of one who puts, in its order. The numbers of items tell the order in which their puts began.
    const putters = new Map<unknown, number>();
    for (const { id, putter } of out) {
      if ((putters.get(putter) ?? -1) > id) world.broken('item order', `${what} gave item ${id} too late`);
      putters.set(putter, id);
    }
  }
}

const meets = (resource: Resource): boolean => resource.kind === 'channel' && resource.capacity === 0;

function drain(object: any, kind: string): Item[] {
  const found: Item[] = [];
  try {
    if (kind === 'queue') while (!object.empty) found.push(object.getNowait());
    if (kind === 'channel')
      while (object.size > 0) found.push((runSync(object.receive()) as IteratorResult<Item>).value);
  } catch {
    // What cannot be taken out is missing, and that is what will be said.
  }
  return found;
}

/** May the result of a coroutine be dropped? Only if the combinator as a whole is cancelled, or fails, before it has ended. */
function mayBeDropped(act: Act): boolean {
  const { combination, strand } = act.around;
  if (act.void) return true;
  if (!combination) return strand.slot !== undefined || firstCancelled(strand) <= act.leftAt;
  const { name: kind, outcome, acts, works } = combination;
  if (kind === 'asCompleted' || kind === 'forEach') return true;
  if (acts.some(({ body }) => leavesChildren(body))) return true;
  if (outcome === 'threw') return kind !== 'timeout' && kind !== 'shield';
  if (outcome === 'answered') return false;
  if (kind === 'map' || kind === 'taskGroup' || acts.length < works) return true;
  const ended = Math.max(...acts.map(({ leftAt }) => leftAt));
  const asked = firstCancelled(combination.strand);
  // What was asked for later had nothing to do with it: then it was a time limit, or an owner's end.
  return asked <= ended || asked > combination.endedAt || kind === 'ensure' || kind === 'restore';
}

/** When the cancellation of the strand, or of one around it, was asked for. Infinity: the program does not know of one. */
function firstCancelled(strand: Strand): number {
  let first = Infinity;
  for (let at: Strand | undefined = strand; at; at = at.parent) first = Math.min(first, at.cancelled ?? Infinity);
  return first;
}

/** Its task may be over later than its coroutine. */
function leavesChildren(body: Body): boolean {
  return /"do":"(spawn|serve|asCompleted|iterate)"/.test(JSON.stringify(body));
}

// ---- bridges

function checkBridges({ world, shared, callbacks, sources, producers }: Interpreter): void {
  for (const { callBooks, name: what } of shared) {
    for (const { outcome, started, cleanUps } of callBooks) {
      if (started > 1) world.broken('callback', `${what}: one wait was started ${started} times`);
      const right =
        outcome === 'answered' ? 0
        : outcome === 'cut' ? started
        : cleanUps;
      if (cleanUps !== right || cleanUps > 1)
        world.broken('callback', `${what}: a wait that was ${outcome} was cleaned up ${cleanUps} times`);
    }
  }
  for (const { task, called } of callbacks)
    if (called !== 1) world.broken('callback', `a done callback of ${task.name} was called ${called} times`);
  // One that is asked for an item when it is left is released, too, and may have been about to end.
  for (const { ended, returned } of sources)
    if (returned > 1 || (returned === 0 && !ended))
      world.broken('source', `a source that has ${ended ? 'ended' : 'not ended'} was released ${returned} times`);
  for (const { entered, left } of producers)
    if (entered && !left) world.broken('alive', 'the producer of toAsyncIterable has never come to its end');
}

/** Did main end by a cancellation? */
export function endingOf(error: unknown): Ending {
  return isInstance(error, CancelledError) ? { state: 'cancelled', error } : { state: 'failed', error };
}
