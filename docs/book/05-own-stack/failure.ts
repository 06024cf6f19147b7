// Three pages are loaded at the same time, and one of them is missing.
import { runSync, sleep, spawn } from './engine.ts';

function* page(path: string, ms: number) {
  yield* sleep(ms);
  if (path === '/b') throw new Error(`404 ${path}`);
  console.log(`200 ${path}`);
}

function* main() {
  yield* spawn(page('/a', 20));
  yield* spawn(page('/b', 10));
  yield* spawn(page('/c', 30));
}

try {
  runSync(main());
} catch (error) {
  console.log((error as Error).message);
}
