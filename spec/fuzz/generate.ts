// Chooses a random program. Each one is made of some of the features only, so that some programs are all about a few of
// them; and motifs, small scenes of several tasks, bring those together that must meet for anything to happen.
//
// A program can never be stuck, unless it is marked so:
//   - a task waits only for tasks with a higher number, and an owner's number is lower than its children's;
//   - who holds a lock waits only for locks with a higher number, and for what has a time limit;
//   - clean-ups and shields wait for nothing that has no limit;
//   - who waits for anything else is rescued in the end.
import { allBodies, bodiesOf, listsOf } from './program.ts';
import type { Body, Cancel, CleanUp, Kind, Mode, Point, Program, Resource, Step, Thrown, Work } from './program.ts';
import { Random } from './random.ts';

/** What can be left out: `--without hostile,pair`. */
export interface Choice {
  readonly mode?: Mode | undefined;
  readonly without?: ReadonlySet<string> | undefined;
}

/** Where in the program a step stands. */
interface Where {
  readonly depth: number;
  /** Nothing that may wait without a limit. */
  readonly bounded: boolean;
  /** The number of the lock that is held; -1: none. */
  readonly holding: number;
  /** In a `finally`. */
  readonly cleanUp: boolean;
  /** In a task group. */
  readonly group: boolean;
  /** Within a `retry`. */
  readonly retried: boolean;
  /** The service that a daemon of an owner gives. */
  readonly service: number | undefined;
  /** In the work for what a queue gives: that must not put, or the queue would never be empty. */
  readonly consuming: boolean;
  /** May spawn: what it spawns would outlive the item that it carries. */
  readonly alone: boolean;
}

type Spawn = Extract<Step, { do: 'spawn' }>;

const weights: Record<Mode, number> = { sync: 60, virtual: 16, loop: 12, pair: 10, system: 2 };

export function generate(seed: number, { mode, without = new Set() }: Choice = {}): Program {
  return new Generator(new Random(seed), seed, mode, without).program();
}

type Feature = Step['do'] | 'hostile' | 'cleanUps' | 'errors' | 'effects' | 'motifs' | 'stuck' | 'points';

/** How often each step is taken, where it is allowed. */
const frequencies: Record<Step['do'], number> = {
  sleep: 14,
  sleepUntil: 3,
  turns: 7,
  inline: 4,
  throw: 4,
  show: 1,
  call: 6,
  spawn: 10,
  join: 7,
  wait: 3,
  cancel: 4,
  callback: 2,
  all: 5,
  allSettled: 3,
  any: 4,
  race: 6,
  timeout: 7,
  shield: 4,
  map: 4,
  forEach: 2,
  asCompleted: 3,
  group: 4,
  groupSpawn: 6,
  retry: 3,
  ensure: 5,
  restore: 3,
  use: 5,
  hold: 8,
  put: 7,
  get: 7,
  await: 6,
  set: 6,
  clear: 1,
  listen: 2,
  with: 3,
  serve: 0,
  ask: 0,
  promise: 3,
  iterate: 2,
  feed: 1,
};

/** Steps that need no limit and wait for nobody. */
const harmless = new Set<Step['do']>([
  'sleep',
  'sleepUntil',
  'turns',
  'inline',
  'throw',
  'show',
  'timeout',
  'set',
  'hold',
]);
const boundedSteps = new Set<Step['do']>([
  ...harmless,
  'call',
  'spawn',
  'join',
  'cancel',
  'all',
  'allSettled',
  'race',
  'shield',
  'retry',
  'put',
  'get',
  'with',
  'ensure',
  'restore',
  'use',
  'groupSpawn',
]);
const outside = new Set<Step['do']>(['promise', 'iterate', 'feed']);
const needsResource: Partial<Record<Step['do'], readonly Kind[]>> = {
  hold: ['lock', 'semaphore'],
  put: ['queue', 'channel'],
  get: ['queue', 'channel'],
  await: ['event', 'condition', 'barrier', 'future', 'callbacks', 'emitter'],
  set: ['event', 'condition', 'barrier', 'future', 'callbacks', 'emitter'],
  clear: ['event'],
  listen: ['emitter'],
  with: ['context'],
  use: ['lock', 'semaphore'],
};

class Generator {
  private readonly random: Random;
  private readonly seed: number;
  private readonly mode: Mode;
  private readonly without: ReadonlySet<string>;
  private readonly features = new Map<Feature, boolean>();
  private resources: Resource[] = [];
  private ids = 0;
  /** Cancellations that a motif is about. */
  private readonly hints: Cancel[] = [];
  private stuck = false;
  private left = 0;

  constructor(random: Random, seed: number, mode: Mode | undefined, without: ReadonlySet<string>) {
    this.random = random;
    this.seed = seed;
    this.without = without;
    const modes = Object.fromEntries(Object.entries(weights).filter(([key]) => !without.has(key)));
    this.mode = mode ?? random.weighted<Mode>(modes);
  }

  program(): Program {
    const { random, mode } = this;
    this.left = mode === 'system' ? random.between(3, 10) : random.between(3, 40);
    this.resources = this.chooseResources();
    this.stuck = mode === 'sync' && this.has('stuck', 0.1);
    const main = this.mainBody();
    const other = mode === 'pair' ? this.mainBody() : undefined;
    const virtual = mode === 'pair' ? ([random.chance(0.7), random.chance(0.7)] as const) : undefined;
    const program: Program = { seed: this.seed, mode, resources: this.resources, main, cancels: [], stuck: this.stuck };
    if (other) Object.assign(program, { other, virtual });
    for (const body of other ? [main, other] : [main]) aim(body, program, random);
    program.cancels = this.cancels(program);
    return program;
  }

