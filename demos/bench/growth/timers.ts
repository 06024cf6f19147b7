// Growth with the number of timers, on the virtual clock and on the system's. Where possible every timer has a
// millisecond of its own, which is the worst case, because timers of the same millisecond share a list. They are set in
// a shuffled order.
import { EventLoop, run, sleep, spawn, yieldNow } from 'treadle';
import type { Coroutine, Handle } from 'treadle';
import { VirtualClock } from 'treadle/testing';
import { shuffled, since, TIMES } from './kit.ts';
import type { Growth, Timed } from './kit.ts';

/** Later than any sample lasts. */
const FAR = 1e7;
const nothing = () => {};

function set(loop: EventLoop, n: number): { handles: Handle[]; timed: Timed } {
  const delays = shuffled(n);
  const handles: Handle[] = [];
  const start = performance.now();
  for (const delay of delays) handles.push(loop.callAt(FAR + delay, nothing));
  return { handles, timed: since(start, n) };
}

function cancelled(handles: readonly Handle[]): Timed {
  const order = shuffled(handles.length);
  const start = performance.now();
  for (const index of order) handles[index]!.cancel();
  return since(start, handles.length);
}

/** Setting n, cancelling n, and both over and over beside n; the same on both clocks. */
const onClock = (clock: string, make: () => EventLoop): Growth[] => [
  {
    group: `timers, ${clock} clock`,
    name: 'set n',
    once: (n) => {
      const { handles, timed } = set(make(), n);
      cancelled(handles); // the host must not keep them
      return timed;
    },
  },
  { group: `timers, ${clock} clock`, name: 'cancel n, shuffled', once: (n) => cancelled(set(make(), n).handles) },
  {
    group: `timers, ${clock} clock`,
    name: 'set and cancel one beside n',
    once: (n) => {
      const loop = make();
      const { handles } = set(loop, n);
      const delays = shuffled(TIMES);
      const start = performance.now();
      for (const delay of delays) loop.callAt(FAR / 2 + delay, nothing).cancel();
      const timed = since(start, TIMES);
      cancelled(handles);
      return timed;
    },
  },
];

/** Calls back when all have fired, with the time until the last one. */
function fired(
  loop: EventLoop,
  n: number,
  arm: (callback: () => void) => void,
  ready: () => void = nothing,
): Promise<Timed> {
  return new Promise((resolve) => {
    let left = n;
    let start = 0;
    arm(() => {
      if (--left > 0) return;
      resolve(since(start, n));
      loop.stop();
    });
    ready();
    start = performance.now();
    loop.runForever();
  });
}

/** A sleep that uses no processor time. */
const block = (ms: number) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

export const timers: readonly Growth[] = [
  ...onClock('virtual', () => new EventLoop({ clock: new VirtualClock() })),
  {
    group: 'timers, virtual clock',
    name: 'fire n',
    once: (n) => {
      const loop = new EventLoop({ clock: new VirtualClock() });
      return fired(loop, n, (callback) => {
        for (const delay of shuffled(n)) loop.callAt(delay + 1, callback);
      });
    },
  },
  {
    group: 'timers, virtual clock',
    name: 'sleep(1) beside n sleepers',
    once: (n) =>
      run(
        (function* (): Coroutine<Timed> {
          const sleepers = [];
          for (const delay of shuffled(n)) sleepers.push(yield* spawn(sleep(FAR + delay), { daemon: true }));
          yield* yieldNow();
          const start = performance.now();
          for (let i = 0; i < TIMES; i++) yield* sleep(1);
          return since(start, TIMES);
        })(),
        { clock: new VirtualClock() },
      ).then((timed) => timed),
  },
  ...onClock('system', () => new EventLoop()),
  {
    group: 'timers, system clock',
    name: 'run and stop a loop with n',
    nature: 'listing', // timers must not keep the process alive while the loop does not run
    once: async (n) => {
      const loop = new EventLoop();
      const { handles } = set(loop, n);
      const start = performance.now();
      await loop.runUntilComplete(yieldNow());
      const timed = since(start, n);
      cancelled(handles);
      return timed;
    },
  },
  {
    group: 'timers, system clock',
    // They are due when the host gets its turn, so only the work of the engine and the host is measured.
    name: 'fire n, due within 200 ms',
    once: (n) => {
      const loop = new EventLoop();
      const within = 200;
      let last = 0;
      return fired(
        loop,
        n,
        (callback) => {
          const first = loop.now() + 2 + n / 500; // setting them takes less than 2 us each
          for (const delay of shuffled(n)) loop.callAt(first + (delay % within), callback);
          last = first + Math.min(n, within);
        },
        () => block(Math.max(1, last + 2 - loop.now())),
      );
    },
  },
];
