// A race. The runners wait for the shot, and others wait for the runners.
import { currentTask, Future, join, now, runSync, sleep, spawn } from './engine.ts';
import type { Task } from './engine.ts';

function* runner(name: string, ms: number, shot: Future<void>) {
  yield* join(shot);
  yield* sleep(ms);
  if (name === 'Bo') throw new Error('Bo has fallen');
  return `${name} is there`;
}

function* listener(who: string, ms: number, runner: Task<string>) {
  yield* sleep(ms);
  try {
    const news = yield* join(runner);
    console.log(`${yield* now()} ms: ${who} hears: ${news}`);
  } catch (error) {
    console.log(`${yield* now()} ms: ${who} hears: ${(error as Error).message}`);
  }
}

function* main() {
  const { loop } = yield* currentTask();
  const shot = new Future<void>(loop);
  const ada = yield* spawn(runner('Ada', 100, shot));
  const bo = yield* spawn(runner('Bo', 50, shot));
  yield* spawn(listener('the crowd', 0, ada));
  yield* spawn(listener('the coach', 0, bo));
  yield* spawn(listener('the doctor', 0, bo));
  yield* sleep(20);
  shot.setResult();
  yield* sleep(10);
  const cy = yield* spawn(runner('Cy', 100, shot));
  yield* spawn(listener('the radio', 150, bo));
  yield* spawn(listener('the paper', 170, cy));
}

runSync(main());
