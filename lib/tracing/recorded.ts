// The recording of a recorder: the rows of its log as events. They are made when somebody goes through them, and not
// kept. Relies on event-log, labels and alive.

import type { Alive } from './alive.ts';
import {
  ALIVE,
  BY_CALLBACK,
  CALLBACK,
  CANCEL,
  DETAIL,
  ENDS,
  FRAME_CALLED,
  FRAME_CLOSING,
  FRAME_ENDED,
  OUTSIDE,
  OVER,
  READY,
  SPAWNED,
  STEP,
  WOKEN,
} from './event-log.ts';
import type { EventLog } from './event-log.ts';
import type { Labels } from './labels.ts';
import type { RecordedCause, RecordedEvent, RecordedFrame, Recording } from './recording.ts';

/** The row of a step that took long, as its numbers, and the line that it came to. */
export interface LongStep {
  readonly task: number;
  readonly time: number;
  readonly number: number;
  readonly line: string;
}

interface Parts {
  readonly log: EventLog;
  readonly labels: Labels;
  readonly names: ReadonlyMap<number, string>;
  /** There are few: each took longer than the ones before. */
  readonly lines: readonly LongStep[];
  readonly clock: Recording['clock'];
  readonly startedAt: number;
  readonly until: number;
  /** Of a ring: what is alive when the log begins. */
  readonly alive?: Alive | undefined;
}

export class Recorded implements Recording {
  readonly version = 1;
  readonly clock: Recording['clock'];
  readonly startedAt: number;
  readonly until: number;
  readonly dropped: number;
  readonly events: Iterable<RecordedEvent>;
  private readonly parts: Parts;
  private detail = NaN;

  constructor(parts: Parts) {
    this.parts = parts;
    this.clock = parts.clock;
    this.startedAt = parts.startedAt;
    this.until = parts.until;
    this.dropped = parts.log.dropped;
    this.events = { [Symbol.iterator]: () => this.all() };
  }

  private *all(): Generator<RecordedEvent, void, undefined> {
    for (const [id, task] of this.parts.alive?.tasks ?? []) {
      this.detail = task.detail;
      yield this.aliveOf(id, task.label, task.since, task.owner, task.closing > 0);
    }
    this.detail = NaN;
    for (const chunk of this.parts.log.inChunks()) {
      const events: RecordedEvent[] = [];
      chunk((what, task, operand, time, number) => {
        const event = this.eventOf(what, task, operand, time, number);
        if (event !== undefined) events.push(event);
      });
      yield* events;
    }
  }

  private eventOf(
    what: number,
    task: number,
    operand: number,
    time: number,
    number: number,
  ): RecordedEvent | undefined {
    switch (what) {
      case DETAIL:
        this.detail = number;
        return undefined;
      case SPAWNED:
        return { kind: 'spawned', time, task, name: this.nameOf(task), ...ownerOf(number), ...causeOf(operand) };
      case ALIVE:
        return this.aliveOf(task, operand, time, number, false);
      case WOKEN:
        return { kind: 'woken', time, task, ...causeOf(operand) };
      case STEP:
        return this.stepOf(task, operand, time, number);
      case CALLBACK:
        return { kind: 'callback', ...this.spanOf(time, number) };
      case FRAME_CALLED:
        return { kind: 'called', time, task, depth: number, name: this.textOf(operand) };
      case FRAME_ENDED:
      case FRAME_CLOSING:
        return { kind: FRAMES[what] as RecordedFrame['kind'], time, task, depth: number };
      case CANCEL:
        return {
          kind: 'cancel',
          time,
          task,
          ...causeOf(operand),
          ...(number === READY ? {} : { reason: this.textOf(number) }),
        };
      case OVER:
        return {
          kind: 'over',
          time,
          task,
          state: ENDS[operand] as (typeof ENDS)[number],
          ...(number === READY ? {} : { error: this.textOf(number) }),
        };
      default:
        throw new Error(`the log has a row of kind ${what}`);
    }
  }

  private aliveOf(task: number, label: number, time: number, owner: number, closing: boolean): RecordedEvent {
    const name = this.nameOf(task);
    const rest = { ...ownerOf(owner), ...this.waitOf(label), ...(closing ? { closing } : {}) } as const;
    return { kind: 'alive', time, task, name, ...rest };
  }

  private stepOf(task: number, label: number, time: number, number: number): RecordedEvent {
    const step = { kind: 'step', ...this.spanOf(time, number), task, ...this.waitOf(label) } as const;
    const long = this.parts.lines.find((one) => one.task === task && one.time === time && one.number === number);
    return long ? { ...step, line: long.line } : step;
  }

  /** The number is the end, or on a virtual clock how long it really took. */
  private spanOf(time: number, number: number): { time: number; until: number; took?: number } {
    return this.clock === 'virtual' ? { time, until: time, took: number } : { time, until: number };
  }

  private waitOf(label: number): { on?: string } {
    const { detail } = this;
    this.detail = NaN;
    return label === READY ? {} : { on: this.parts.labels.textOf(label, detail, (id) => this.nameOf(id)) };
  }

  private textOf(label: number): string {
    return this.parts.labels.textOf(label, NaN, (id) => this.nameOf(id));
  }

  private nameOf(task: number): string {
    return this.parts.names.get(task) ?? `task-${task}`;
  }
}

const FRAMES: Readonly<Record<number, RecordedFrame['kind']>> = {
  [FRAME_ENDED]: 'returned',
  [FRAME_CLOSING]: 'closing',
};

function ownerOf(owner: number): { owner?: number } {
  return owner === OUTSIDE ? {} : { owner };
}

function causeOf(by: number): { by?: RecordedCause } {
  if (by === OUTSIDE) return {};
  return { by: by === BY_CALLBACK ? 'callback' : by };
}
