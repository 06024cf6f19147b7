// One coroutine calls another.
import { runSync, sleep } from './engine.ts';

function* greeting(name: string) {
  yield* sleep(100);
  return `Hello, ${name}!`;
}

function* main() {
  greeting('Ada');
  try {
    const text: string = yield greeting('Grace');
    console.log(text);
  } catch (error) {
    console.log(String(error));
  }
}

runSync(main());
