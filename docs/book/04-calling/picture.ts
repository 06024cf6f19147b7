// Three coroutines, each of which calls the next: what the picture shows.
import { runSync, yieldNow } from './engine.ts';

function* a(): Generator<unknown, unknown, any> {
  return yield b();
}

function* b(): Generator<unknown, unknown, any> {
  return yield c();
}

function* c() {
  yield yieldNow();
  yield yieldNow();
  return 'done';
}

runSync(a());