  /** Is the feature part of this program? Chosen when it is first asked for. */
  private has(feature: Feature, probability = 0.6): boolean {
    let has = this.features.get(feature);
    if (has === undefined) {
      has = this.random.chance(probability) && !this.without.has(feature);
      this.features.set(feature, has);
    }
    return has;
  }

  // ---- what is shared

  private chooseResources(): Resource[] {
    const { random } = this;
    const kinds: Partial<Record<Kind, number>> = {
      lock: 5,
      semaphore: 4,
      queue: 7,
      channel: 6,
      event: 3,
      condition: 4,
      barrier: 2,
      callbacks: 4,
      emitter: 2,
      context: 2,
      service: 2,
      ...(this.mode === 'loop' && { future: 6 }),
    };
    for (const kind of this.without) delete kinds[kind as Kind];
    return Array.from({ length: random.between(0, 4) + (this.mode === 'pair' ? 2 : 0) }, () =>
      this.resource(random.weighted(kinds)),
    );
  }

  private resource(kind: Kind): Resource {
    const { random } = this;
    switch (kind) {
      case 'semaphore':
        return { kind, permits: random.between(1, 2) };
      case 'queue':
        return { kind, order: random.weighted({ fifo: 6, lifo: 1, priority: 1 }), capacity: random.pick([0, 1, 1, 2]) };
      case 'channel':
        return { kind, capacity: random.pick([0, 0, 0, 1, 2, -1]) };
      case 'barrier':
        return { kind, parties: random.between(2, 3) };
      case 'callbacks':
        return { kind, bridge: random.pick(['suspend', 'fromCallback']) };
      default:
        return { kind } as Resource;
    }
  }

  /** The number of a resource of one of the kinds; undefined: there is none. */
  private find(kinds: readonly Kind[], above = -1): number | undefined {
    const found = this.resources.flatMap(({ kind }, index) => (kinds.includes(kind) && index > above ? [index] : []));
    return found.length > 0 ? this.random.pick(found) : undefined;
  }

  // ---- bodies

  private mainBody(): Body {
    const { random } = this;
    const where: Where = {
      depth: 0,
      bounded: false,
      holding: -1,
      cleanUp: false,
      group: false,
      retried: false,
      service: undefined,
      consuming: false,
      alone: false,
    };
    const service = this.find(['service']);
    const body = this.body(where, (inner) => {
      const steps: Step[] = [];
      if (service !== undefined && random.chance(0.8)) {
        steps.push({ do: 'serve', resource: service });
        inner = { ...inner, service };
      }
      if (this.has('motifs', 0.7))
        for (let count = random.between(1, 2); count > 0; count--) steps.push(...this.motif(inner));
      if (steps.length === 0 || random.chance(0.6)) steps.push(...this.steps(inner, random.between(1, 5)));
      if (random.chance(0.3)) steps.push({ do: 'sleep', ms: random.between(5, 30) });
      return steps;
    });
    return body;
  }

  private body(where: Where, make = (inner: Where) => this.steps(inner, this.random.between(1, 3))): Body {
    const { random } = this;
    const id = this.ids++;
    const inner = { ...where, depth: where.depth + 1 };
    const body: Body = { id, steps: make(inner) };
    if (random.chance(0.15)) body.catches = true;
    if (this.has('cleanUps', 0.8) && random.chance(0.45)) body.cleanUp = this.cleanUp(inner);
    if (random.chance(0.25)) body.watches = true;
    if (random.chance(0.3)) body.raw = true;
    if (random.chance(0.25)) body.bare = true;
    if (body.steps.some((step) => step.do === 'get' && !step.now) && random.chance(0.5)) body.carries = true;
    return body;
  }

  private cleanUp(where: Where): CleanUp {
    const { random } = this;
    const inner = { ...where, bounded: true, cleanUp: true, depth: where.depth + 1 };
    const steps: Step[] =
      random.chance(0.6) ?
        [{ do: 'sleep', ms: random.pick([0, 1, 2, 5, 20]) }]
      : this.steps(inner, random.between(1, 2));
    if (where.service !== undefined && random.chance(0.6)) steps.push({ do: 'ask', resource: where.service });
    if (this.has('errors') && random.chance(0.15)) steps.push({ do: 'throw', error: this.thrown() });
    return { kind: random.chance(0.6) ? 'bare' : 'shield', steps };
  }

  private thrown(): Thrown {
    const { random } = this;
    if (!this.has('hostile', 0.12)) return 'plain';
    return random.weighted({ plain: 3, frozen: 1, undefined: 2, revoked: 2, message: 2, stack: 2 });
  }

  // ---- steps

  private steps(where: Where, count: number): Step[] {
    const steps: Step[] = [];
    while (steps.length < count && (steps.length === 0 || this.left > 0)) {
      this.left--;
      const step = this.step(where);
      steps.push(step);
      if (step.do === 'throw' && !step.below) break;
    }
    return steps;
  }

  private step(where: Where): Step {
    const allowed: Partial<Record<Step['do'], number>> = {};
    for (const [kind, weight] of Object.entries(frequencies) as [Step['do'], number][])
      if (this.allows(kind, where)) allowed[kind] = weight;
    return this.make(this.random.weighted(allowed), where);
  }

