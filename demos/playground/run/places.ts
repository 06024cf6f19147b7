// Places: the locks, queues and events that tasks share. An instrument is told what a task yields, `jobs.get()`, and not
// which queue that is. So the program gets classes that are those of treadle in every way, and note their instances.
//
// Most effects of a place are made once, by its constructor: such an effect stands for its place. Others, like
// `jobs.put(item)`, are made anew each time. They are found by their name.
//
// Relies on treadle.

import { Barrier, Channel, Condition, Event, LifoQueue, Lock, PriorityQueue, Queue, Semaphore } from 'treadle';
import type { Place } from '../walk/log.ts';
import { cut, isEffect } from './show.ts';

type Class = new (...args: any[]) => { readonly name: string };

const CLASSES: Readonly<Record<string, Class>> = {
  Barrier,
  Channel,
  Condition,
  Event,
  LifoQueue,
  Lock,
  PriorityQueue,
  Semaphore,
  Queue, // behind those that extend it
} as never;

/** Methods that take nothing and give an effect. */
const METHODS = ['acquire', 'get', 'receive', 'wait', 'join'] as const;

export class Places {
  /** As the log has them: in the order in which the log first names them. */
  readonly places: Place[] = [];
  private readonly ids = new Map<object, number>();
  private readonly byEffect = new WeakMap<object, object>();
  private readonly byName = new Map<string, object>();

  /** The classes for the program. */
  readonly classes: Readonly<Record<string, Class>> = Object.fromEntries(
    Object.entries(CLASSES).map(([name, Class]) => [name, this.noting(name, Class)]),
  );

  private noting(name: string, Class: Class): Class {
    const note = (place: object) => this.note(place as { readonly name: string }, Class);
    const Noting = class extends Class {
      constructor(...args: any[]) {
        super(...args);
        note(this);
      }
    };
    Object.defineProperty(Noting, 'name', { value: name });
    return Noting;
  }

  private note(place: { readonly name: string }, Class: Class): void {
    this.byName.set(place.name, place);
    const prototype = Class.prototype as Record<string, ((this: object) => unknown) | undefined>;
    for (const method of METHODS) {
      // That of treadle: the program may have a class of its own that extends it.
      const effect = prototype[method]?.length === 0 ? prototype[method]?.call(place) : undefined;
      if (isEffect(effect)) this.byEffect.set(effect, place);
    }
  }

  /** The place of which this is an effect: that of `jobs.get()`, `door.with(work)`. */
  of(effect: { readonly kind: string; readonly payload: unknown }): object | undefined {
    const found = this.byEffect.get(effect);
    if (found !== undefined) return found;
    const end = effect.kind.lastIndexOf('.');
    return end < 0 ? undefined : this.byName.get(effect.kind.slice(0, end));
  }

  /** Its number in the log. */
  idOf(place: object, type = typeOf(place), name = String((place as { readonly name?: unknown }).name ?? '')): number {
    const known = this.ids.get(place);
    if (known !== undefined) return known;
    const id = this.places.push({ type, name: cut(name, 60) }) - 1;
    this.ids.set(place, id);
    return id;
  }
}

/** Only one task at a time can have it. */
export function isLock(place: object | undefined): boolean {
  return place instanceof Lock;
}

/** Does a task that waits there wait for a receiver? In a channel without room items go from hand to hand. */
export function isRendezvous(place: object | undefined, text: string): boolean {
  const hasNoRoom = (place instanceof Channel || place instanceof Queue) && place.capacity === 0;
  return hasNoRoom && /\.(send|put)\(/.test(text);
}

function typeOf(place: object): string {
  return Object.keys(CLASSES).find((name) => place instanceof (CLASSES[name] as Class)) ?? '';
}
