// What the asyncio tutorials warn of as "coroutine was never awaited": a call without yield* does nothing.
import { coroutine, run, sleep } from 'treadle';
import 'treadle/debug';
import { paint } from '../support/colour.ts';
import { options } from '../support/options.ts';
import { heading, say } from '../support/say.ts';

export const summary = 'a yield* that was forgotten, and who says so';
export const help = `
A call makes a description and runs nothing: that is yield*'s part. Where it is
forgotten, nothing is printed, nothing fails, and the program goes on too early.
asyncio warns "coroutine was never awaited". Debug mode does the same, with the
line: import 'treadle/debug', or start a program with TREADLE_DEBUG=1.

  --delay MS   how long a greeting takes   (default 300)
`;

const greet = coroutine('greet', function* (name: string, ms: number) {
  yield* sleep(ms);
  yield* say(`Hello ${name}`);
});

function* forgetful(delay: number) {
  yield* say('before');
  greet('World', delay); //      yield* is missing: it does not run
  sleep(delay); //               here too: no time passes
  yield* say('after');
}

function* careful(delay: number) {
  yield* say('before');
  yield* greet('World', delay);
  yield* sleep(delay);
  yield* say('after');
}

/** Debug mode calls it with each warning. Without it, warnings go to stderr. */
function warned(warning: string): void {
  const [what, where] = warning.split(', at ');
  // The path from the folder of the demos is enough here.
  const line = where?.replace(/^.*\/(?=demos\/)/, '') ?? '';
  // A busy machine makes slow steps, of which debug mode warns as well.
  if (line !== '') console.log(paint('yellow', `  ${what}\n    at ${line}`));
}

export default function (argv: string[]): void {
  const { delay } = options(argv, { delay: 300 });
  heading('Without yield*:');
  run(forgetful(delay), { debug: warned }).then(() => {
    heading('With it:');
    run(careful(delay), { debug: warned });
  });
}
