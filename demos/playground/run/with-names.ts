// treadle calls a task that was spawned without a name by its number, `task-2`. The log calls it by its generator. Here
// the texts of the log follow: `cancel(#2 task-2)` becomes `cancel(#2 order)`. What the program has printed stays.
// Relies on show.

import type { LogEvent } from '../walk/log.ts';
import { UNNAMED } from './show.ts';

const TEXTS = ['text', 'value', 'answer', 'error', 'reason'] as const;

/** The same events, completed. */
export function withNames(events: readonly LogEvent[]): readonly LogEvent[] {
  const names = new Map<number, string>();
  const works = new Map<number, string>();
  for (const event of events) {
    if (event.kind !== 'spawned') continue;
    names.set(event.task, event.name);
    works.set(event.task, event.text);
  }
  for (const event of events) {
    if (event.kind === 'prints') continue;
    const fields = event as unknown as Record<string, string | undefined>;
    for (const field of TEXTS) {
      let text = fields[field];
      if (typeof text !== 'string') continue;
      // What `spawn` was given is known by now.
      const work = event.kind === 'answers' && field === 'text' ? works.get(event.about ?? 0) : undefined;
      if (work) text = text.replace(UNNAMED, () => work);
      fields[field] = text.replace(/#(\d+) task-\1\b/g, (all, id: string) => `#${id} ${names.get(Number(id)) ?? all}`);
    }
  }
  return events;
}
