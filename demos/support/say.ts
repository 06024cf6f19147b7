// How the demos print: each line with the loop's time in front, and headings between them.
import { coroutine, now } from 'treadle';
import { paint } from './colour.ts';

/** Prints a line: `yield* say('done')`. It is a coroutine so that it can ask the loop for the time. */
export const say = coroutine('say', function* (...things: unknown[]) {
  console.log(paint('dim', `${(yield* now()).toFixed(0).padStart(6)} ms `), ...things);
});

/** Prints the title of what comes next, below an empty line. */
export function heading(title: string): void {
  console.log(`\n${paint('bold', title)}`);
}
