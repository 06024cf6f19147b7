// The timeline: for each task what it did, from one position of the walk to the next. Relies on walk and reduce.

import type { Log } from './log.ts';
import { apply, BEGINNING, draftOf } from './reduce.ts';
import type { Lane, Span, TaskState } from './state.ts';

type Open = { -readonly [Field in keyof Span]: Span[Field] };

/** One lane for each task, in the order of the tree: each behind its owner and its owner's earlier children. */
export function lanesOf(log: Log): Lane[] {
  const { events } = log;
  const draft = draftOf(BEGINNING);
  const spans = new Map<number, Open[]>();
  for (const event of events) {
    const { running } = draft;
    apply(draft, event, log);
    const changed = new Set([running, 'task' in event ? event.task : undefined]);
    for (const id of changed) {
      const task = id === undefined ? undefined : draft.tasks.get(id);
      if (task) note(spans, task, draft.n);
    }
  }
  for (const all of spans.values()) (all.at(-1) as Open).until = events.length + 1;
  return inTreeOrder(draft.tasks).map(([{ id, label }, depth]) => ({
    task: id,
    label,
    depth,
    spans: spans.get(id) ?? [],
  }));
}

function note(spans: Map<number, Open[]>, { id, doing, closing }: TaskState, n: number): void {
  const all = spans.get(id) ?? [];
  spans.set(id, all);
  const last = all.at(-1);
  if (last?.doing === doing && last.closing === closing) return;
  if (last) last.until = n;
  all.push({ from: n, until: n + 1, doing, closing });
}

function inTreeOrder(tasks: ReadonlyMap<number, TaskState>): [TaskState, number][] {
  const ordered: [TaskState, number][] = [];
  // A stack: owners may be nested deeper than calls can be.
  const next: [TaskState, number][] = [...tasks.values()]
    .filter(({ owner }) => owner === undefined || !tasks.has(owner))
    .map((task): [TaskState, number] => [task, 0])
    .reverse();
  for (let entry = next.pop(); entry; entry = next.pop()) {
    ordered.push(entry);
    const [{ children }, depth] = entry;
    for (const child of [...children].reverse()) {
      const task = tasks.get(child);
      if (task) next.push([task, depth + 1]);
    }
  }
  return ordered;
}
