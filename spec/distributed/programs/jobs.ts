// Functions that the specs of machines call there. No spec of its own.
import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { coroutine, sleep } from 'treadle';
import { lines } from '../../support/files.ts';
import { log, standStill } from '../../workers/jobs.ts';

/** Says that it was started, takes a moment, and gives the square. */
export const noted = async (file: string, x: number, ms: number) => {
  log(file, String(x));
  await wait(ms);
  return x * x;
};

/** Says that it was started, and gives the square when it is told to go on. */
export const whenTold = coroutine('whenTold', function* (file: string, x: number) {
  log(file, String(x));
  while (!lines(file).includes('go on')) yield* sleep(5);
  return x * x;
});

/** The same, for an item of a map. */
export const itemWhenTold = ([file, x]: [string, number]) => whenTold(file, x);

export interface Step {
  readonly file: string;
  readonly x: number;
  readonly ms?: number;
}
/** One item of a long map: says which worker of which host has started it. */
export const step = async ({ file, x, ms = 2 }: Step) => {
  log(file, `${x} ${process.pid} ${process.ppid}`);
  await wait(ms);
  return x * x;
};

/** The event loop of its worker stands still for so long, as if it computed. */
export const blocksFor = (file: string, ms: number) => {
  log(file, 'started');
  standStill(ms);
  return 'done';
};

/** Says when it was asked to end, by the clock of this machine. */
export const cleansUp = coroutine('cleansUp', function* (file: string) {
  try {
    log(file, 'started');
    yield* sleep(60_000);
  } finally {
    log(file, `clean ${Date.now()}`);
  }
});

/** Says when its clean-up begins, which takes a moment. */
export const cleansUpSlowly = coroutine('cleansUpSlowly', function* (file: string) {
  try {
    log(file, 'started');
    yield* sleep(60_000);
  } finally {
    log(file, 'cleaning');
    yield* sleep(200);
  }
});

/** Text that no compression makes small. */
export const text = (length: number) => randomBytes(length / 2).toString('hex');

/** The process of the host whose worker, which is a process, runs this. */
export const host = async (ms = 0) => {
  await wait(ms);
  return process.ppid;
};

// ---- for all executors

/** Takes so long, and gives that. */
export const pause = (ms: number) => wait(ms, ms);
export const squareSlowly = (x: number) => wait(5, x * x);
export const odd = (x: number) => {
  if (x % 2 === 1) return x;
  throw new Error(`${x} is even`);
};
/** Dies each time, and says that it was called. */
export const diesNoted = (file: string) => {
  log(file, 'called');
  process.exit(7);
};
/** Fails each time, and says that it was called. */
export const failsNoted = (file: string) => {
  log(file, 'called');
  throw new Error('noted');
};

/** Takes so long, and says when it has come to its end. */
export const finishes = coroutine('finishes', function* ({ file, ms }: { file: string; ms: number }) {
  log(file, 'started');
  yield* sleep(ms);
  log(file, 'finished');
});
