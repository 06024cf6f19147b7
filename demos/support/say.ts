// A part of the small demos, not a demo: it has no `summary`.
import { coroutine, now } from 'treadle';

/** Prints a line with the loop's time in front: `yield* say('done')`. A coroutine itself, so that it can ask for the time. */
export const say = coroutine('say', function* (...things: unknown[]) {
  console.log(`${(yield* now()).toFixed(0).padStart(6)} ms `, ...things);
});
