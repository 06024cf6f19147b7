// For the picture: a task that sleeps, one that waits for somebody outside, and a host that can be watched.
import { EventLoop, sleep, spawn, suspend, VirtualHost } from './engine.ts';

const host = new VirtualHost();

function* writer() {
  yield* sleep(10);
  yield* sleep(15);
}

function* reader() {
  yield* suspend((resume) =>
    host.later(20, function answer() {
      resume();
    }),
  );
}

function* main() {
  yield* spawn(reader());
  yield* spawn(writer());
}

const loop = new EventLoop(host);
loop.createTask(main());
loop.start();
host.run();
