// One cook and three dishes at the same time.
import { EventLoop, yieldNow } from './engine.ts';

const loop = new EventLoop();

function* dish(name: string, ...steps: string[]) {
  for (const step of steps) {
    console.log(`${name}: ${step}`);
    yield yieldNow();
  }
  console.log(`${name}: ready`);
  if (name === 'toast') loop.createTask(dish('jam', 'open the jar'));
}

loop.createTask(dish('tea', 'boil the water', 'pour'));
loop.createTask(dish('toast', 'slice the bread'));
loop.createTask(dish('eggs', 'break', 'stir', 'fry'));
loop.runForever();
