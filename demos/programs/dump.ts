// A crawl in flight, and two tasks that are stuck: what each is doing, with the line where it waits.
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { all, coroutine, fetch, Lock, main, map, sleep, spawn, suspend, use } from 'treadle';
import { dump } from 'treadle/tracing';
import { options } from '../support/options.ts';

export const summary = 'what every task is doing, and in which line it waits';
export const help = `
Crawls a slow site of its own, four pages at once. In the middle of that it
prints dump(): the tree of all tasks, with the line where each frame is
suspended. Then two tasks wait for each other, and the DeadlockError says in
which lines.

  --delay MS   how long the site takes for a page                (default 300)
  --hold       crawls until Ctrl-C, and says how to look into it from outside:
               with npx treadle ps, and with the signal SIGQUIT (Ctrl-\\)
`;

const page = coroutine('page', function* (url: string) {
  const response = yield* fetch(url);
  return yield* response.text();
});

const section = coroutine('section', function* (site: string, name: string, pages: number) {
  const urls = Array.from({ length: pages }, (_, n) => `${site}/${name}/${n + 1}`);
  const texts = yield* map(urls, (url) => page(url), { concurrency: 2 });
  return texts.length;
});

const crawl = coroutine('crawl', function* (site: string, pages: number) {
  yield* all([section(site, 'news', pages), section(site, 'shop', pages)]);
});

/** Each takes one lock, and then wants the one that the other has. */
const transfer = coroutine('transfer', function* (from: Lock, to: Lock) {
  yield* from.acquire();
  yield* sleep(10);
  yield* to.acquire();
});

const bank = coroutine('bank', function* () {
  const savings = new Lock({ name: 'savings' });
  const checking = new Lock({ name: 'checking' });
  yield* spawn(transfer(checking, savings), { name: 'save' });
  yield* spawn(transfer(savings, checking), { name: 'spend' });
});

const openSite = (delay: number) =>
  suspend<Server>((resume) => {
    const server = createServer((request, response) => {
      setTimeout(() => response.end(`the page ${request.url}`), delay);
    });
    server.listen(0, '127.0.0.1', () => resume(server));
  });

function close(server: Server): void {
  server.close();
  server.closeAllConnections();
}

const program = coroutine('program', function* (delay: number, hold: boolean) {
  const site = { acquire: () => openSite(delay), release: close };
  yield* use(site, function* (server) {
    const { port } = server.address() as AddressInfo;
    const crawling = yield* spawn(crawl(`http://127.0.0.1:${port}`, hold ? 10_000 : 3));
    yield* sleep(delay / 2);
    console.log(`The crawl, when it has just begun:\n\n${dump()}\n`);
    if (hold) {
      console.log(`Look into it:  npx treadle ps ${process.pid}`);
      console.log(`           or  kill -QUIT ${process.pid}    (or Ctrl-\\ here)`);
      console.log('Ctrl-C ends it.');
    }
    yield* crawling;
  });
  console.log('And two tasks that wait for each other:\n');
  yield* bank();
});

export default function (argv: string[]): void {
  const { delay, hold } = options(argv, { delay: 300, hold: false });
  main(program(delay, hold), { dumpOn: 'SIGQUIT' });
}
