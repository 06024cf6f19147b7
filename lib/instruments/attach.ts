// Attaching instruments: to one loop, to all loops that start from now on, and by the option `instruments`, for which
// this file fills the core's slot (loop/watching.ts). Relies on the watch and the loop.

import { Task } from '../kernel/task.ts';
import { liveTasks } from '../host/deadlock.ts';
import { runningLoops } from '../host/loops.ts';
import { Loop } from '../loop/loop.ts';
import { watching } from '../loop/watching.ts';
import { mustBe } from '../words/messages.ts';
import { seeEffectsMade } from './effects-made.ts';
import type { Instrument } from './instrument.ts';
import { seeItemsPut } from './items-put.ts';
import { EVENTS, isWatched, watchOf } from './watch.ts';
import { watchLoop } from './watch-loop.ts';

/**
 * Attaches an instrument to a loop, or to the loop of a task. Gives a function that detaches it. Tasks that are alive
 * are told first, with `taskSpawned`. The same instrument may be attached to several loops, but once to each.
 * Throws a `TypeError` if either argument is of the wrong kind.
 *
 * @example
 * const main = run(program());
 * const detach = attach(main, { stepBegins: (task) => console.log(`${task}`) });
 */
export function attach(target: Loop | Task<any>, instrument: Instrument): () => void {
  const loop = target instanceof Task ? target.loop : target;
  if (!(loop instanceof Loop)) throw new TypeError(mustBe('attach', 'a loop or a task', target));
  attachTo(loop, checkInstrument('attach', instrument));
  return () => {
    const watch = watchOf(loop);
    if (!watch.remove(instrument)) return;
    watch.call(instrument, 'detached', [loop]);
    lookForCuriosity(loop);
  };
}

/**
 * From now on each loop that starts gets the instrument that `make` gives for it, or none. Gives a function that ends
 * this. For what is loaded from outside, with `node --import`. Throws a `TypeError` if `make` is not a function.
 *
 * @example
 * instrumentEveryLoop(() => ({ taskSpawned: (task) => console.log(`${task}`) }));
 */
export function instrumentEveryLoop(make: (loop: Loop) => Instrument | undefined): () => void {
  if (typeof make !== 'function')
    throw new TypeError(mustBe('instrumentEveryLoop', 'a function (loop) => instrument', make));
  makers.add(make);
  return () => void makers.delete(make);
}

const makers = new Set<(loop: Loop) => Instrument | undefined>();
/** An EventLoop may be started again. */
const equipped = new WeakSet<Loop>();

function attachTo(loop: Loop, instrument: Instrument): void {
  const watch = isWatched(loop) ? watchOf(loop) : watchLoop(loop);
  if (watch.instruments.includes(instrument)) return;
  watch.add(instrument);
  for (const task of liveTasks(loop)) watch.call(instrument, 'taskSpawned', [task, undefined]);
  lookForCuriosity(loop);
}

/** Does an instrument of this loop want to see effects being made, or items being put? Only while the loop runs. */
function lookForCuriosity(loop: Loop): void {
  const watch = watchOf(loop);
  const runs = runningLoops.has(loop);
  seeEffectsMade(watch, runs && watch.listeners.effectMade.length > 0);
  seeItemsPut(watch, runs && watch.listeners.itemPut.length > 0);
}

function checkInstrument(who: string, instrument: Instrument): Instrument {
  const methods: readonly string[] = [...EVENTS, 'chooseNext', 'performEffect'];
  if (methods.some((name) => typeof (instrument as Record<string, unknown> | undefined)?.[name] === 'function'))
    return instrument;
  // A misspelt name is the usual reason.
  const others = typeof instrument === 'object' && instrument ? Object.keys(instrument) : [];
  const has = others.length > 0 ? ` with ${others.slice(0, 5).join(', ')}` : '';
  throw new TypeError(mustBe(who, 'an instrument, an object with methods such as stepBegins', instrument) + has);
}

watching.instruments = {
  check(instruments) {
    if (instruments === undefined) return;
    if (!Array.isArray(instruments)) throw new TypeError(mustBe('the option instruments', 'an array', instruments));
    for (const instrument of instruments) checkInstrument('the option instruments', instrument as Instrument);
  },
  starts(loop) {
    if (!equipped.has(loop)) {
      equipped.add(loop);
      for (const instrument of loop._instruments ?? []) attachTo(loop, instrument);
      for (const make of makers) {
        const instrument = make(loop);
        if (instrument) attachTo(loop, instrument);
      }
    }
    if (isWatched(loop)) lookForCuriosity(loop);
  },
  ends(loop) {
    if (!isWatched(loop)) return;
    const watch = watchOf(loop);
    watch.tell(watch.listeners.loopEnds, loop);
    lookForCuriosity(loop);
  },
};