  private allows(kind: Step['do'], where: Where): boolean {
    if (this.without.has(kind)) return false;
    if (kind === 'sleep' || kind === 'turns') return true;
    if (!this.has(kind)) return false;
    if (kind === 'throw' && !this.has('errors')) return false;
    if (outside.has(kind) && (this.mode === 'sync' || this.mode === 'pair' || where.bounded || where.holding >= 0))
      return false;
    if (kind === 'groupSpawn' && !where.group) return false;
    if (where.holding >= 0 && !harmless.has(kind)) return false;
    if (where.bounded && !boundedSteps.has(kind)) return false;
    if (where.consuming && kind === 'put') return false;
    // Nobody rescues whom it would wait for.
    if (where.bounded && this.stuck && (kind === 'join' || kind === 'groupSpawn')) return false;
    if (where.alone && (kind === 'spawn' || kind === 'asCompleted' || kind === 'groupSpawn')) return false;
    // Deep in a program there are only leaves.
    const holdsBodies =
      'call spawn all any race map forEach group groupSpawn asCompleted retry with ensure restore use allSettled shield timeout';
    if ((where.depth > 4 || this.left <= 0) && holdsBodies.split(' ').includes(kind)) return false;
    const kinds = needsResource[kind];
    return !kinds || this.find(kinds, kind === 'hold' || kind === 'use' ? where.holding : -1) !== undefined;
  }

  private make(kind: Step['do'], where: Where): Step {
    const { random } = this;
    const ms = () => random.pick([0, 1, 1, 2, 3, 5, 8]);
    const resource = (above = -1) => this.find(needsResource[kind]!, above)!;
    switch (kind) {
      case 'sleep':
        return { do: kind, ms: ms() };
      case 'sleepUntil':
        return { do: kind, at: random.between(0, 20) };
      case 'turns':
        return { do: kind, count: random.between(1, 3) };
      case 'inline': {
        // Around the number at which the loop puts off what comes next.
        const count = random.between(90, 140);
        // Of a queue somebody else may take the item, and then it waits.
        const kinds: Kind[] = where.bounded || where.consuming ? ['lock', 'semaphore'] : ['lock', 'semaphore', 'queue'];
        const about = random.chance(0.6) ? this.find(kinds, where.holding) : undefined;
        return { do: kind, count, ...(about !== undefined && { resource: about }) };
      }
      case 'throw':
        return {
          do: kind,
          error: this.thrown(),
          ...(where.retried && random.chance(0.7) && { below: random.between(2, 3) }),
        };
      case 'show':
        return { do: kind };
      case 'call':
        return { do: kind, how: random.pick(['effect', 'call']), body: this.body(where) };
      case 'spawn':
        return this.spawn(where);
      case 'join':
        return { do: kind, how: random.pick(['join', 'yield']), slot: -1 };
      case 'wait':
        return {
          do: kind,
          slots: [-1, -1, -1].slice(random.between(0, 2)),
          returnWhen: random.pick(['all', 'first-completed', 'first-failed']),
          ...(random.chance(0.5) && { timeout: ms() }),
        };
      case 'cancel':
        return { do: kind, slot: -1, waits: !where.bounded && where.holding < 0 && random.chance(0.5) };
      case 'callback':
        return { do: kind, slot: -1, ...(this.has('errors') && random.chance(0.3) && { throws: true }) };
      case 'all':
      case 'allSettled':
      case 'any':
      case 'race':
        return { do: kind, works: this.works(kind, where), shape: random.pick(['array', 'object']), keep: ms() };
      case 'timeout':
        return {
          do: kind,
          ms: random.pick([0, 1, 2, 3, 5, 8]),
          work: this.work({ ...where, bounded: false }, true),
          keep: ms(),
        };
      case 'shield':
        return { do: kind, work: this.shielded(where), keep: ms() };
      case 'map':
      case 'forEach':
        return this.map(kind, where);
      case 'asCompleted': {
        const works = Array.from({ length: random.between(1, 3) }, () =>
          random.chance(0.8) ? this.bodyWork({ ...where, group: false }) : ({ is: 'sleep', ms: ms() } as const),
        );
        return { do: kind, works, leave: random.between(0, works.length) };
      }
      case 'group':
        return { do: kind, body: this.body({ ...where, group: true }) };
      case 'groupSpawn': {
        const step: Step = { do: kind, body: this.body(where) };
        // A daemon is still there when the group ends, and gives it more to do.
        if (random.chance(0.25)) {
          step.daemon = true;
          const late = this.body({ ...where, depth: 9 });
          step.body.cleanUp ??= { kind: 'bare', steps: [] };
          step.body.cleanUp.steps.push({ do: 'groupSpawn', body: late });
        }
        return step;
      }
      case 'retry': {
        const body = this.body({ ...where, retried: true }, (inner) => [
          ...this.steps(inner, 1),
          { do: 'throw', error: this.thrown(), below: random.between(1, 4) },
        ]);
        return { do: kind, attempts: random.between(1, 3), delay: ms(), body };
      }
      case 'ensure':
      case 'restore': {
        const cleanUp = this.body({ ...where, bounded: true, cleanUp: true, group: false });
        if (where.service !== undefined && random.chance(0.5))
          cleanUp.steps.push({ do: 'ask', resource: where.service });
        // Numbered behind the clean-up: it waits for nobody whom the clean-up would wait for.
        return { do: kind, body: this.body(where), cleanUp };
      }
      case 'use': {
        const index = resource(where.holding);
        return { do: kind, resource: index, body: this.body({ ...where, holding: index, group: false }) };
      }
      case 'hold': {
        const index = resource(where.holding);
        const steps = this.steps({ ...where, holding: index }, random.between(1, 2));
        return { do: kind, resource: index, how: random.weighted({ acquire: 2, with: 1 }), steps };
      }
      case 'put':
      case 'get': {
        // A channel has no way to receive at once.
        const index = where.bounded && kind === 'get' ? this.find(['queue']) : resource();
        if (index === undefined) return { do: 'turns', count: 1 };
        return { do: kind, resource: index, ...((where.bounded || random.chance(0.15)) && { now: true }) };
      }
      case 'await': {
        const index = resource();
        if (this.resources[index]!.kind !== 'callbacks' || random.chance(0.7)) return { do: kind, resource: index };
        return { do: kind, resource: index, atOnce: random.pick(['call', 'cancel']) };
      }
      case 'clear':
        return { do: kind, resource: resource() };
      case 'set': {
        const kinds = needsResource.set!.filter((one) => where.holding < 0 || one !== 'condition');
        const index = this.find(kinds);
        if (index === undefined) return { do: 'turns', count: 1 };
        return {
          do: kind,
          resource: index,
          ...(this.has('errors') && random.chance(0.25) && { error: 'plain' as const }),
        };
      }
      case 'listen':
        return { do: kind, resource: resource(), count: random.between(1, 3) };
      case 'with':
        return { do: kind, resource: resource(), value: random.between(1, 9), body: this.body(where) };
      case 'promise':
        return {
          do: kind,
          after: random.pick(['microtask', 'turn']),
          how: random.pick(['yield', 'promise', 'function']),
          ...(this.has('errors') && random.chance(0.4) && { error: this.thrown() }),
        };
      case 'iterate':
      case 'feed': {
        const count = random.between(0, 3);
        return { do: kind, count, leave: random.between(0, count + 1) };
      }
      default:
        return { do: 'turns', count: 1 };
    }
  }

