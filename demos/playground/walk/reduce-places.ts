// The places of a state after an event: who holds a lock, who waits where, how much is in a queue. Relies on nothing but
// types.

import type { Log, LogEvent } from './log.ts';
import type { Draft } from './reduce.ts';
import type { PlaceState } from './state.ts';

/** Before the event is applied to its task: what that waited on until now is still to be seen. */
export function applyToPlaces(draft: Draft, event: LogEvent, log: Log): void {
  const change = (id: number, fields: Partial<PlaceState>) => {
    const { type, name } = log.places[id] ?? { type: '', name: '' };
    const known = draft.places.get(id) ?? { id, type, name, holder: undefined, waiters: [], size: undefined };
    draft.places.set(id, { ...known, ...fields });
  };
  const waitersOf = (id: number) => draft.places.get(id)?.waiters ?? [];
  switch (event.kind) {
    case 'answers':
      if (event.place !== undefined) change(event.place, event.holds ? { holder: event.task } : {});
      break;
    case 'waits':
      if (event.place === undefined) break;
      change(event.place, { waiters: [...waitersOf(event.place), event.task] });
      if (event.holder !== undefined) change(event.place, { holder: event.holder });
      break;
    case 'puts':
      change(event.place, { size: event.size });
      break;
    case 'frees':
      change(event.place, { holder: undefined });
      break;
    case 'woken':
    case 'over': {
      const place = draft.tasks.get(event.task)?.wait?.place;
      if (place !== undefined && waitersOf(place).includes(event.task))
        change(place, { waiters: waitersOf(place).filter((id) => id !== event.task) });
      if (event.kind === 'woken' && event.holds !== undefined) {
        change(event.holds, { holder: event.task });
        for (const id of waitersOf(event.holds)) tellHolder(draft, id, event.task);
      }
      break;
    }
  }
}

/** Another task holds now what this one waits for. */
function tellHolder({ tasks }: Draft, id: number, holder: number): void {
  const task = tasks.get(id);
  if (task?.wait) tasks.set(id, { ...task, wait: { ...task.wait, holder } });
}
