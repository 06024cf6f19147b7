// The recorder of the playground, second half: what happens within a step. Traps:
//   - a mark is taken by the first thing that happens after it, see activations.ts;
//   - a frame that was popped is told when its task does the next thing, so `returns` may come late in a step;
//   - a combinator waits for its children by an effect that nobody has written: the log has the combinator's own text;
//   - a wait that ends in a time limit was not given what it waited for.
//
// Relies on the desk, fault-line and waits-of.

import { Task } from 'treadle';
import type { Instrument } from 'treadle/instruments';
import type { Desk } from './desk.ts';
import type { FaultLine } from './fault-line.ts';
import { isLock } from './places.ts';
import { isEffect, isInstance, nameOfCall, show, showYielded } from './show.ts';
import { dueOf, waitOf } from './waits-of.ts';

export class EffectRecorder implements Instrument {
  readonly name = 'the recorder of the playground';
  private readonly desk: Desk;
  private readonly faultLine: FaultLine;

  constructor(desk: Desk, faultLine: FaultLine) {
    this.desk = desk;
    this.faultLine = faultLine;
  }

  effectPerformed(task: Task, yielded: unknown): void {
    const { desk } = this;
    const known = desk.known(task);
    desk.noteFree();
    const before = known.markAgain();
    const inside = desk.activations.take() ?? before;
    const again = (before !== undefined && inside === before) || undefined;
    if (inside) known.mark = inside;
    const line = inside?.at(-1)?.line;
    const fields = { text: showYielded(yielded), line, inside, again, timer: undefined, request: undefined };
    const payload = isEffect(yielded) && yielded.kind === 'spawn' ? yielded.payload : undefined;
    desk.performing = { fields, work: Array.isArray(payload) ? (payload[0] as unknown) : payload };
  }

  performEffect(task: Task, yielded: unknown, next: (yielded: unknown) => unknown): unknown {
    const numbers = this.desk.performing?.fields ?? { timer: undefined, request: undefined };
    return this.faultLine.perform(task.id, yielded, next, numbers);
  }

  effectAnswered(task: Task, yielded: unknown, answer: unknown): void {
    const { desk } = this;
    if (isEffect(yielded) && yielded.kind === 'children') return;
    const object = isEffect(yielded) ? desk.places.of(yielded) : undefined;
    const holds = isEffect(yielded) && yielded.kind.endsWith('.acquire') && object !== undefined && isLock(object);
    if (holds) desk.holders.answered(desk.known(task), object);
    desk.pad.add('answers', {
      task: task.id,
      ...desk.yielded(),
      answer: show(answer),
      about: isInstance(answer, Task) ? answer.id : undefined,
      place: object && desk.places.idOf(object),
      holds: holds || undefined,
    });
  }

  effectFailed(task: Task, _yielded: unknown, error: unknown): void {
    this.desk.pad.add('throws', { task: task.id, ...this.desk.yielded(), error: show(error) });
  }

  taskSuspended(task: Task, on: unknown): void {
    const { desk } = this;
    const known = desk.known(task);
    if (task.state === 'ready') return desk.pauses(known, undefined);
    const { object, ...wait } = waitOf(known, on, desk.pad.time, desk.places);
    const yielded = desk.yielded();
    const text =
      wait.on !== 'children' ? yielded.text
      : Array.isArray(on) ? 'its children'
      : (known.frames.at(-1)?.event.text ?? 'its children');
    known.waits = desk.pad.add('waits', {
      task: task.id,
      ...yielded,
      text,
      place: undefined,
      tasks: undefined,
      due: undefined,
      late: undefined,
      ...wait,
      holder: isLock(object) ? desk.holders.of(object) : undefined,
    });
    known.object = object;
  }

  frameCalled(task: Task, _depth: number, yielded: unknown): void {
    const { desk } = this;
    let due: number | undefined;
    if (isEffect(yielded) && yielded.kind === 'timeout' && Array.isArray(yielded.payload))
      due = dueOf('timeout', yielded.payload[0], desk.pad.time);
    desk.call(desk.known(task), nameOfCall(yielded), showYielded(yielded), due);
  }

  frameEnded(task: Task, depth: number): void {
    this.desk.known(task).frames.length = depth;
    this.desk.pad.add('returns', { task: task.id, depth });
  }

  frameClosing(task: Task, depth: number): void {
    const { desk } = this;
    const known = desk.known(task);
    const inside = desk.activations.take();
    if (inside) known.mark = inside;
    desk.explainCallback(known);
    known.isInterrupted = true; // it will not get what it waited for
    desk.pad.add('closes', { task: task.id, depth, line: inside?.at(-1)?.line, inside });
  }
}