  private spawn(where: Where, make?: (inner: Where) => Step[]): Spawn {
    const { random } = this;
    const daemon = random.chance(0.15);
    const detached = !daemon && random.chance(0.1);
    const inner = {
      ...where,
      // What is spawned behind a shield is waited for.
      bounded: where.bounded && this.stuck,
      // A detached task may outlive the group, and still know it.
      group: detached && where.group,
      retried: false,
      cleanUp: false,
      alone: false,
      service: daemon || detached ? undefined : where.service,
    };
    const body = this.body(inner, make);
    return { do: 'spawn', body, ...(daemon && { daemon }), ...(detached && { detached }) };
  }

  private bodyWork(where: Where): Work {
    return { is: 'body', body: this.body({ ...where, retried: false }) };
  }

  /** What a shield is given waits only for what comes. */
  private shielded(where: Where): Work {
    const { random } = this;
    const lock = this.find(['lock', 'semaphore'], where.holding);
    if (lock !== undefined && where.holding < 0 && random.chance(0.3)) return { is: 'acquire', resource: lock };
    return this.bodyWork({ ...where, bounded: true });
  }

  /** One work. `limited`: somebody ends it if it never ends by itself. */
  private work(where: Where, limited: boolean): Work {
    const { random } = this;
    const direct = limited && this.has('effects', 0.75);
    const lock = this.find(['lock', 'semaphore'], where.holding);
    const exchange = this.find(['queue', 'channel']);
    const occasion = this.find(['event', 'barrier', 'future', 'callbacks', 'emitter']);
    const kind = random.weighted({
      ...(where.holding < 0 && { body: 6 }),
      // Nobody rescues it in a program that may be stuck.
      ...(where.holding < 0 && !(where.bounded && this.stuck) && { task: 1 }),
      sleep: 1,
      ...(direct && lock !== undefined && { acquire: 5 }),
      ...(direct && exchange !== undefined && { get: 5, ...(!where.consuming && { put: 2 }) }),
      ...(direct && occasion !== undefined && { await: 2 }),
    });
    switch (kind) {
      case 'body':
        return this.bodyWork(where);
      case 'task':
        return { is: 'task', slot: -1 };
      case 'acquire':
        return { is: kind, resource: lock! };
      case 'get':
      case 'put':
        return { is: kind, resource: exchange! };
      case 'await':
        return { is: kind, resource: occasion! };
      default:
        return { is: 'sleep', ms: random.pick([0, 1, 2, 3, 5, 8, 50]) };
    }
  }

  /** Several works. From the answer of `any` and `race` it must be clear which of them has won. */
  private works(kind: 'all' | 'allSettled' | 'any' | 'race', where: Where): Work[] {
    const { random } = this;
    const works: Work[] = [];
    let lone = false; // one whose answer is undefined
    for (let count = random.between(1, 3); count > 0; count--) {
      let work = this.work(where, !where.bounded);
      // While the others go on it holds the lock, so they must not wait for one.
      if (work.is === 'acquire') return random.chance(0.5) ? [work, this.quick()] : [this.quick(), work];
      if ((kind === 'any' || kind === 'race') && work.is !== 'body' && work.is !== 'get') {
        if (lone) work = this.bodyWork(where);
        else lone = true;
      }
      works.push(work);
    }
    if ((kind === 'any' || kind === 'race') && lone) {
      for (const work of works) if (work.is === 'body') delete work.body.catches;
      // A task may have swallowed its error: then its answer is undefined, too.
      if (works.some(({ is }) => is === 'task') && works.length > 1) return works.filter(({ is }) => is !== 'task');
    }
    return works;
  }

