// Placeholder: defines and runs a coroutine.
import { run, sleep } from 'treadle';

export const summary = 'defining and running a coroutine; what calling it does not do';
export const help = `
Calling a generator function runs nothing: it only makes the coroutine. run() does.
`;

function* hello(name: string) {
  console.log('hello');
  yield* sleep(10);
  console.log(name);
  return name.length;
}

export default function (argv: string[]): void {
  run(hello(argv[0] ?? 'world'));
}
