// Five requests to a slow server: one after another, then all together.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { all, coroutine, fetch, main, now, suspend } from 'treadle';
import type { Effect } from 'treadle';
import { options } from '../support/options.ts';
import { say } from '../support/say.ts';

export const summary = 'five slow requests: 15 s one after another, 3 s together';
export const help = `
Starts a server on 127.0.0.1 that takes 3 s for each answer, and sends it five
requests: first one after another, then all at once. Waiting is not work: one
thread can wait for any number of answers.

  --delay MS   how long the server takes to answer   (default 3000)

Ctrl-C stops it: requests under way are aborted, and the server is closed.
`;

const page = coroutine('page', function* (url: string) {
  const response = yield* fetch(url);
  const text = yield* response.text();
  yield* say(text);
  return text;
});

const oneByOne = coroutine('one by one', function* (urls: string[]) {
  const pages: string[] = [];
  for (const url of urls) pages.push(yield* page(url));
  return pages;
});

const together = (urls: string[]) => all(urls.map((url) => page(url)));

/** Does the work, and gives the seconds that it took. */
const timed = coroutine('timed', function* (title: string, work: Effect<string[]>) {
  console.log(`${title}:`);
  const start = yield* now();
  yield* work;
  const seconds = ((yield* now()) - start) / 1000;
  yield* say(`that took ${seconds.toFixed(2)} s\n`);
  return seconds;
});

function* program(delay: number) {
  const server = createServer((request, response) => {
    const timer = setTimeout(() => response.end(`the answer to ${request.url}`), delay);
    response.once('close', () => clearTimeout(timer));
  });
  // suspend() is the bridge to callbacks: the coroutine waits until `resume` is called.
  yield* suspend((resume) => {
    server.listen(0, '127.0.0.1', resume);
  });
  try {
    const { port } = server.address() as AddressInfo;
    const urls = [1, 2, 3, 4, 5].map((n) => `http://127.0.0.1:${port}/${n}`);
    const slow = yield* timed('one after another', oneByOne(urls));
    const quick = yield* timed('together', together(urls));
    yield* say(`${(slow / quick).toFixed(1)} times as fast`);
  } finally {
    // Runs at the normal end, after an error, and after Ctrl-C.
    server.close();
    server.closeAllConnections();
  }
}

export default function (argv: string[]): void {
  const { delay } = options(argv, { delay: 3000 });
  main(program(delay));
}