  private map(kind: 'map' | 'forEach', where: Where): Step {
    const { random } = this;
    const from = random.chance(0.4) ? this.find(['queue', 'channel']) : undefined;
    const body = this.body({
      ...where,
      group: false,
      retried: false,
      consuming: where.consuming || from !== undefined,
    });
    if (kind === 'forEach') uncarried(body);
    return {
      do: kind,
      count: random.between(0, 4),
      concurrency: random.between(1, 3),
      body,
      ...(from !== undefined && { from }),
    };
  }

  // ---- motifs

  private motif(where: Where): Step[] {
    const { random } = this;
    const exchange = this.find(['queue', 'channel']);
    const lock = this.find(['lock', 'semaphore']);
    const condition = this.find(['condition']);
    const occasion = this.find(['event', 'barrier', 'future', 'callbacks', 'emitter']);
    const kind = random.weighted({
      sleepers: 1,
      lateLimit: 2,
      putOff: 3,
      ...(this.resources.length > 0 && { line: 16 }),
      lateWork: 2,
      joiner: 5,
      losers: 4,
      owners: 2,
      ...(exchange !== undefined && { harvest: 3 }),
      ...(exchange !== undefined && { exchange: 8 }),
      ...(lock !== undefined && { contention: 6 }),
      ...(condition !== undefined && { condition: 5 }),
      ...(occasion !== undefined && { occasion: 4 }),
      ...(where.service !== undefined && { service: 6 }),
    });
    const ms = () => random.pick([0, 1, 1, 2, 3, 5]);
    const pause = (): Step =>
      random.chance(0.5) ? { do: 'sleep', ms: ms() } : { do: 'turns', count: random.between(1, 3) };
    const spawns = (make: (inner: Where) => Step[]) => this.spawn(where, make);
    switch (kind) {
      // One joins the child of another one; the child fails, and its owner ends about then.
      case 'joiner': {
        const joiner = spawns(() => [
          { do: 'turns', count: 1 },
          { do: 'join', how: 'join', slot: -2 },
        ]);
        if ('body' in joiner && random.chance(0.7)) joiner.body.catches = true;
        const sleep: Step = { do: 'sleep', ms: ms() };
        // In the same turn: the child fails, its owner ends, and then the joiner has its turn.
        const together = random.chance(0.4);
        const fails = (): Step => ({ do: 'throw', error: this.thrown() });
        const owner = spawns((inner) => [
          this.spawn(inner, () => (together ? [{ ...sleep }, fails()] : [pause(), pause(), fails()])),
          ...(together ? [sleep, { do: 'turns', count: 1 } as const] : [pause()]),
        ]);
        return [joiner, owner, pause()];
      }
      // A task of a group fails, and another one gives the group more to do while it cleans up.
      case 'lateWork': {
        const task = (steps: Step[]): Extract<Step, { do: 'groupSpawn' }> => ({
          do: 'groupSpawn',
          body: this.body({ ...where, depth: 9, group: true }, () => steps),
        });
        const group = this.body({ ...where, group: true }, () => {
          const giver = task([{ do: 'sleep', ms: 20 }]);
          giver.body.cleanUp = { kind: random.pick(['bare', 'shield']), steps: [pause(), task([pause()])] };
          return [
            giver,
            task([
              { do: 'sleep', ms: ms() },
              { do: 'throw', error: this.thrown() },
            ]),
            pause(),
          ];
        });
        return [{ do: 'group', body: group }];
      }
      // A time limit is over, what was spawned in it still cleans up, and then the task is cancelled.
      case 'lateLimit': {
        const limited = spawns((inner) => {
          const body = this.body(inner, (deep) => [
            this.spawn(deep, () => [{ do: 'sleep', ms: 20 }]),
            ...(random.chance(0.5) ? [{ do: 'sleep', ms: 20 } as const] : []),
          ]);
          const child = body.steps.flatMap(bodiesOf)[0]!;
          child.cleanUp = { kind: random.pick(['bare', 'shield']), steps: [{ do: 'sleep', ms: random.between(1, 3) }] };
          return [{ do: 'timeout', ms: random.between(0, 3), work: { is: 'body', body }, keep: 0 }, pause()];
        });
        const child = limited.body.steps.flatMap(bodiesOf)[0]!.steps.flatMap(bodiesOf)[0]!;
        this.hint(limited.body, { body: child.id, point: 'finally', step: 0 }, [0, 1, 2]);
        return [limited, pause()];
      }
      // A task has had so many answers that its next effect, whatever it is, is put off; and it is cancelled meanwhile.
      case 'putOff': {
        const many = (): Step => ({ do: 'inline', count: random.between(93, 101) });
        const busy = spawns((inner) => [many(), this.step({ ...inner, depth: 3 })]);
        if (random.chance(0.5)) {
          // Or what is put off is its clean-up, in a `finally` that was entered normally.
          if (random.chance(0.3)) {
            busy.body.steps = [many()];
            busy.body.cleanUp = { kind: 'shield', steps: [pause()] };
          }
          this.hint(busy.body, { body: busy.body.id, point: 'before', step: 0 }, [0]);
          return [busy, pause()];
        }
        const loser = spawns((inner) => {
          const work = this.bodyWork(inner) as Extract<Work, { is: 'body' }>;
          work.body.steps = random.chance(0.5) ? [many()] : [many(), ...work.body.steps];
          const quick: Work = { is: 'sleep', ms: 0 };
          delete work.body.catches;
          return [{ do: random.pick(['race', 'any']), works: [quick, work], shape: 'array', keep: 0 }];
        });
        return [busy, loser, pause()];
      }
      // Many deadlines at once.
      case 'sleepers':
        return Array.from({ length: random.between(4, 7) }, () =>
          spawns(() => [1, 2, 3].map((): Step => ({ do: 'sleep', ms: random.between(1, 30) }))),
        );
      // Several wait for the same, one after the other gets it, and one of them is cancelled just then.
      case 'line':
        return this.line(spawns, pause);
      // A combinator of bodies that get items and return them.
      case 'harvest': {
        const harvester = spawns((inner) => {
          const works = Array.from({ length: random.between(1, 3) }, (): Work => {
            const body = this.body({ ...inner, alone: true, bounded: true }, () => [
              { do: 'get', resource: exchange! },
            ]);
            delete body.catches;
            body.carries = true;
            return { is: 'body', body };
          });
          const kind = random.pick(['all', 'race', 'any', 'allSettled', 'timeout', 'shield'] as const);
          if (kind === 'timeout') return [{ do: kind, ms: ms(), work: works[0]!, keep: 0 }];
          if (kind === 'shield') return [{ do: kind, work: works[0]!, keep: 0 }];
          return [{ do: kind, works, shape: 'array', keep: 0 }];
        });
        const feeder = spawns(() => [pause(), ...[1, 2, 3].map((): Step => ({ do: 'put', resource: exchange! }))]);
        const reaped = harvester.body.steps.flatMap(bodiesOf).at(-1)!;
        this.hint(harvester.body, { body: reaped.id, point: 'over', step: 0 }, [0]);
        return [harvester, feeder, pause()];
      }
      // A combinator whose losers clean up for a while.
      case 'losers':
        return [
          spawns((inner) => {
            const works = Array.from({ length: random.between(2, 3) }, (_, index): Work => {
              const work = this.bodyWork(inner) as Extract<Work, { is: 'body' }>;
              if (index > 0) {
                work.body.cleanUp ??= { kind: 'bare', steps: [] };
                work.body.cleanUp.steps.unshift({ do: 'sleep', ms: random.pick([1, 3, 10]) });
              }
              return work;
            });
            return [{ do: random.pick(['race', 'any', 'all']), works, shape: 'array', keep: 0 }, pause()];
          }),
        ];
      // Tasks that own tasks, which end, fail and are cancelled about the same time.
      case 'owners':
        return [spawns((inner) => [this.spawn(inner), this.spawn(inner), pause()]), pause()];
      case 'exchange': {
        const steps: Step[] = [];
        for (let count = random.between(2, 4); count > 0; count--) {
          const puts = count % 2 === 0;
          steps.push(
            spawns(() =>
              Array.from({ length: random.between(1, 4) }, (): Step => {
                if (random.chance(0.25)) return pause();
                if (random.chance(0.6)) return { do: puts ? 'put' : 'get', resource: exchange! };
                return this.direct(puts ? 'put' : 'get', exchange!, ms());
              }),
            ),
          );
        }
        return [...steps, pause()];
      }
      case 'contention': {
        const steps: Step[] = [];
        for (let count = random.between(2, 4); count > 0; count--) {
          steps.push(
            spawns(() =>
              Array.from({ length: random.between(1, 2) }, (): Step => {
                if (random.chance(0.5))
                  return { do: 'hold', resource: lock!, how: random.pick(['acquire', 'with']), steps: [pause()] };
                return this.direct('acquire', lock!, ms());
              }),
            ),
          );
        }
        return [...steps, pause()];
      }
      case 'condition': {
        const waiter = () => spawns(() => [{ do: 'await', resource: condition! }]);
        const notifier = spawns(() => [
          pause(),
          { do: 'set', resource: condition! },
          pause(),
          { do: 'set', resource: condition! },
        ]);
        return [waiter(), waiter(), ...(random.chance(0.5) ? [waiter()] : []), notifier];
      }
      case 'occasion': {
        const waiter = () =>
          spawns(() => [
            random.chance(0.6) ? { do: 'await', resource: occasion! } : this.direct('await', occasion!, ms()),
          ]);
        const setter = spawns(() => [
          pause(),
          { do: 'set', resource: occasion! },
          pause(),
          { do: 'set', resource: occasion! },
        ]);
        return [waiter(), waiter(), setter];
      }
      // A daemon, and a sibling that needs it for its clean-up.
      case 'service': {
        const sibling = spawns(() => [pause(), pause()]);
        delete sibling.daemon;
        delete sibling.detached;
        sibling.body.cleanUp = {
          kind: 'bare',
          steps: [
            { do: 'sleep', ms: ms() },
            { do: 'ask', resource: where.service! },
          ],
        };
        const end: Step[] = random.chance(0.5) ? [pause(), { do: 'throw', error: 'plain' }] : [pause()];
        return [sibling, ...end];
      }
    }
  }

