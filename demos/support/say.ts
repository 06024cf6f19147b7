// How the demos print: each line with the loop's time in front.
import { coroutine, now } from 'treadle';

/** Prints a line: `yield* say('done')`. It is a coroutine so that it can ask the loop for the time. */
export const say = coroutine('say', function* (...things: unknown[]) {
  console.log(`${(yield* now()).toFixed(0).padStart(6)} ms `, ...things);
});
