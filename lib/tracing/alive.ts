// The tasks that are alive at some moment of a log, and what each of them does. A ring needs it: what is forgotten says
// what the tasks of the rest are and wait on. Relies on event-log.

import { ALIVE, DETAIL, FRAME_CLOSING, FRAME_ENDED, OVER, READY, SPAWNED, STEP, WOKEN } from './event-log.ts';

export interface AliveTask {
  owner: number;
  /** What it waits on, a label and its detail; `READY` if it does not wait. */
  label: number;
  detail: number;
  since: number;
  /** The depth of the outermost frame that is being closed; 0 if none is. */
  closing: number;
}

export class Alive {
  readonly tasks: Map<number, AliveTask>;
  private readonly isVirtual: boolean;
  private readonly over: (task: number) => void;
  private detail = NaN;

  /** `over` is called with each task that is not alive any more. */
  constructor(isVirtual: boolean, over: (task: number) => void, tasks: Iterable<readonly [number, AliveTask]> = []) {
    this.isVirtual = isVirtual;
    this.over = over;
    this.tasks = new Map(Array.from(tasks, ([id, task]) => [id, { ...task }]));
  }

  /** The next row of the log. */
  apply(what: number, id: number, operand: number, time: number, number: number): void {
    if (what === DETAIL) {
      this.detail = number;
      return;
    }
    const { detail } = this;
    if (what === STEP || what === ALIVE) this.detail = NaN;
    if (what === SPAWNED) this.tasks.set(id, { owner: number, label: READY, detail: NaN, since: time, closing: 0 });
    if (what === ALIVE) this.tasks.set(id, { owner: number, label: operand, detail, since: time, closing: 0 });
    const task = this.tasks.get(id);
    if (task === undefined) return; // the end of a step comes after the end of its task
    if (what === WOKEN) {
      task.label = READY;
      task.since = time;
    } else if (what === STEP) {
      task.label = operand;
      task.detail = detail;
      task.since = this.isVirtual ? time : number;
    } else if (what === FRAME_CLOSING) {
      task.closing = number;
    } else if (what === FRAME_ENDED && number < task.closing) {
      task.closing = 0;
    } else if (what === OVER) {
      this.tasks.delete(id);
      this.over(id);
    }
  }
}