  private line(spawns: (make: () => Step[]) => Spawn, pause: () => Step): Step[] {
    const { random } = this;
    const index = random.between(0, this.resources.length - 1);
    const resource = this.resources[index]!;
    const { kind } = resource;
    if (kind === 'service' || kind === 'context') return [pause()];
    const lock = kind === 'lock' || kind === 'semaphore';
    const exchange = kind === 'queue' || kind === 'channel';
    const bounded = (kind === 'queue' && resource.capacity > 0) || (kind === 'channel' && resource.capacity >= 0);
    const puts = exchange && bounded && random.chance(0.4);
    const wait = (): Step => {
      if (lock) return { do: 'hold', resource: index, how: 'acquire', steps: [pause()] };
      return exchange ? { do: puts ? 'put' : 'get', resource: index } : { do: 'await', resource: index };
    };
    const act = (): Step => (exchange ? { do: puts ? 'get' : 'put', resource: index } : { do: 'set', resource: index });
    const hold = random.between(1, 3);
    // Who is to wait to put finds no room.
    const filled =
      puts ? Array.from({ length: resource.capacity }, (): Step => ({ do: 'put', resource: index, now: true })) : [];
    const begin: Step[] =
      lock ?
        [{ do: 'hold', resource: index, how: 'acquire', steps: [{ do: 'sleep', ms: hold }] }]
      : [...filled, { do: 'sleep', ms: hold }, act()];
    // One less than wait: if one of them is cancelled, there is just enough for the others.
    const count = random.between(2, 3);
    const more = Array.from({ length: lock ? 0 : count - 2 }, act);
    const actor = spawns(() => [...begin, pause(), ...more]);
    const waiters = Array.from({ length: count }, () => spawns(() => [wait()]));
    // What the first one has acquired is given back, because the other work of its combinator fails; that is for the
    // last one.
    if ((lock || (exchange && !puts)) && random.chance(0.4)) {
      const quick = this.quick() as Extract<Work, { is: 'body' }>;
      quick.body.steps = [
        { do: 'sleep', ms: random.between(3, 6) },
        { do: 'throw', error: this.thrown() },
      ];
      const works: Work[] = [{ is: lock ? 'acquire' : 'get', resource: index }, quick];
      waiters[0]!.body.steps = [{ do: 'all', works, shape: 'array', keep: 1 }];
      waiters[0]!.body.catches = true;
      // The works of a combinator are children, and have their first step later.
      for (const { body } of waiters.slice(1)) body.steps.unshift({ do: 'turns', count: 2 });
      return lock ? [actor, ...waiters] : [...waiters, actor];
    }
    const point = { body: actor.body.id, step: begin.length - 1 } as const;
    const line = lock || puts ? [actor, ...waiters] : [...waiters, actor];
    if (exchange && random.chance(0.35)) {
      // The one who acts is cancelled when another one was woken for what it has; a second one comes later.
      this.hint(actor.body, { ...point, point: 'before' }, [0]);
      return [...line, spawns(() => [{ do: 'sleep', ms: 6 }, act(), act()])];
    }
    // Most of all the first one, which is woken first.
    const woken = random.chance(0.8) ? waiters[0]! : random.pick(waiters);
    this.hint(woken.body, { ...point, point: 'behind' }, [-1, -1, 0]);
    return line;
  }

