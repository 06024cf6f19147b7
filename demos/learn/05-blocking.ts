// A sleep that blocks the thread, beside one that does not.
import { all, run, sleep, spawn } from 'treadle';
import { options } from '../support/options.ts';
import { heading, say } from '../support/say.ts';

export const summary = 'a sleep that blocks the thread, beside one that does not';
export const help = `
All tasks share one thread. yield* sleep(ms) leaves it to the others. Code that
computes or blocks keeps it, and every task, timer and socket of the program
stands still. Watch the ticks, and the time that the two workers take.

  --delay MS   how long a worker takes   (default 1000)
`;

/** Holds the thread, as a long computation, readFileSync or Python's time.sleep does. */
function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function* rude(name: string, ms: number) {
  yield* say(`${name} begins`);
  block(ms); // no yield: until the next line runs, nothing else happens in this program
  yield* say(`${name} ends`);
}

function* polite(name: string, ms: number) {
  yield* say(`${name} begins`);
  yield* sleep(ms);
  yield* say(`${name} ends`);
}

function* ticker(ms: number) {
  for (;;) {
    yield* sleep(ms);
    yield* say('        tick');
  }
}

function* scene(title: string, worker: typeof rude, delay: number) {
  heading(title);
  // A task waits for the children that it spawned, but it cancels its daemons. This one would tick for ever.
  yield* spawn(ticker(delay / 4), { name: 'ticker', daemon: true });
  yield* all([worker('A', delay), worker('B', delay)]);
  yield* say('both are done');
}

export default function (argv: string[]): void {
  const { delay } = options(argv, { delay: 1000 });
  // Two programs, each with an event loop of its own, whose time begins at 0.
  run(scene(`block(${delay}): one after the other, and not one tick`, rude, delay)).then(() =>
    run(scene(`yield* sleep(${delay}): both at once, and the ticks go on`, polite, delay)),
  );
}
