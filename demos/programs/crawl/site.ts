/**
 * A slow web site on 127.0.0.1 to try the crawler on. Every page takes time, and
 * some do what pages do out there: they fail, hang, or redirect in a circle.
 *
 * The server is made of tasks, too. Node's request handler only puts requests
 * into a queue. A daemon task takes them from there and spawns a task for each
 * answer, which sleeps for as long as its page takes. When a visitor hangs up,
 * the task of that answer is cancelled.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { type Awaitable, cancel, coroutine, ensure, fromCallback, Queue, race, sleep, spawn, suspend } from 'treadle';
import { BadInput } from './options.ts';

interface SlowPage {
  readonly title: string;
  /** How long the server takes to answer, in ms. */
  readonly takes: number;
  readonly links?: readonly string[];
  readonly gzip?: boolean;
  readonly charset?: 'latin1';
  /** Extra markup for the head. */
  readonly head?: string;
}

/** What some addresses do instead of answering with a page. */
type Trouble =
  | { readonly does: 'redirect'; readonly takes: number; readonly to: string }
  | {
      readonly does: 'fail';
      readonly takes: number;
      readonly status: number;
      /** Fails only the first, third, ... request. */
      readonly recovers?: boolean;
    }
  | { readonly does: 'reset'; readonly takes: number }
  | { readonly does: 'hang' }
  | { readonly does: 'file'; readonly takes: number; readonly type: string };

export const PAGES: Readonly<Record<string, SlowPage>> = {
  '/': {
    title: 'The slow mill',
    takes: 150,
    links: [
      '/looms/',
      '/threads/',
      '/patterns/',
      '/people/',
      '/odd/',
      '/#about',
      '/index.html',
      '/private/wages',
      'https://example.com/',
      'mailto:mill@example.com',
    ],
  },
  '/index.html': { title: 'The slow mill', takes: 150, links: ['/', '/looms/#jacquard', '/threads/?', '/odd/hangs'] },
  '/looms/': {
    title: 'Looms',
    takes: 180,
    gzip: true,
    links: ['backstrap', 'warp-weighted', 'treadle', 'dobby', 'jacquard', 'air-jet#speed', '../'],
  },
  '/looms/backstrap': { title: 'The backstrap loom', takes: 210, links: ['treadle', '#top'] },
  '/looms/warp-weighted': { title: 'The warp-weighted loom', takes: 260, gzip: true, links: ['treadle'] },
  '/looms/treadle': {
    title: 'The treadle loom',
    takes: 320,
    links: ['treadle#the-foot-lever', 'dobby', '/people/heddle-maker'],
  },
  '/looms/dobby': { title: 'The dobby loom', takes: 190, links: ['jacquard'] },
  '/looms/jacquard': {
    title: 'Métier Jacquard',
    takes: 280,
    charset: 'latin1',
    links: ['/patterns/cards.pdf', '/people/jacquard'],
  },
  '/looms/air-jet': { title: 'The air-jet loom', takes: 130, links: ['./'] },
  '/threads/': { title: 'Threads', takes: 160, links: ['wool', 'linen', 'silk', 'cotton', '%77ool'] },
  '/threads/wool': { title: 'Wool', takes: 240, gzip: true, links: ['linen', 'silk'] },
  '/threads/linen': { title: 'Linen', takes: 170, links: ['wool'] },
  '/threads/silk': { title: 'Silk', takes: 350, links: ['cotton'] },
  '/threads/cotton': { title: 'Cotton', takes: 140, links: ['../threads/./wool'] },
  '/patterns/': {
    title: 'Patterns',
    takes: 220,
    head: '<base href="/patterns/sheets/">',
    links: ['twill', 'satin', 'herringbone', 'plain', '../new'],
  },
  '/patterns/sheets/twill': { title: 'Twill', takes: 180, gzip: true, links: ['satin'] },
  '/patterns/sheets/satin': { title: 'Satin', takes: 230, links: ['plain'] },
  '/patterns/sheets/herringbone': { title: 'Herringbone', takes: 160, links: ['twill'] },
  '/patterns/sheets/plain': { title: 'Plain weave', takes: 110, links: ['/patterns/'] },
  '/patterns/latest': { title: 'The latest patterns', takes: 200, links: ['/patterns/'] },
  '/people/': { title: 'People', takes: 170, links: ['jacquard', 'heddle-maker', 'spinner'] },
  '/people/jacquard': { title: 'Joseph Marie Jacquard', takes: 190, gzip: true, links: ['/looms/jacquard'] },
  '/people/heddle-maker': { title: 'The heddle maker', takes: 150 },
  '/people/spinner': { title: 'The spinner', takes: 120, links: ['/threads/'] },
  '/odd/': {
    title: 'Odd addresses',
    takes: 100,
    links: ['missing', 'flaky', 'broken', 'cuts-the-line', 'hangs', 'circle/1', 'leaves'],
  },
  '/private/wages': { title: 'Wages', takes: 100 },
};