  private hint(body: Body, when: Extract<Cancel['when'], { point: Point }>, turns: readonly number[]): void {
    if (this.random.chance(0.7)) this.hints.push({ slot: body.id, when, turns: this.random.pick(turns) });
  }

  /** An effect of a primitive as the work of a combinator. */
  private direct(is: 'acquire' | 'get' | 'put' | 'await', resource: number, keep: number): Step {
    const { random } = this;
    const work: Work = { is, resource };
    const shape = 'array';
    const works = random.chance(0.5) ? [work, this.quick()] : [this.quick(), work];
    switch (
      random.weighted({ timeout: 4, race: 3, all: 2, any: 1, allSettled: 1, ...(is === 'acquire' && { shield: 1 }) })
    ) {
      case 'race':
        return { do: 'race', works, shape, keep };
      case 'any':
        return { do: 'any', works, shape, keep };
      case 'all':
        return { do: 'all', works, shape, keep };
      case 'allSettled':
        return { do: 'allSettled', works, shape, keep };
      case 'shield':
        return { do: 'shield', work, keep };
      default:
        return { do: 'timeout', ms: random.pick([0, 1, 2, 3, 5]), work, keep };
    }
  }

  /** A body that holds nobody up, and never has `undefined` as its answer. */
  private quick(): Work {
    const where: Where = {
      depth: 9,
      bounded: true,
      holding: 99,
      cleanUp: false,
      group: false,
      retried: false,
      service: undefined,
      consuming: true,
      alone: true,
    };
    const body = this.body(where, () => {
      const steps: Step[] = [{ do: 'sleep', ms: this.random.pick([0, 1, 2, 3]) }];
      if (this.has('errors') && this.random.chance(0.15)) steps.push({ do: 'throw', error: this.thrown() });
      return steps;
    });
    delete body.catches;
    return { is: 'body', body };
  }

  // ---- cancellations

