// The events of a log while they are written, and the limits of a run. Relies on nothing.

import type { LogEvent, Stopped } from '../walk/log.ts';
import type { Open } from './known.ts';
import type { Limits } from './request.ts';

export const LIMITS: Required<Limits> = { events: 5_000, time: 2_000, output: 200_000 };

/** An event before it is added: what is undefined is left out then. */
type Draft<E> = { [Field in keyof E]: E[Field] | undefined };
type DraftOf<Kind> = Draft<Omit<Extract<LogEvent, { kind: Kind }>, 'kind' | 'time'>>;

export class NotePad {
  readonly events: LogEvent[] = [];
  /** The loop's time. */
  time = 0;
  /** By which limit the run was stopped. Nothing is added any more. */
  stopped: Stopped['why'] | undefined = undefined;
  output = '';
  private readonly limits: Required<Limits>;
  private readonly began = Date.now();

  constructor(limits: Limits = {}) {
    this.limits = { ...LIMITS, ...limits };
  }

  /** Adds an event, which happens now. It may be completed later. */
  add<Kind extends LogEvent['kind']>(kind: Kind, draft: DraftOf<Kind>): Open<Extract<LogEvent, { kind: Kind }>> {
    const event: Record<string, unknown> = { kind, time: this.time };
    for (const [name, value] of Object.entries(draft)) if (value !== undefined) event[name] = value;
    if (this.stopped === undefined) this.events.push(event as unknown as LogEvent);
    if (this.events.length >= this.limits.events) this.stop('events');
    else if (this.events.length % 64 === 0) this.look();
    return event as never;
  }

  /** Is there time left? */
  look(): void {
    if (Date.now() - this.began > this.limits.time) this.stop('time');
  }

  print(level: 'log' | 'warn' | 'error', text: string, task: number | undefined): void {
    if (this.stopped !== undefined) return;
    const room = this.limits.output - this.output.length;
    const given = text.length > room ? text.slice(0, room) : text;
    this.output += `${given}\n`;
    this.add('prints', { task, level, text: given });
    if (given !== text) this.stop('output');
  }

  private stop(why: Stopped['why']): void {
    if (this.stopped !== undefined) return;
    this.stopped = why;
    this.events.push({ kind: 'stopped', time: this.time, why, limit: this.limits[why] });
  }
}
