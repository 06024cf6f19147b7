// Ctrl-C, a terminal that closes, `timeout` and systemd send their signal to a whole group: to the program and to its
// processes at the same time. What becomes of the calls is then the program's business: it may cancel them, so that
// they clean up, or finish them first. A signal that was sent to one worker alone ends that worker.
//
// The worker cannot know which of the two it was, so it asks. If the program is gone by then, its line is cut, and the
// worker leaves for that reason. If the program has got the same signal since the last time, it was one for the group.
// If not, the worker sends the signal to itself once more, with nobody listening.
//
// Relies on line, protocol.

import { send } from './line.ts';
import type { Order } from './protocol.ts';

const names: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

// ---- The worker

const ask = (signal: NodeJS.Signals): void => {
  if (process.listenerCount(signal) > 1) return; // code of the user's knows what to do
  send({ treadle: 'signal', signal });
};

export function askAboutSignals(): void {
  for (const name of names) process.on(name, ask);
}

/** It was meant for this worker. */
export function heed(signal: string): void {
  process.removeListener(signal, ask);
  process.kill(process.pid, signal as NodeJS.Signals);
}

// ---- The program

/** How often each has reached the program. */
const counts = new Map<string | symbol, number | undefined>();
const note = (signal: NodeJS.Signals): void => void counts.set(signal, (counts.get(signal) ?? 0) + 1);

// A listener keeps Node from ending the process. So `note` listens only as long as somebody else does: without that the
// program ends, and has nothing to note.
const others = (name: string | symbol): boolean =>
  process.listeners(name as NodeJS.Signals).some((one) => one !== note);
const isName = (name: string | symbol): name is NodeJS.Signals => (names as readonly unknown[]).includes(name);
const follow = (name: string | symbol, listener: unknown): void => {
  if (isName(name) && listener !== note && !others(name)) process.prependListener(name, note);
};
const unfollow = (name: string | symbol): void => {
  if (isName(name) && !others(name)) process.removeListener(name, note);
};

let workers = 0;

function watch(): void {
  if (workers++ > 0) return;
  for (const name of names) if (others(name)) process.prependListener(name, note);
  process.on('newListener', follow);
  process.on('removeListener', unfollow);
}

function unwatch(): void {
  if (--workers > 0) return;
  process.removeListener('newListener', follow);
  process.removeListener('removeListener', unfollow);
  for (const name of names) process.removeListener(name, note);
}

/** How long a signal may be on its way: systemd goes from process to process. */
const MOMENT = 250;

/**
 * For one worker, from its start to its end: what answers its question about a signal, and what ends this.
 */
export function signalsOf(post: (order: Order) => void): { answer(signal: string): void; end(): void } {
  const known = new Map<string | symbol, number | undefined>(counts);
  watch();
  return {
    answer(signal) {
      setTimeout(() => {
        const count = counts.get(signal);
        if (count === known.get(signal)) post({ treadle: 'signal', signal });
        else known.set(signal, count);
      }, MOMENT).unref();
    },
    end: unwatch,
  };
}