  private cancels(program: Program): Cancel[] {
    const { random } = this;
    const spawned = slotsOf(program);
    const slots = [program.main.id, ...(program.other ? [program.other.id] : []), ...spawned];
    const bodies = allBodies(program);
    const others = Array.from({ length: Number(random.weighted({ 0: 2, 1: 5, 2: 3, 3: 2 })) }, (): Cancel => {
      const slot = spawned.length > 0 && random.chance(0.75) ? random.pick(spawned) : random.pick(slots);
      if (!this.has('points', 0.8) || random.chance(0.35))
        return {
          slot,
          when: { time: random.between(0, 15), late: random.chance(0.5) },
          turns: random.pick([0, 0, 0, 1, 2, 3]),
        };
      const own = bodies.find(({ id }) => id === slot)!;
      const turns = random.pick([-1, -1, 0, 0, 0, 1, 1, 2]);
      // When another one does something with what the task waits for, or when that is over which it joins.
      const meetings = random.chance(0.5) ? meetingsOf(own, bodies) : [];
      if (meetings.length > 0)
        return { slot, when: random.pick(meetings), turns: random.chance(0.8) ? Math.min(turns, 0) : turns };
      // While an effect of its own is put off, because it has had too many answers.
      const long = own.steps.findIndex((step) => step.do === 'inline' && step.resource !== undefined);
      if (long >= 0 && random.chance(0.6))
        return { slot, when: { body: own.id, point: 'before', step: long }, turns: 0 };
      // Or at what the task itself does.
      const near = [own, ...inner(own)];
      const body = random.pick(random.chance(0.7) ? near : bodies);
      const point = random.weighted<Point>({ before: 2, behind: 3, finally: 2, over: 4 });
      const step = random.between(0, Math.max(0, body.steps.length - 1));
      return { slot, when: { body: body.id, point, step }, turns };
    });
    return [...this.hints, ...others];
  }
}

/** It returns no item: nobody would receive it. */
function uncarried(body: Body): void {
  delete body.carries;
}

/** The points of other bodies that concern this one: they use what it uses, or it joins them. */
function meetingsOf(own: Body, bodies: readonly Body[]): Extract<Cancel['when'], { point: Point }>[] {
  const mine = [own, ...inner(own)];
  const used = new Set(mine.flatMap(({ steps }) => steps.flatMap(resourcesOf)));
  const joined = mine.flatMap(({ steps }) => steps.flatMap((step) => (step.do === 'join' ? [step.slot] : [])));
  const found: Extract<Cancel['when'], { point: Point }>[] = [];
  for (const body of bodies) {
    if (mine.includes(body)) continue;
    if (joined.includes(body.id)) found.push({ body: body.id, point: 'over', step: 0 });
    for (const [step, one] of body.steps.entries())
      if (resourcesOf(one).some((resource) => used.has(resource))) found.push({ body: body.id, point: 'behind', step });
  }
  return found;
}

/** What a step is about, and the works that are given to it directly. */
function resourcesOf(step: Step): number[] {
  const works =
    'works' in step ? step.works
    : 'work' in step ? [step.work]
    : [];
  const found = works.flatMap((work) => ('resource' in work ? [work.resource] : []));
  if ('resource' in step && step.resource !== undefined) found.push(step.resource);
  if ('from' in step && step.from !== undefined) found.push(step.from);
  return found;
}

function inner(body: Body): Body[] {
  const found: Body[] = [];
  const visit = (steps: readonly Step[]): void => {
    for (const step of steps) {
      for (const one of bodiesOf(step)) found.push(one, ...inner(one));
      for (const list of listsOf(step)) visit(list);
    }
  };
  for (const list of listsOf(body)) visit(list);
  return found;
}

/** The numbers of the tasks that can be cancelled and joined by name. */
export function slotsOf(program: Program): number[] {
  const found: number[] = [];
  for (const body of allBodies(program)) {
    const visit = (steps: readonly Step[]): void => {
      for (const step of steps) {
        if (step.do === 'spawn' || step.do === 'groupSpawn') found.push(step.body.id);
        for (const list of listsOf(step)) visit(list);
      }
    };
    for (const list of listsOf(body)) visit(list);
  }
  return found;
}

/** Now that all tasks have numbers, steps get those that they are about: joins only higher ones. */
function aim(main: Body, program: Program, random: Random): void {
  const slots = slotsOf(program).filter(
    (slot) => slot >= main.id && (main !== program.main || !program.other || slot < program.other.id),
  );
  const visitBody = (body: Body): void => {
    const higher = slots.filter((slot) => slot > body.id);
    const pick = (list: readonly number[]): number =>
      list.length === 0 ? -1
      : random.chance(0.5) ? list[0]!
      : random.pick(list);
    const visit = (steps: readonly Step[]): void => {
      for (const [index, step] of steps.entries()) {
        const set = (changes: object) => Object.assign(steps[index]!, changes);
        // -2: the next task but one, which is the child of the next one.
        if (step.do === 'join') set({ slot: (step.slot === -2 ? higher[1] : undefined) ?? pick(higher) });
        if (step.do === 'callback') set({ slot: slots.length > 0 ? random.pick(slots) : -1 });
        if (step.do === 'cancel') {
          // Also itself, or its owner; but who waits for the end waits only for higher ones.
          set({ slot: step.waits ? pick([body.id, ...higher]) : random.pick([main.id, ...slots]) });
        }
        if (step.do === 'wait') set({ slots: step.slots.map(() => pick(higher)) });
        const works =
          'works' in step ? step.works
          : 'work' in step ? [step.work]
          : [];
        for (const work of works) if (work.is === 'task') Object.assign(work, { slot: pick(higher) });
        for (const one of bodiesOf(step)) visitBody(one);
        for (const list of listsOf(step)) visit(list);
      }
    };
    for (const list of listsOf(body)) visit(list);
  };
  visitBody(main);
}
