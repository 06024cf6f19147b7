// Who holds each lock. A lock does not say it, but it can be seen: the task whose `acquire` was answered last, or the one
// that was woken from it, because a lock that is released is handed over. Nobody is told when a lock is released and
// nobody waits for it. Then nobody waits for its holder either, so that this does not matter.
//
// Relies on places.

import type { Lock } from 'treadle';
import type { TaskId, Woken } from '../walk/log.ts';
import type { Known, Open } from './known.ts';
import { isLock } from './places.ts';
import type { Places } from './places.ts';

export class Holders {
  private readonly holders = new Map<object, TaskId>();
  /** Tasks that were woken while they waited for a lock: their next step tells whether they have got it. */
  private readonly handed = new Map<Known, { event: Open<Woken>; lock: object; before: TaskId | undefined }>();

  of(place: object | undefined): TaskId | undefined {
    return place && this.holders.get(place);
  }

  /** Locks that are free by now. */
  takeFree(): object[] {
    const free = [...this.holders.keys()].filter((lock) => !(lock as Lock).locked);
    for (const lock of free) this.holders.delete(lock);
    return free;
  }

  answered(known: Known, place: object): void {
    this.holders.set(place, known.id);
  }

  /** Woken while it waited for a lock. */
  woken(known: Known, event: Open<Woken>, places: Places): void {
    const lock = known.object;
    if (lock === undefined || known.isInterrupted || !isLock(lock) || !known.waits?.text.endsWith('.acquire()')) return;
    this.handed.set(known, { event, lock, before: this.holders.get(lock) });
    this.holders.set(lock, known.id);
    event.holds = places.idOf(lock);
  }

  /** Its next step begins. It was not handed the lock if it is cancelled, or its time limit is over. */
  begins(known: Known, isAnswered: boolean): void {
    const handed = this.handed.get(known);
    if (handed === undefined) return;
    this.handed.delete(known);
    if (isAnswered) return;
    const { event, lock, before } = handed;
    delete event.holds;
    if (this.holders.get(lock) !== known.id) return; // it has passed it on
    if (before === undefined) this.holders.delete(lock);
    else this.holders.set(lock, before);
  }
}
