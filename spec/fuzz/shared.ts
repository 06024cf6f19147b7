// What the tasks of a program share: the real primitives, and the fuzzer's books about each of them.
import { EventEmitter } from 'node:events';
import {
  Barrier,
  Channel,
  Condition,
  createContext,
  Event,
  fromCallback,
  LifoQueue,
  Lock,
  PriorityQueue,
  Queue,
  Semaphore,
  suspend,
} from 'treadle';
import type { Effect, Future } from 'treadle';
import type { Resource } from './program.ts';
import { Item } from './world.ts';
import type { Act, World } from './world.ts';

/** One wait for a callback. */
export interface Call {
  readonly resume: (value: string) => void;
  readonly fail: (error: unknown) => void;
}

/** What was seen of one wait for a callback. */
export interface CallBook {
  started: number;
  cleanUps: number;
  outcome: 'answered' | 'cut' | undefined;
}

/** A wait at a condition. */
export interface ConditionWait {
  readonly start: number;
  end: number;
}

export class Shared {
  readonly index: number;
  readonly resource: Resource;
  readonly world: World;
  /** The primitive itself. */
  object: any;
  /** Locks and permits that bodies hold. */
  held = 0;
  /** Bodies that wait for it directly, by kind of wait, in the order in which they came, and who was answered before them. */
  readonly lines = { take: new Map<Act, Act | undefined>(), put: new Map<Act, Act | undefined>() };
  readonly calls: Call[] = [];
  readonly callBooks: CallBook[] = [];
  readonly conditionWaits: ConditionWait[] = [];
  readonly notifies: { readonly moment: number; readonly all: boolean }[] = [];
  /** Of an emitter. */
  emitted = 0;
  /** Of a service. */
  served = false;
  /** Items went through a combinator, which may change their order when it gives one back. */
  combined = false;
  /** Items were put in without waiting. */
  atOnce = false;
  /** The answers of direct waits at a barrier. */
  readonly numbers: number[] = [];
  /** What came out, in order, of direct gets. */
  readonly out: Item[] = [];

  constructor(index: number, resource: Resource, world: World) {
    this.index = index;
    this.resource = resource;
    this.world = world;
    this.object = made(resource, `${resource.kind}${index}`);
  }

  get name(): string {
    return `${this.resource.kind}${this.index}`;
  }

  // ---- locks and semaphores

  get limit(): number {
    return this.resource.kind === 'semaphore' ? this.resource.permits : 1;
  }

  /** A body has acquired it. */
  taken(): void {
    if (++this.held > this.limit)
      this.world.broken('lock doubled', `${this.name} is held ${this.held} times, its limit is ${this.limit}`);
  }

  release(): void {
    this.held--;
    try {
      this.object.release();
    } catch (error) {
      this.world.broken('lock lost', `${this.name} was released under its holder: ${String(error)}`);
    }
  }

  // ---- queues and channels

  newItem(putter: Act): Item {
    const item = new Item(this.world.items.length, this.index, putter);
    this.world.items.push(item);
    return item;
  }

  /** The effect that waits to put the item in. */
  put(item: Item): Effect<void> {
    return this.resource.kind === 'queue' ? this.object.put(item) : this.object.send(item);
  }

  putNow(item: Item): void {
    if (this.resource.kind === 'queue') this.object.putNowait(item);
    else this.object.sendNowait(item);
  }

  get(): Effect<unknown> {
    return this.resource.kind === 'queue' ? this.object.get() : this.object.receive();
  }

  /** What `get` answered: the item, or undefined at the end of a channel. */
  itemOf(answer: unknown): Item | undefined {
    const item = this.resource.kind === 'queue' ? answer : (answer as IteratorResult<unknown>)?.value;
    if (item instanceof Item && item.resource === this.index) return item;
    if (!(this.resource.kind === 'channel' && (answer as IteratorResult<unknown>)?.done === true))
      this.world.broken('answer', `${this.name} gave ${String(answer)}, which is none of its items`);
    return undefined;
  }

  // ---- what is waited for

  get waiting(): { readonly take: number; readonly put: number } {
    return { take: this.lines.take.size, put: this.lines.put.size };
  }

  /**
   * Do those who wait go on in the order in which they came? Whoever comes to a queue with several items may be
   * answered at once, while another one was woken for its item and has not had its turn.
   */
  get inOrder(): boolean {
    const { kind } = this.resource;
    if (kind === 'lock') return true;
    return kind === 'channel' && this.resource.capacity === 0 && !this.combined && !this.atOnce && !this.world.rescued;
  }

  /** The effect that waits for it. `atOnce` is called while a wait for a callback is being started. */
  wait(atOnce?: (call: Call) => void): { readonly effect: any; readonly book?: CallBook } {
    const { object } = this;
    switch (this.resource.kind) {
      case 'event':
      case 'barrier':
      case 'condition':
        return { effect: object.wait() };
      case 'future':
        return { effect: object };
      default:
        return this.waitForCall(atOnce);
    }
  }

