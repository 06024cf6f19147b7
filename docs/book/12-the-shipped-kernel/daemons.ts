// A session has a connection, which is a daemon, and a query, which needs it to the end.
import { cancel, join, now, Queue, runSync, sleep, spawn, yieldNow } from 'treadle';
import type { Coroutine } from 'treadle';

const outgoing = new Queue<string>();

function* connection(): Coroutine<void> {
  for (;;) {
    const message = yield* outgoing.get();
    console.log(`${yield* now()} ms: sent ${message}`);
  }
}

function* query(): Coroutine<void> {
  yield* outgoing.put('BEGIN');
  try {
    yield* sleep(1_000);
  } finally {
    yield* sleep(10);
    yield* outgoing.put('ROLLBACK');
    yield* yieldNow();
  }
}

function* session(): Coroutine<void> {
  yield* spawn(connection(), { daemon: true });
  yield* join(yield* spawn(query()));
}

function* main(): Coroutine<void> {
  const task = yield* spawn(session());
  yield* sleep(50);
  yield* cancel(task);
  console.log(`${yield* now()} ms: the session is ${task.state}`);
}

runSync(main());
