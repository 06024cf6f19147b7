// Two players, who should hit the ball in turns.
import { EventLoop, yieldNow } from './engine.ts';

function* player(name: string) {
  for (let ball = 1; ball <= 3; ball++) {
    console.log(`${name} ${ball}`);
    yield yieldNow();
  }
}

const loop = new EventLoop();
loop.createTask(player('ping'));
loop.createTask(player('pong'));
loop.runForever();
