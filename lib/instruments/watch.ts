// A watch: the instruments of one loop, and the way to call them. It belongs to the loop for good, and the loop's tasks
// find it there. Relies on nothing of the engine, only on types.

import type { Handle } from '../kernel/handle.ts';
import type { Task } from '../kernel/task.ts';
import type { Loop } from '../loop/loop.ts';
import type { Cause, Instrument } from './instrument.ts';

/** The methods of an instrument that look on. */
type Event = Exclude<keyof Instrument, 'name' | 'chooseNext' | 'performEffect'>;

export const EVENTS: readonly Event[] = [
  'attached',
  'detached',
  'loopEnds',
  'clockMoved',
  'passBegins',
  'taskSpawned',
  'taskWoken',
  'stepBegins',
  'stepEnds',
  'cancelAsked',
  'taskOver',
  'effectPerformed',
  'effectAnswered',
  'effectFailed',
  'taskSuspended',
  'frameCalled',
  'frameEnded',
  'frameClosing',
  'callbackBegins',
  'callbackEnds',
  'effectMade',
  'itemPut',
];

/**
 * An instrument that has a method for an event, with the method. It is looked up once, when the instrument comes: to
 * look a method up by a name that varies takes 10 ns, as long as many an instrument does.
 */
interface Listener {
  readonly instrument: Instrument;
  readonly event: Event;
  readonly method: (...args: any[]) => void;
}

type Listeners = Record<Event, readonly Listener[]>;

export class Watch {
  readonly loop: Loop;
  instruments: readonly Instrument[] = [];
  /** By event, those instruments that have a method for it. So an event that nobody wants costs a test. */
  listeners: Listeners = listenersOf([]);
  /** Some instrument listens to effects. If none does, an effect costs one test, and not three empty lists. */
  seesEffects = false;
  /** Those that decide how effects are performed, the outermost first. */
  performers: readonly Instrument[] = [];
  /** The first instrument that decides which task goes next. */
  chooser: Instrument | undefined = undefined;
  /** What runs now, in this loop. */
  running: Cause;

  constructor(loop: Loop) {
    this.loop = loop;
  }

  add(instrument: Instrument): void {
    this.use([...this.instruments, instrument]);
    this.call(instrument, 'attached', [this.loop]);
  }

  /** False when it is not there any more. */
  remove(instrument: Instrument): boolean {
    if (!this.instruments.includes(instrument)) return false;
    this.use(this.instruments.filter((other) => other !== instrument));
    return true;
  }

  private use(instruments: readonly Instrument[]): void {
    this.instruments = instruments;
    this.listeners = listenersOf(instruments);
    const { effectPerformed, effectAnswered, effectFailed, taskSuspended } = this.listeners;
    this.seesEffects = [effectPerformed, effectAnswered, effectFailed, taskSuspended].some(({ length }) => length > 0);
    this.performers = instruments.filter((one) => one.performEffect);
    this.chooser = instruments.find((one) => one.chooseNext);
  }

  /** Calls all instruments that have the method: `watch.tell(watch.listeners.stepEnds, task)`. Never throws. */
  tell(listeners: readonly Listener[], first?: unknown, second?: unknown, third?: unknown): void {
    for (let index = 0; index < listeners.length; index++) {
      const { instrument, event, method } = listeners[index] as Listener;
      try {
        method.call(instrument, first, second, third);
      } catch (error) {
        this.drop(instrument, event, error);
      }
    }
  }

  // The two events of every turn, by their names: then the compiler sees which method is called, and can put it in the
  // place of the call. It takes 15 ns off a turn under a recorder.

  /** As `tell` of `stepEnds`. */
  tellStepEnds(task: Task): void {
    const listeners = this.listeners.stepEnds;
    for (let index = 0; index < listeners.length; index++) {
      const { instrument } = listeners[index] as Listener;
      try {
        instrument.stepEnds?.(task);
      } catch (error) {
        this.drop(instrument, 'stepEnds', error);
      }
    }
  }

  /** As `tell` of `taskWoken`. */
  tellTaskWoken(task: Task): void {
    const listeners = this.listeners.taskWoken;
    for (let index = 0; index < listeners.length; index++) {
      const { instrument } = listeners[index] as Listener;
      try {
        instrument.taskWoken?.(task, this.running);
      } catch (error) {
        this.drop(instrument, 'taskWoken', error);
      }
    }
  }

  /** Calls one instrument, if it has the method. Never throws. */
  call(instrument: Instrument, event: Event, args: readonly unknown[]): void {
    try {
      (instrument[event] as ((...args: readonly unknown[]) => void) | undefined)?.(...args);
    } catch (error) {
      this.drop(instrument, event, error);
    }
  }

  /** An instrument threw: it is detached, and that is reported once. */
  drop(instrument: Instrument, where: string, error: unknown): void {
    if (!this.remove(instrument)) return;
    console.warn(`treadle: the instrument ${nameOf(instrument)} was detached, because its ${where} threw:`, error);
    this.call(instrument, 'detached', [this.loop]);
  }

  /** Which of the ready tasks and callbacks goes next. */
  choose(ready: readonly (Task | Handle)[]): number {
    const { chooser } = this;
    if (chooser === undefined || ready.length < 2) return 0;
    try {
      const index = chooser.chooseNext?.(ready, this.loop) as number;
      if (Number.isInteger(index) && index >= 0 && index < ready.length) return index;
      throw new RangeError(`it chose ${String(index)} of ${ready.length} that are ready`);
    } catch (error) {
      this.drop(chooser, 'chooseNext', error);
      return 0;
    }
  }
}

/** A loop that is watched. The field is not there in others: it costs them nothing. */
interface Watched {
  _watch?: Watch;
}

/** The watch of a loop that has one. */
export function watchOf(loop: Loop): Watch {
  return (loop as Watched)._watch as Watch;
}

/** Has it one? */
export function isWatched(loop: Loop): boolean {
  return (loop as Watched)._watch !== undefined;
}

/** Gives a loop its watch, for good. */
export function giveWatch(loop: Loop): Watch {
  return ((loop as Watched)._watch = new Watch(loop));
}

function listenersOf(instruments: readonly Instrument[]): Listeners {
  const listeners: Partial<Listeners> = {};
  for (const event of EVENTS)
    listeners[event] = instruments.flatMap((instrument): Listener[] => {
      const method = instrument[event];
      return method ? [{ instrument, event, method }] : [];
    });
  return listeners as Listeners;
}

/** Its own name, or that of its class. */
function nameOf(instrument: Instrument): string {
  try {
    return instrument.name ?? instrument.constructor.name;
  } catch {
    return 'without a name';
  }
}
