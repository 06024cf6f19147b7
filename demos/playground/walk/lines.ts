// The lines of the log panel: what the program prints, its effects with their answers, how tasks end, and what is said
// of the run. Relies on nothing but types.

import type { LogEvent } from './log.ts';
import type { LogLine } from './state.ts';

/** Does the event have a line in the panel? */
export function hasLine({ kind }: LogEvent): boolean {
  return Object.hasOwn(KINDS, kind);
}

const KINDS: Readonly<Partial<Record<LogEvent['kind'], LogLine['kind']>>> = {
  prints: 'print',
  calls: 'effect',
  answers: 'effect',
  throws: 'effect',
  waits: 'effect',
  pauses: 'effect',
  over: 'end',
  fault: 'note',
  deadlock: 'note',
  stopped: 'note',
};

/** In their order. The text is that of the program and of treadle: it is the same in all languages. */
export function linesOf(events: readonly LogEvent[]): readonly LogLine[] {
  const lines: LogLine[] = [];
  for (const [index, event] of events.entries()) {
    const kind = KINDS[event.kind];
    if (kind === undefined) continue;
    const task = 'task' in event ? event.task : undefined;
    lines.push({ event: index, time: event.time, task, kind, text: textOf(event) });
  }
  return lines;
}

function textOf(event: LogEvent): string {
  switch (event.kind) {
    case 'prints':
      return event.text;
    case 'calls':
      return event.text;
    case 'answers':
      return event.answer === 'undefined' ? event.text : `${event.text} = ${event.answer}`;
    case 'throws':
      return `${event.text} ! ${event.error}`;
    case 'waits':
      return `${event.text} ...`;
    case 'pauses':
      return event.text === '' ? '...' : `${event.text} ...`;
    case 'over':
      return event.value === undefined ? event.state : `${event.state}: ${event.value}`;
    case 'fault':
      return event.late === undefined ? `${event.what} ${event.text ?? ''}`.trim() : `${event.text} +${event.late} ms`;
    case 'deadlock':
      return `deadlock: ${event.tasks.map((task) => `#${task}`).join(', ')}`;
    case 'stopped':
      return `stopped: ${event.limit} ${event.why}`;
    default:
      return '';
  }
}
