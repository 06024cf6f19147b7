// The recorder of the playground, first half: the loop, and the life of tasks. Like the second half it is an instrument
// that writes the log of a run (walk/log.ts), and uses nothing that users of treadle/instruments cannot use. Traps:
//   - a timer wakes its task after the clock has moved and before the pass begins;
//   - some things are known later: by how much a timer is late when it is over, what a callback was for when it has
//     closed a frame, what a task was given to run when it begins. So an event is completed until the run is over;
//   - to ask a task for its error would count as seeing it. What it prints as does not.
//
// Relies on the desk.

import type { Task } from 'treadle';
import type { Cause, Instrument, ItemQueue, Resumption } from 'treadle/instruments';
import type { Desk } from './desk.ts';
import { Known } from './known.ts';
import { cut, outcomeOf, show, showYielded } from './show.ts';

export class TaskRecorder implements Instrument {
  readonly name = 'the recorder of the playground';
  /** While a fault of the reader cancels a task. */
  isFaulting = false;
  private readonly desk: Desk;
  private hasDeadlock = false;

  constructor(desk: Desk) {
    this.desk = desk;
  }

  // ---- The loop

  clockMoved(time: number): void {
    const { pad } = this.desk;
    const from = pad.time;
    pad.time = time;
    pad.add('clock', { from });
  }

  callbackBegins(): void {
    const { desk } = this;
    desk.callback = desk.pad.add('callback', { turn: ++desk.turn, text: undefined, about: undefined });
  }

  callbackEnds(): void {
    this.desk.callback = undefined;
  }

  itemPut(queue: ItemQueue, by: Cause): void {
    const { pad, places } = this.desk;
    pad.add('puts', { place: places.idOf(queue), size: queue.size, by: this.desk.by(by) });
  }

  // ---- The life of a task

  taskSpawned(task: Task, by: Cause): void {
    const { desk } = this;
    if (desk.tasks.has(task.id)) return;
    const { id, name, parent } = task;
    const { fields, work } = (by === desk.running?.task && desk.performing) || {};
    // Of a task that a combinator starts this is known when it begins.
    const text = work === undefined ? '' : showYielded(work);
    const spawned = { task: id, name: cut(name, 60), text, owner: parent?.id, by: desk.by(by), line: fields?.line };
    const owner = parent && desk.tasks.get(parent.id);
    desk.tasks.set(id, new Known(task, desk.pad.add('spawned', spawned), owner));
    desk.ready.push(id);
  }

  taskWoken(task: Task, by: Cause): void {
    const { desk } = this;
    const known = desk.known(task);
    const { waits } = known;
    if (by === task && waits === undefined) return void (known.wokeItself = true);
    desk.explainCallback(known);
    const front = by !== undefined && desk.goesFirst(known);
    const event = desk.pad.add('woken', {
      task: task.id,
      by: desk.by(by),
      front: front || undefined,
      holds: undefined,
    });
    if (by === undefined && waits?.due !== undefined) {
      const late = Math.floor(desk.pad.time - waits.due);
      if (late > 0) waits.late = late;
    }
    desk.holders.woken(known, event, desk.places);
    desk.isReady(known, front);
  }

  stepBegins(task: Task, how: Resumption, value: unknown): void {
    const { desk } = this;
    const known = (desk.running = desk.known(task));
    const before = desk.ready.indexOf(task.id);
    if (before >= 0) desk.ready.splice(before, 1);
    desk.holders.begins(known, how === 'next');
    known.begins(how);
    desk.pad.add('begins', {
      task: task.id,
      how,
      value: textOf(how, value),
      switched: before > 0 || undefined,
      turn: ++desk.turn,
    });
    if (how !== 'start') return;
    if (value === undefined) desk.call(known, '', '', undefined);
    else known.spawned.text = showYielded(value);
  }

  stepEnds(task: Task): void {
    const { desk } = this;
    const known = desk.known(task);
    known.mark = desk.activations.take() ?? known.mark;
    desk.noteFree();
    if (task.state === 'ready' && !desk.ready.includes(task.id)) desk.pauses(known, true);
    desk.running = desk.performing = undefined;
  }

  cancelAsked(task: Task, reason: unknown, by: Cause): void {
    const { desk } = this;
    if (by === undefined && !this.isFaulting) this.noteDeadlock();
    const why = reason === undefined ? undefined : show(reason);
    desk.pad.add('cancels', { task: task.id, by: desk.by(by), reason: why });
  }

  taskOver(task: Task): void {
    const { desk } = this;
    if (desk.running === undefined && desk.callback === undefined) this.noteDeadlock(); // even the clean-ups are stuck
    const known = desk.known(task);
    known.isOver = true;
    desk.pad.add('over', { task: task.id, ...outcomeOf(task) });
  }

  /** The engine cancels all tasks, one after the other, and nobody has asked for it. */
  private noteDeadlock(): void {
    if (this.hasDeadlock) return;
    this.hasDeadlock = true;
    this.desk.noteDeadlock();
  }
}

function textOf(how: Resumption, value: unknown): string | undefined {
  if (how === 'perform') return showYielded(value);
  return how === 'throw' || (how === 'next' && value !== undefined) ? show(value) : undefined;
}
