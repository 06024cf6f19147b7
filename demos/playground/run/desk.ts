// What the two halves of the recorder share: the note pad, what is known of each task, the ready queue as it must stand
// by now, and what runs. Relies on known, note-pad, places, holders, activations.

import type { Task } from 'treadle';
import type { Cause } from 'treadle/instruments';
import type { Activation, By, Callback } from '../walk/log.ts';
import type { Activations } from './activations.ts';
import { Holders } from './holders.ts';
import { circleOf } from './known.ts';
import type { Known, Open } from './known.ts';
import type { NotePad } from './note-pad.ts';
import { isRendezvous } from './places.ts';
import type { Places } from './places.ts';

/** What is being performed. */
export interface Performing {
  readonly text: string;
  readonly line: number | undefined;
  readonly inside: readonly Activation[] | undefined;
  readonly again: true | undefined;
  timer: number | undefined;
  request: number | undefined;
}

/** What is being performed, and what belongs to no event: the work that `spawn` is given. */
interface Performed {
  readonly fields: Performing;
  readonly work: unknown;
}

const NOTHING: Performing = {
  text: '',
  line: undefined,
  inside: undefined,
  again: undefined,
  timer: undefined,
  request: undefined,
};

export class Desk {
  readonly pad: NotePad;
  readonly activations: Activations;
  readonly places: Places;
  readonly holders = new Holders();
  readonly tasks = new Map<number, Known>();
  /** The tasks that are ready, in their order. */
  readonly ready: number[] = [];
  /** How many steps of tasks and callbacks have begun. */
  turn = 0;
  running: Known | undefined = undefined;
  callback: Open<Callback> | undefined = undefined;
  performing: Performed | undefined = undefined;

  constructor(pad: NotePad, activations: Activations, places: Places) {
    this.pad = pad;
    this.activations = activations;
    this.places = places;
    activations.onEnter = ({ name, given }) => this.running?.enters(name, given);
  }

  known(task: Task): Known {
    return this.tasks.get(task.id) as Known;
  }

  by(cause: Cause): By | undefined {
    if (cause === undefined) return undefined;
    return 'id' in cause ? cause.id : 'callback';
  }

  /** What is being performed, for an event. It is over with that. */
  yielded(): Performing {
    const { fields = NOTHING } = this.performing ?? {};
    this.performing = undefined;
    return fields;
  }

  /** Locks were released, and nobody waited for them. */
  noteFree(): void {
    for (const lock of this.holders.takeFree()) this.pad.add('frees', { place: this.places.idOf(lock) });
  }

  /** A frame was pushed. */
  call(known: Known, name: string, text: string, due: number | undefined): void {
    const depth = known.frames.length + 1;
    const frame = { ...this.yielded(), text, depth, name, due, engine: true as const };
    known.frames.push({ event: this.pad.add('calls', { task: known.id, ...frame }), isProgram: false });
  }

  /** The task lets others go first. */
  pauses(known: Known, forced: true | undefined): void {
    this.pad.add('pauses', { task: known.id, ...this.yielded(), forced });
    known.wokeItself = false;
    this.ready.push(known.id);
  }

  /** Two that must go on as if in one step: the child that decides a combinator, the receiver of an item. */
  goesFirst({ waits, object, isInterrupted }: Known): boolean {
    if (waits === undefined || isInterrupted) return false;
    return (waits.on === 'children' && waits.text !== 'its children') || isRendezvous(object, waits.text);
  }

  isReady(known: Known, first: boolean): void {
    known.waits = known.object = undefined;
    if (first) this.ready.unshift(known.id);
    else this.ready.push(known.id);
  }

  /** A callback that ends a wait, or closes a frame, may be that of a time limit. */
  explainCallback(known: Known): void {
    const limit = known.frames.find(({ event }) => event.due !== undefined && event.due <= this.pad.time);
    if (this.callback === undefined || limit === undefined) return;
    this.callback.about = known.id;
    this.callback.text = limit.event.text;
  }

  /** Every task waits, and nothing can wake them. */
  noteDeadlock(): void {
    const waiting = [...this.tasks.values()].filter(({ isOver }) => !isOver);
    const circle = circleOf(waiting, ({ object }) => this.holders.of(object));
    this.pad.add('deadlock', { circle, tasks: waiting.map(({ id }) => id) });
  }
}
