// Where faults happen: what the program yields passes here before it is performed. Requests and timers are counted, so
// that a fault can name one, and those that a fault names fail, or are late. Relies on treadle and the note pad.

import { sleep, sleepUntil, timeout } from 'treadle';
import type { Awaitable } from 'treadle';
import type { NotePad } from './note-pad.ts';
import type { Fault } from './request.ts';
import { showYielded, isEffect } from './show.ts';

export class FaultLine {
  requests = 0;
  timers = 0;
  private readonly pad: NotePad;
  private readonly faults: readonly Fault[];

  constructor(pad: NotePad, faults: readonly Fault[]) {
    this.pad = pad;
    this.faults = faults;
  }

  /** Performs it, or lets it fail. `numbers` is told which timer or request it is. */
  perform(
    task: number,
    yielded: unknown,
    next: (yielded: unknown) => unknown,
    numbers: { timer: number | undefined; request: number | undefined },
  ): unknown {
    if (!isEffect(yielded)) return next(yielded);
    if (yielded.kind === 'fetch') {
      const number = (numbers.request = ++this.requests);
      if (!this.faults.some((one) => one.kind === 'request' && one.number === number)) return next(yielded);
      this.pad.add('fault', { what: 'request', task, text: showYielded(yielded), late: undefined });
      throw new TypeError('fetch failed', { cause: new Error('a fault that you asked for') });
    }
    if (!isTimer(yielded)) return next(yielded);
    const number = (numbers.timer = ++this.timers);
    const fault = this.faults.find((one) => one.kind === 'timer' && one.number === number);
    if (fault?.kind !== 'timer') return next(yielded);
    this.pad.add('fault', { what: 'timer', task, text: showYielded(yielded), late: fault.late });
    return next(later(yielded, fault.late));
  }
}

type Effect = { readonly kind: string; readonly payload: unknown };

/** Does it set a timer? `sleep(0)` is a turn, and `sleep(Infinity)` has no end. */
function isTimer({ kind, payload }: Effect): boolean {
  if (kind !== 'sleep' && kind !== 'sleepUntil' && kind !== 'timeout') return false;
  const [time]: unknown[] = Array.isArray(payload) ? payload : [payload];
  return typeof time === 'number' && time > 0 && time < Infinity;
}

function later({ kind, payload }: Effect, late: number): unknown {
  if (kind === 'sleep') return sleep((payload as number) + late);
  if (kind === 'sleepUntil') return sleepUntil((payload as number) + late);
  const [time, work] = payload as [number, Awaitable<unknown>];
  return timeout(time + late, work);
}