  private waitForCall(atOnce?: (call: Call) => void): { effect: Effect<unknown>; book: CallBook } {
    const book: CallBook = { started: 0, cleanUps: 0, outcome: undefined };
    this.callBooks.push(book);
    const begin = (call: Call) => {
      book.started++;
      this.calls.push(call);
      atOnce?.(call);
      return () => {
        book.cleanUps++;
        const at = this.calls.indexOf(call);
        if (at >= 0) this.calls.splice(at, 1);
      };
    };
    const effect =
      (this.resource as { bridge?: string }).bridge === 'suspend' ?
        suspend<string>((resume, fail) => begin({ resume, fail }))
      : fromCallback<string>((callback) =>
          begin({ resume: (value) => callback(null, value), fail: (error) => callback(error ?? 'none', '') }),
        );
    return { effect, book };
  }

  /** Calls the first one back that waits; a second call must be ignored. */
  callBack(error?: { readonly error: unknown }): boolean {
    const call = this.calls.shift();
    if (!call) return false;
    if (error) call.fail(error.error);
    else call.resume('called back');
    call.resume('a second time');
    return true;
  }

  emit(): void {
    this.object.emit('event', ++this.emitted);
  }

  /**
   * Called when nothing moves any more: is there somebody who waits for what is there? Then a wake-up was lost.
   */
  lostWakeUp(): string | undefined {
    const { object, waiting } = this;
    const { kind } = this.resource;
    const says = (what: string) => `${this.name}: ${what}`;
    switch (kind) {
      case 'lock':
        return waiting.take > 0 && !object.locked ? says('is free, and somebody waits for it') : undefined;
      case 'semaphore':
        return waiting.take > 0 && object.free > 0 ? says('has a free permit, and somebody waits for it') : undefined;
      case 'queue':
        if (waiting.take > 0 && !object.empty) return says('has an item, and somebody waits for one');
        return waiting.put > 0 && !object.full ? says('has room, and somebody waits to put') : undefined;
      case 'channel':
        if (waiting.take > 0 && object.size > 0) return says('has an item, and somebody waits for one');
        if (waiting.take > 0 && waiting.put > 0) return says('has senders and receivers that wait');
        return waiting.put > 0 && object.size < object.capacity ?
            says('has room, and somebody waits to send')
          : undefined;
      case 'event':
        return waiting.take > 0 && object.isSet ? says('is set, and somebody waits for it') : undefined;
      case 'barrier':
        return object.nWaiting >= object.parties || waiting.take > object.nWaiting ?
            says(`${waiting.take} wait, it counts ${object.nWaiting} of ${object.parties}`)
          : undefined;
      case 'future':
        return waiting.take > 0 && (object as Future).done ? says('is done, and somebody waits for it') : undefined;
      case 'condition':
        return this.lostNotify();
      default:
        return undefined;
    }
  }

  /** While somebody waits, every `notify` must end the wait of somebody. */
  private lostNotify(): string | undefined {
    const left = this.conditionWaits.filter(({ end }) => end === Infinity);
    const first = left[0];
    if (!first) return undefined;
    const since = this.notifies.filter(({ moment }) => moment > first.start);
    const returns = this.conditionWaits.filter(({ end }) => end > first.start && end < Infinity).length;
    if (since.some(({ all }) => all) || since.length > returns)
      return `${this.name}: ${since.length} were notified since then, ${returns} went on, and somebody still waits`;
    return undefined;
  }

  /** All that still wait are let go on. A condition and a service are not among what this can do. */
  rescue(): void {
    const { object } = this;
    switch (this.resource.kind) {
      case 'queue':
      case 'channel':
        return object.close();
      case 'event':
        return object.set();
      case 'barrier':
        return object.abort();
      case 'future':
        if (!(object as Future).done) object.setResult('rescued');
        return;
      case 'callbacks':
        while (this.callBack());
        return;
      case 'emitter':
        return this.emit();
      default:
    }
  }
}

function made(resource: Resource, name: string): unknown {
  switch (resource.kind) {
    case 'lock':
      return new Lock({ name });
    case 'semaphore':
      return new Semaphore(resource.permits, { name });
    case 'queue': {
      const capacity = resource.capacity || Infinity;
      if (resource.order === 'lifo') return new LifoQueue<Item>(capacity, { name });
      if (resource.order === 'priority') return new PriorityQueue<Item>((item) => item.priority, capacity, { name });
      return new Queue<Item>(capacity, { name });
    }
    case 'channel':
      return new Channel<Item>(resource.capacity < 0 ? Infinity : resource.capacity, { name });
    case 'event':
      return new Event({ name });
    case 'condition':
      return new Condition(undefined, { name });
    case 'barrier':
      return new Barrier(resource.parties, { name });
    case 'emitter':
      return new EventEmitter().setMaxListeners(0);
    case 'context':
      return createContext(0, { name });
    case 'service':
      return new Channel<{ answered: boolean; event: Event }>(0, { name });
    default:
      return undefined;
  }
}
