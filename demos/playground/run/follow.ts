// A schedule with faults. The schedule says what happens without them, and fits no other run. So the program is run
// twice: first without the faults, and then with them, in the order of the first run and with timers as late, up to the
// step where another task is wanted than is ready. From there on everything goes in the engine's order.
//
// Relies on session.

import type { Handle, Task } from 'treadle';
import type { Instrument } from 'treadle/instruments';
import type { LogEvent } from '../walk/log.ts';
import type { Desk } from './desk.ts';
import type { Course } from './drive.ts';
import type { Fault } from './request.ts';

/** The course of a second run, which differs from the first one by the faults only. */
export function withFaults({ schedule, faults = [], ...rest }: Course, first: readonly LogEvent[]): Course {
  const order = first.flatMap((event) =>
    event.kind === 'begins' ? [event.task]
    : event.kind === 'callback' ? [undefined]
    : [],
  );
  const chooser = (desk: Desk): Instrument => {
    let isLost = false;
    return {
      name: 'the order of the first run',
      chooseNext(ready) {
        if (isLost || desk.turn >= order.length) return 0;
        const index = ready.findIndex((one) => idOf(one) === order[desk.turn]);
        isLost = index < 0;
        return Math.max(index, 0);
      },
    };
  };
  return { ...rest, seed: seedOf(schedule), late: 0, order: 'fifo', faults: [...lateness(first), ...faults], chooser };
}

function idOf(waiter: Task | Handle): number | undefined {
  return 'id' in waiter ? waiter.id : undefined;
}

/** Timers that were late. */
function lateness(events: readonly LogEvent[]): Fault[] {
  return events.flatMap((event): Fault[] =>
    event.kind === 'waits' && event.late !== undefined && event.timer !== undefined ?
      [{ kind: 'timer', number: event.timer, late: event.late }]
    : [],
  );
}

/** A schedule begins with its version and its seed, in base 36, from which `random()` is drawn. */
function seedOf(schedule: string | undefined): number {
  const seed = parseInt(schedule?.split('_')[1] ?? '', 36);
  return Number.isNaN(seed) ? 0 : seed;
}
