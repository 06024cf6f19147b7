// How often must a coroutine be resumed to sleep for a tenth of a second?
import { EventLoop, sleep } from './engine.ts';

function* nap() {
  yield* sleep(100);
}

/** Drives `work` by hand, hands on what it yields, and counts. */
function* counted(work: Generator<unknown, void, unknown>): Generator<unknown, void, any> {
  let turns = 0;
  for (let step = work.next(); !step.done; step = work.next(yield step.value)) turns++;
  console.log(turns > 100 ? 'It slept, in more than 100 turns.' : `It slept, in ${turns} turn.`);
}

const loop = new EventLoop();
loop.createTask(counted(nap()));
loop.runForever();
