// The life of each task of a recording: what it did from when to when. Pictures, traces and summaries are made of this.
// Relies on recording.

import type { RecordedCause, RecordedEnd, RecordedEvent, RecordedStep, Recording } from './recording.ts';

/** What a task does. While it is `closing` its frames are being closed: it was cancelled, and cleans up. */
export type Doing = 'ready' | 'running' | 'waiting';

export interface Span {
  readonly from: number;
  readonly until: number;
  readonly doing: Doing;
  /** What it waits on. */
  readonly on: string | undefined;
  readonly closing: boolean;
  /** Of a step on a virtual clock: how many milliseconds it really took. */
  readonly took: number | undefined;
  /** Of some long steps: where the task is suspended behind it. */
  readonly line?: string | undefined;
}

/** Somebody did something to a task, so that it became ready. */
export interface Wake {
  readonly time: number;
  readonly by: RecordedCause;
}

export interface FrameSpan {
  readonly name: string;
  readonly depth: number;
  readonly from: number;
  readonly until: number;
}

export interface Life {
  readonly id: number;
  readonly name: string;
  /** The id of its owner, if that is a task of the recording. */
  readonly owner: number | undefined;
  /** It was there before the recording began. */
  readonly isOlder: boolean;
  readonly from: number;
  /** When it was over, or when the recording ends. */
  readonly until: number;
  /** `undefined`: the recording ends before it. */
  readonly end: RecordedEnd['state'] | undefined;
  readonly error: string | undefined;
  readonly cancel:
    { readonly time: number; readonly by: RecordedCause; readonly reason: string | undefined } | undefined;
  readonly spans: readonly Span[];
  /** The first one is its spawn. */
  readonly wakes: readonly Wake[];
  readonly frames: readonly FrameSpan[];
}

/** A life that is being put together. */
type Draft = { -readonly [Name in keyof Life]: Life[Name] };

class LifeBuilder {
  readonly life: Draft;
  readonly spans: Span[] = [];
  private readonly wakes: Wake[];
  private readonly frames: FrameSpan[] = [];
  private readonly stack: { name: string; depth: number; from: number }[] = [];
  private doing: Doing = 'ready';
  private on: string | undefined;
  private since: number;
  /** The depth of the outermost frame that is being closed. */
  private closing = 0;

  constructor(event: Extract<RecordedEvent, { kind: 'spawned' | 'alive' }>) {
    const { time, task: id, name, owner } = event;
    this.since = time;
    this.wakes = event.kind === 'spawned' ? [{ time, by: event.by }] : [];
    this.life = {
      id,
      name,
      owner,
      isOlder: event.kind === 'alive',
      from: time,
      until: time,
      end: undefined,
      error: undefined,
      cancel: undefined,
      spans: this.spans,
      wakes: this.wakes,
      frames: this.frames,
    };
    if (event.kind === 'alive') {
      if (event.on !== undefined) this.doing = 'waiting';
      this.on = event.on;
      if (event.closing) this.closing = 1;
    }
  }

  apply(event: RecordedEvent): void {
    switch (event.kind) {
      case 'spawned':
      case 'alive': // once more: the recorder was detached, and has come back
        this.becomes(event.kind === 'alive' && event.on !== undefined ? 'waiting' : 'ready', event.time);
        this.on = event.kind === 'alive' ? event.on : undefined;
        return;
      case 'woken':
        this.becomes('ready', event.time);
        this.wakes.push({ time: event.time, by: event.by });
        return;
      case 'step':
        this.becomes('running', event.time);
        this.becomes(event.on === undefined ? 'ready' : 'waiting', event.until, event.on, event);
        if (this.life.end !== undefined) this.life.until = event.until; // what is behind the end belongs to it
        return;
      case 'called':
        this.stack.push({ name: event.name ?? '', depth: event.depth, from: event.time });
        return;
      case 'returned':
        while ((this.stack.at(-1)?.depth ?? 0) > event.depth) this.pop(event.time);
        if (event.depth < this.closing) this.stopClosing(event.time);
        return;
      case 'closing':
        if (this.closing === 0) this.cutAt(event.time);
        this.closing = event.depth;
        return;
      case 'cancel':
        this.life.cancel = { time: event.time, by: event.by, reason: event.reason };
        return;
      case 'over':
        this.life.end = event.state;
        this.life.error = event.error;
        this.life.until = event.time;
        return;
    }
  }

  private becomes(doing: Doing, time: number, on?: string, step?: RecordedStep): void {
    this.cutAt(time, step);
    this.doing = doing;
    this.on = on;
  }

  /** Ends the span that is open, and begins another one of the same kind. */
  private cutAt(time: number, { took, line }: Partial<RecordedStep> = {}): void {
    const { doing, on, since } = this;
    const isClosing = this.closing > 0;
    if (time > since || doing === 'running')
      this.spans.push({ from: since, until: Math.max(time, since), doing, on, closing: isClosing, took, line });
    this.since = Math.max(time, since);
  }

  private stopClosing(time: number): void {
    this.cutAt(time);
    this.closing = 0;
  }

  private pop(time: number): void {
    const { name, depth, from } = this.stack.pop() as { name: string; depth: number; from: number };
    this.frames.push({ name, depth, from, until: time });
  }

  /** The recording ends. */
  finish(until: number): Life {
    const { life } = this;
    if (life.end === undefined) life.until = Math.max(until, this.since);
    if (life.until > this.since) this.cutAt(life.until); // also when it was over, and its last step is missing
    while (this.stack.length > 0) this.pop(life.until);
    return life;
  }
}

/**
 * The lives of all tasks, in the order in which they began, but each behind its owner and its owner's earlier children:
 * as the lines of a tree.
 */
export function livesOf(recording: Recording): Life[] {
  const builders = new Map<number, LifeBuilder>();
  for (const event of recording.events) {
    if (event.kind === 'callback') continue;
    const known = builders.get(event.task);
    if (known !== undefined) known.apply(event);
    else if (event.kind === 'spawned' || event.kind === 'alive') builders.set(event.task, new LifeBuilder(event));
  }
  return inTreeOrder(Array.from(builders.values(), (builder) => builder.finish(recording.until)));
}

function inTreeOrder(lives: readonly Life[]): Life[] {
  const known = new Set(lives.map(({ id }) => id));
  const children = new Map<number | undefined, Life[]>();
  for (const life of lives) {
    const owner = known.has(life.owner ?? NaN) ? life.owner : undefined;
    const siblings = children.get(owner);
    if (siblings) siblings.push(life);
    else children.set(owner, [life]);
  }
  const ordered: Life[] = [];
  const next = (children.get(undefined) ?? []).reverse(); // a stack: owners may be nested deeper than calls can be
  for (let life = next.pop(); life !== undefined; life = next.pop()) {
    ordered.push(life);
    for (const child of (children.get(life.id) ?? []).reverse()) next.push(child);
  }
  return ordered;
}
