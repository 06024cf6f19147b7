// A task waits for an answer, which a callback of the host brings after 10 ms.
import { EventLoop, Future } from './engine.ts';

const loop = new EventLoop();
const answer = new Future<string>(loop);
setTimeout(() => answer.setResult('pong'), 10);

function* main() {
  console.log('ping');
  console.log(yield* answer);
}

loop.createTask(main());
loop.runForever();
