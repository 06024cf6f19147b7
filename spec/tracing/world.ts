// What the specs of pictures and traces have in common: a program in which everything happens that can be shown.
import { coroutine, Lock, run, runSync, sleep, spawn, yieldNow } from 'treadle';
import type { Coroutine } from 'treadle';
import { Recorder } from 'treadle/tracing';
import type { Recording } from 'treadle/tracing';
import { inSlowTime } from '../support/host.ts';

const step = coroutine('step', function* (ms: number) {
  yield* sleep(ms);
});

const cleaning = coroutine('cleaning', function* () {
  try {
    yield* sleep(1_000);
  } finally {
    yield* sleep(20);
  }
});

/** Five tasks: one that waits for a lock, one that fails, one that is cancelled and cleans up, one that goes on. */
export function* everything(): Coroutine<void> {
  const lock = new Lock({ name: 'lock' });
  yield* lock.acquire();
  yield* spawn(lock.with(step(10)), { name: 'locked' });
  const failing = yield* spawn(
    (function* () {
      yield* step(30);
      throw new Error('it is <broken> & more');
    })(),
    { name: 'failing' },
  );
  const cancelled = yield* spawn(cleaning());
  yield* sleep(20);
  lock.release();
  yield* yieldNow();
  try {
    yield* failing;
  } catch {
    cancelled.cancel('enough');
  }
}

/** A recording of a program on a virtual clock, none of whose steps is so long that its line is written. */
export function recorded(main: () => Coroutine<unknown> = everything, recorder = new Recorder()): Recording {
  try {
    inSlowTime(() => runSync(main(), { instruments: [recorder] }));
  } catch {
    // The recording says it.
  }
  return recorder.recording();
}

/** The same on the system's clock. */
export function recordedReally(main: () => Coroutine<unknown> = everything): Promise<Recording> {
  const recorder = new Recorder();
  const over = () => recorder.recording();
  return run(main(), { instruments: [recorder] }).then(over, over);
}

/** Names that break what does not expect them. */
export const WILD_NAMES: readonly string[] = [
  '"quoted" & \'so\'',
  'two\nlines\tand\u0000\u001b[31m more',
  '🧵 thread 👩‍👩‍👧',
  'a'.repeat(300),
  '</svg><script>alert(1)</script>',
  ']]>',
  '<!-- ',
  '\ud800 half',
  '\u2028 \ufffe',
  '汉字',
  '',
];

/** A task for each of these names. */
export function* wildly(): Coroutine<void> {
  for (const name of WILD_NAMES) yield* spawn(step(5), { name });
  yield* spawn(new Lock({ name: '<lock> & "key"' }).with(sleep(100)));
}
