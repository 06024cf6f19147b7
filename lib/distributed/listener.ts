// Reading events of a queue, whatever somebody writes there. BullMQ begins at the moment when the server gets to it,
// and stops for good at an event that is no JSON: here the beginning is now, and reading goes on behind such an event.
// What comes in between is not heard: those who listen also look. Relies on engine, names.

import type { Engine, QueueEvents, Redis } from './engine.ts';
import { jobKey, PREFIX } from './names.ts';

export type Listeners = Readonly<Record<string, (event: Readonly<Record<string, unknown>>) => void>>;

/** So long until reading goes on. */
const PAUSE = 100;
const ignore = (): void => {};

export class Listener {
  private readonly engine: Engine;
  private readonly redis: Redis;
  private readonly queue: string;
  private readonly listeners: Listeners;
  private events: QueueEvents | undefined = undefined;
  private timer: NodeJS.Timeout | undefined = undefined;
  private closed = false;

  constructor(engine: Engine, redis: Redis, queue: string, listeners: Listeners) {
    this.engine = engine;
    this.redis = redis;
    this.queue = queue;
    this.listeners = listeners;
  }

  /** Reads events from now on. */
  listen(): Promise<void> {
    const last = this.redis.call('XREVRANGE', jobKey(this.queue, 'events'), '+', '-', 'COUNT', 1);
    return last.then((entries) => {
      if (this.closed) return;
      const [entry] = entries as [id: string][];
      const events = new this.engine.QueueEvents(this.queue, {
        connection: this.redis,
        prefix: PREFIX,
        lastEventId: entry?.[0] ?? '0-0',
      });
      this.events = events;
      events.on('error', (error: Error) => {
        if (error instanceof SyntaxError && this.events === events) this.listenAgain(events);
      });
      for (const [name, listener] of Object.entries(this.listeners)) events.on(name, listener);
    });
  }

  private listenAgain(broken: QueueEvents): void {
    this.events = undefined;
    broken.close().catch(ignore);
    if (this.closed) return;
    this.timer = setTimeout(() => void this.listen().catch(() => this.listenAgain(broken)), PAUSE);
  }

  close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    return this.events?.close() ?? Promise.resolve();
  }
}