const TROUBLES: Readonly<Record<string, Trouble>> = {
  '/odd/missing': { does: 'fail', takes: 80, status: 404 },
  '/odd/flaky': { does: 'fail', takes: 120, status: 500, recovers: true },
  '/odd/broken': { does: 'fail', takes: 70, status: 503 },
  '/odd/cuts-the-line': { does: 'reset', takes: 60 },
  '/odd/hangs': { does: 'hang' },
  '/odd/circle/1': { does: 'redirect', takes: 50, to: '/odd/circle/2' },
  '/odd/circle/2': { does: 'redirect', takes: 50, to: '/odd/circle/3' },
  '/odd/circle/3': { does: 'redirect', takes: 50, to: '/odd/circle/1' },
  '/odd/leaves': { does: 'redirect', takes: 60, to: 'https://example.com/' },
  '/patterns/new': { does: 'redirect', takes: 70, to: '/patterns/latest' },
  '/patterns/cards.pdf': { does: 'file', takes: 90, type: 'application/pdf' },
};

const ROBOTS = 'User-agent: *\nDisallow: /private/\n';

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Opens the site for as long as the visit lasts, and closes it again, however the visit ends. */
export const openSite = coroutine(
  'slow site',
  function* (scale: number, port: number, visit: (start: URL) => Awaitable<void>) {
    const exchanges = new Queue<Exchange>();
    const server = createServer((request, response) => exchanges.putNowait({ request, response }));
    yield* listen(server, port);
    const clerk = yield* spawn(answerAll(exchanges, scale), { name: 'slow site', daemon: true });
    const { port: opened } = server.address() as AddressInfo;
    yield* ensure(visit(new URL(`http://127.0.0.1:${opened}/`)), function* () {
      yield* cancel(clerk, 'the site closes');
      server.closeAllConnections();
      yield* fromCallback<void>((done) => server.close(done));
    });
  },
);

const listen = coroutine('listen', function* (server: Server, port: number) {
  try {
    yield* suspend<void>((resume, fail) => {
      server.once('error', fail);
      server.listen(port, '127.0.0.1', () => resume());
      return () => server.close();
    });
  } catch (error) {
    throw new BadInput(`cannot serve on port ${port}: ${(error as Error).message}`, { cause: error });
  }
});

const answerAll = coroutine('answer all', function* (exchanges: Queue<Exchange>, scale: number) {
  const requests = new Map<string, number>();
  while (true) {
    const exchange = yield* exchanges.get();
    const path = new URL(exchange.request.url ?? '/', 'http://127.0.0.1').pathname;
    const nth = (requests.get(path) ?? 0) + 1;
    requests.set(path, nth);
    yield* spawn(race([answer(exchange, path, nth, scale), hangUp(exchange)]), { name: `answer ${path}` });
  }
});

/** Waits until the visitor is gone. */
const hangUp = ({ response }: Exchange) =>
  suspend<void>((resume) => {
    const over = () => resume();
    response.once('close', over);
    return () => response.off('close', over);
  });

const answer = coroutine(
  'answer',
  function* ({ request, response }: Exchange, path: string, nth: number, scale: number) {
    const page = PAGES[path];
    const trouble = TROUBLES[path];
    if (page !== undefined) {
      yield* sleep(page.takes * scale);
      const charset = page.charset ?? 'utf-8';
      const body = Buffer.from(html(page), page.charset ?? 'utf8');
      const zipped = page.gzip && /\bgzip\b/.test(String(request.headers['accept-encoding']));
      response.writeHead(200, {
        'content-type': `text/html; charset=${charset}`,
        ...(zipped && { 'content-encoding': 'gzip' }),
      });
      response.end(zipped ? gzipSync(body) : body);
    } else if (path === '/robots.txt') {
      yield* sleep(30 * scale);
      response.writeHead(200, { 'content-type': 'text/plain' }).end(ROBOTS);
    } else if (trouble === undefined || (trouble.does === 'fail' && !(trouble.recovers && nth % 2 === 0))) {
      yield* sleep((trouble?.takes ?? 40) * scale);
      response.writeHead(trouble?.status ?? 404, { 'content-type': 'text/html' }).end('<title>Sorry</title>');
    } else if (trouble.does === 'fail') {
      yield* sleep(trouble.takes * scale);
      response.writeHead(200, { 'content-type': 'text/html' }).end('<title>Up again</title>');
    } else if (trouble.does === 'redirect') {
      yield* sleep(trouble.takes * scale);
      response.writeHead(302, { location: trouble.to }).end();
    } else if (trouble.does === 'reset') {
      yield* sleep(trouble.takes * scale);
      request.socket.resetAndDestroy();
    } else if (trouble.does === 'file') {
      yield* sleep(trouble.takes * scale);
      response.writeHead(200, { 'content-type': trouble.type, 'content-length': 50_000_000 });
      while (true) {
        response.write(Buffer.alloc(10_000)); // for as long as the visitor reads it
        yield* sleep(20);
      }
    } else {
      yield* suspend<never>(() => {}); // it hangs
    }
  },
);

function html({ title, head = '', links = [] }: SlowPage): string {
  const list = links.map((href) => `    <li><a href="${href}">${href}</a>`).join('\n');
  const text = `${title} is a page of the slow mill, and takes its time. `.repeat(30);
  return `<!doctype html>
<html lang="en">
  <head>${head}<title>${title}</title></head>
  <body>
    <h1>${title}</h1>
    <p>${text}</p>
    <ul>
${list}
    </ul>
    <p><a href="/private/login" rel="nofollow">staff only</a></p>
  </body>
</html>
`;
}
