// The crawl demo as a person runs it: a process, its output and its exit code. Only some of the runs begin with
// `node demos crawl`, which takes the types out of 25 files; the others are the same module as plain JavaScript.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { refusal } from '../../../support/demo-module.ts';
import { plainArguments } from '../../../support/demo.ts';
import { start as startProgram } from '../../../support/programs.ts';
import { listening } from '../../../support/servers.ts';

const scratch = mkdtempSync(join(tmpdir(), 'treadle-crawl-'));

test.after(() => rmSync(scratch, { recursive: true, force: true }));

/** Starts the demo; `seen(text)` waits until it has printed that. */
const startByName = (...args: string[]) =>
  startProgram(process.execPath, ['demos', 'crawl', ...args], { limit: 400_000 });
const start = (...args: string[]) =>
  startProgram(process.execPath, plainArguments('crawl', ...args), { limit: 400_000 });

const crawlByName = (...args: string[]) => startByName(...args).ended;
const crawl = (...args: string[]) => start(...args).ended;

interface Page {
  readonly url: string;
  readonly kind: string;
  readonly status?: number;
  readonly reason?: string;
  readonly title?: string;
  readonly tries: number;
  readonly bytes?: number;
  readonly depth: number;
  readonly links?: string[];
  readonly to?: string;
  readonly from: string | null;
}

interface Data {
  readonly pages: Page[];
  readonly found: number;
  readonly leftOut: number;
  readonly stopped: string | null;
  readonly elapsed: number;
  readonly concurrency: number;
}

const read = <T = Data>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T;
const pathOf = (url: string) => new URL(url).pathname;
const byPath = (data: Data) => new Map(data.pages.map((page) => [pathOf(page.url), page]));

/** The demo's own site, a process of its own, for as long as `use` takes. */
async function withSite(use: (url: string) => Promise<void>): Promise<void> {
  const site = start('--serve', '--scale', '0.1');
  const [url] = await site.seen(/http:\S+/);
  try {
    await use(url);
  } finally {
    site.child.kill('SIGINT');
    assert.is((await site.ended).code, 130);
  }
}

/** A server in this process that answers as told, and remembers the requests. */
async function withServer(
  answer: (path: string, response: ServerResponse, request: IncomingMessage) => void,
  use: (url: string, log: { path: string; at: number; most: number }[], server: Server) => Promise<void>,
): Promise<void> {
  const log: { path: string; at: number; most: number }[] = [];
  let now = 0;
  const server = createServer((request, response) => {
    log.push({ path: request.url ?? '', at: performance.now(), most: ++now });
    response.on('close', () => now--);
    answer(request.url ?? '', response, request);
  });
  const port = await listening(server);
  try {
    await use(`http://127.0.0.1:${port}/`, log, server);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const html = (response: ServerResponse, ...links: string[]) => {
  response.setHeader('content-type', 'text/html');
  response.end(`<title>a page</title>${links.map((link) => `<a href="${link}">x</a>`).join('')}`);
};

for (const [what, args, message] of [
  ['a host that does not exist', ['http://no-such-host.invalid/'], /^crawl: no such host.*no-such-host\.invalid/],
  ['what is not a URL', ['nonsense'], /^crawl: "nonsense" is not a URL\n/],
  [
    'a URL without its scheme',
    ['localhost:80'],
    /^crawl: "localhost:80" is not a URL \(did you mean http:\/\/localhost:80\?\)\n/,
  ],
  ['a scheme that cannot be crawled', ['ftp://127.0.0.1/'], /^crawl: .*only http: and https: addresses can/],
  ['an unknown option', ['--concurency', '3'], /^crawl: Unknown option '--concurency'\n/],
  [
    'a negative concurrency',
    ['--concurrency', '-1'],
    /^crawl: --concurrency must be a whole number, at least 1, not "-1"\n/,
  ],
  ['a concurrency of zero', ['--concurrency=0'], /^crawl: --concurrency must be/],
  ['a concurrency that is no number', ['--concurrency', 'NaN'], /^crawl: --concurrency must be/],
  ['a negative delay', ['--delay', '-5'], /^crawl: --delay must be a number of milliseconds, at least 0/],
  [
    'a JSON file that cannot be written',
    ['--json', '/no/such/directory/data.json'],
    /^crawl: --json: .* cannot be written: its directory does not exist/,
  ],
] as const) {
  test(`${what} is bad input: one clear line, exit code 2, no stack`, async () => {
    // In a process of its own: what is found when the crawl has begun, and one that is found before.
    const isShown = args[0].includes('no-such-host') || args[0] === 'nonsense';
    const { code, out, err } = await (isShown ? crawlByName(...args) : refusal('crawl', ...args));
    assert.is(code, 2);
    assert.match(err, message);
    assert.is(err.trimEnd().split('\n').length, 2, err); // the second says where help is
    assert.is(out, '');
  });
}

test('--help tells of every option', async () => {
  const { code, out } = await crawlByName('--help');
  assert.is(code, 0);
  for (const option of [
    'concurrency',
    'delay',
    'retries',
    'backoff',
    'page-timeout',
    'timeout',
    'max-pages',
    'max-depth',
    'max-bytes',
    'ignore-robots',
    'json',
    'timeline',
    'quiet',
    'scale',
    'serve',
    'port',
  ]) {
    assert.match(out, `--${option}`);
  }
});

test('without a URL it crawls its own site twice, and together is faster than one by one', async () => {
  const file = join(scratch, 'own.json');
  const picture = join(scratch, 'own');
  const { code, out, err } = await crawlByName('--scale', '0.2', '--page-timeout', '2500', '--json', file, '--picture', picture); // prettier-ignore
  assert.is(code, 0, err);
  assert.is(err, '');
  assert.not.match(out, '\u001B');
  for (const part of [
    'Crawling, one at a time',
    'Crawling, 10 at a time',
    'Timeline, one at a time',
    'Timeline, 10 at a time',
    'Slowest',
    'Errors',
    'times as fast',
    '█',
  ]) {
    assert.ok(out.includes(part), part);
  }
  const { sequential, concurrent, speedUp } = read<{ sequential: Data; concurrent: Data; speedUp: number }>(file);
  assert.ok(speedUp > 1.2, `${speedUp} times as fast`); // 6 on a machine that does nothing else
  assert.ok(sequential.elapsed > concurrent.elapsed);
  const summary = (data: Data) =>
    data.pages
      .map(({ url, kind, status = '', reason = '', tries }) => `${pathOf(url)} ${kind} ${status} ${reason} ${tries}`)
      .sort();
  assert.equal(summary(sequential), summary(concurrent));
  const svg = readFileSync(`${picture}-light.svg`, 'utf8');
  for (const { url } of sequential.pages)
    assert.is(svg.split(`<title>${pathOf(url)}</title>`).length, 3, `${url} is in the picture twice`);
  const shown = Number(/<tspan[^>]*>([\d.]+) s</.exec(svg)?.[1]);
  // The picture also shows how the crawl begins and ends, which a busy machine draws out.
  const apart = Math.abs(shown - sequential.elapsed / 1_000);
  assert.ok(apart < 0.3 + sequential.elapsed / 5_000, `${shown} s, and it took ${sequential.elapsed} ms`);
  for (const end of ['-dark.svg', '.jsonl']) assert.ok(readFileSync(picture + end, 'utf8').length > 1_000);
});

test('the data says what became of each address of its own site', async () => {
  await withSite(async (url) => {
    const file = join(scratch, 'site.json');
    const { code, out } = await crawl(url, '--delay', '0', '--backoff', '20', '--page-timeout', '2500', '--json', file);
    assert.is(code, 0);
    const pages = byPath(read(file));
    const line = (path: string) => {
      const { kind, status = '-', tries, reason = '' } = pages.get(path) ?? { kind: 'missing', tries: 0 };
      return `${kind} ${status} ${tries} ${reason}`.trim();
    };
    assert.is(line('/'), 'page 200 1');
    assert.is(line('/odd/flaky'), 'page 200 2');
    assert.is(line('/odd/broken'), 'failed 503 3 503 Service Unavailable');
    assert.is(line('/odd/missing'), 'failed 404 1 404 Not Found');
    assert.is(line('/odd/cuts-the-line'), 'failed - 3 connection reset');
    assert.is(line('/odd/hangs'), 'failed - 1 no answer within 2500 ms');
    assert.is(line('/private/wages'), 'skipped - 0 robots.txt disallows it');
    assert.is(line('/patterns/cards.pdf'), 'skipped 200 1 not HTML but application/pdf');
    assert.is(line('/patterns/new'), 'redirect 302 1');
    assert.is(line('/patterns/latest'), 'page 200 1'); // known by the redirect only
    assert.is(line('/odd/leaves'), 'redirect 302 1');
    assert.not.ok(pages.has('/private/login'), 'nofollow');
    const circle = ['/odd/circle/1', '/odd/circle/2', '/odd/circle/3'].map((path) => pages.get(path)?.kind);
    assert.equal(circle, ['redirect', 'redirect', 'failed']);
    assert.is(pages.get('/looms/jacquard')?.title, 'Métier Jacquard'); // latin1
    assert.is(pages.get('/looms/')?.title, 'Looms'); // gzip
    assert.ok(pages.has('/patterns/sheets/twill'), 'base href');
    assert.is(pages.size, 37); // and none twice, in spite of fragments, dots and escapes
    assert.ok([...pages.values()].every((page) => page.url.startsWith(url)));
    assert.match(out, /\/odd\/cuts-the-line +connection reset \(3 tries\)/);
    assert.match(out, /status +200 × 27 {3}302 × 5 {3}404 × 1 {3}503 × 1/);
  });
});

test('limits and robots.txt are as the options say', async () => {
  await withSite(async (url) => {
    const few = join(scratch, 'few.json');
    const limited = await crawl(url, '--max-pages', '5', '--delay', '0', '--quiet', '--json', few);
    assert.is(limited.code, 0);
    assert.is(read(few).pages.length, 5);
    assert.ok(read(few).leftOut > 0);
    assert.match(limited.out, /left out +\d+ links/);

    const shallow = join(scratch, 'shallow.json');
    await crawl(url, '--max-depth', '1', '--delay', '0', '--backoff', '20', '--ignore-robots', '--json', shallow);
    const pages = byPath(read(shallow));
    assert.is(pages.get('/private/wages')?.status, 200);
    assert.is(pages.get('/private/login')?.status, 404); // nofollow is not asked either
    assert.is(Math.max(...read(shallow).pages.map((page) => page.depth)), 1);
  });
});

test('a time limit for the whole crawl ends it with what it has', async () => {
  await withSite(async (url) => {
    const file = join(scratch, 'limited.json');
    // On a machine that is so busy that not one page is read within the limit, a longer one is tried.
    let [limit, delay] = [400, 50];
    const limited = () => crawl(url, '--timeout', `${limit}`, '--delay', `${delay}`, '--json', file);
    let ended = await limited();
    while (ended.code === 1 && limit < 10_000) {
      [limit, delay] = [4 * limit, 4 * delay];
      ended = await limited();
    }
    assert.is(ended.code, 0);
    assert.match(ended.out, 'stopped    by the time limit');
    const data = read(file);
    assert.is(data.stopped, 'time limit');
    assert.ok(data.pages.some((page) => page.kind === 'page'));
    assert.ok(data.pages.some((page) => page.kind === 'unfinished'));
    assert.ok(data.elapsed < 5 * limit + 2_000, `${data.elapsed}`);
  });
});

test('Ctrl-C stops it with its table and its data, and exit code 130', async () => {
  const file = join(scratch, 'stopped.json');
  let hungUp = 0;
  await withServer(
    (path, response) => {
      if (path !== '/') return void response.on('close', () => hungUp++); // never answers
      html(response, '/a', '/b', '/c');
    },
    async (url, log) => {
      const running = start(url, '--ignore-robots', '--delay', '0', '--json', file);
      await running.seen(/\[1\/1\]/);
      while (log.length < 4) await new Promise((resolve) => setTimeout(resolve, 5));
      running.child.kill('SIGINT');
      const { code, out } = await running.ended;
      assert.is(code, 130);
      assert.match(out, 'stopped    by Ctrl-C');
      assert.match(out, /pages +1 read of 4 found/);
      for (let i = 0; i < 100 && hungUp < 3; i++) await new Promise((resolve) => setTimeout(resolve, 20));
      assert.is(hungUp, 3); // the requests under way were aborted
    },
  );
  const data = read(file);
  assert.is(data.stopped, 'interrupted');
  assert.equal(
    data.pages.map((page) => page.kind),
    ['page', 'unfinished', 'unfinished', 'unfinished'],
  );
});

test('Ctrl-C in the middle of the comparison prints what there is', async () => {
  const file = join(scratch, 'half.json');
  const running = start('--scale', '4', '--json', file); // slow, because this process may be slow to send the signal
  await running.seen(/\[3\//);
  running.child.kill('SIGINT');
  const { code, out } = await running.ended;
  assert.is(code, 130);
  assert.match(out, 'stopped    by Ctrl-C');
  assert.match(out, 'Timeline, one at a time');
  const { sequential, concurrent } = read<{ sequential: Data; concurrent: Data | null }>(file);
  assert.is(sequential.stopped, 'interrupted');
  assert.is(concurrent, null);
});

test('when not one page can be had it says why, with exit code 1', async () => {
  let closed = '';
  await withServer(
    () => {},
    async (url) => void (closed = url),
  );
  const { code, out } = await crawl(closed, '--retries', '1', '--backoff', '1', '--ignore-robots');
  assert.is(code, 1);
  assert.match(out, /\/ +connection refused \(2 tries\)/);
  await withServer(
    (_path, response) => response.writeHead(503).end(),
    async (url, log) => {
      const unreadable = await crawl(url, '--retries', '0', '--delay', '0');
      assert.is(unreadable.code, 1);
      assert.match(unreadable.out, 'robots.txt cannot be read: status 503');
      assert.equal(
        log.map(({ path }) => path),
        ['/robots.txt'],
      );
    },
  );
});

test('never more requests at a time than --concurrency, never closer than --delay, and robots.txt once', async () => {
  const links = Array.from({ length: 12 }, (_, i) => `/${i}`);
  const answer = (path: string, response: ServerResponse) =>
    void setTimeout(() => (path === '/robots.txt' ? response.writeHead(404).end() : html(response, ...links)), 100);
  await withServer(answer, async (url, log) => {
    await crawl(url, `${url}0`, '--concurrency', '4', '--delay', '0');
    assert.is(Math.max(...log.map(({ most }) => most)), 4);
    assert.is(log.length, 14);
    assert.is(log.filter(({ path }) => path === '/robots.txt').length, 1);
  });
  await withServer(answer, async (url, log) => {
    await crawl(url, '--concurrency', '20', '--delay', '60');
    assert.is(log.length, 14);
    const span = (log.at(-1)?.at ?? 0) - (log[0]?.at ?? 0);
    assert.ok(span > 13 * 60 - 60, `${span}`); // a request may take some ms to arrive
  });
});

test('a Crawl-delay of robots.txt is kept where it is longer than ours', async () => {
  await withServer(
    (path, response) => {
      if (path === '/robots.txt') response.end('User-agent: *\nCrawl-delay: 0.15\n');
      else html(response, '/a', '/b');
    },
    async (url, log) => {
      await crawl(url, '--delay', '1');
      assert.equal(
        log.map(({ path }) => path),
        ['/robots.txt', '/', '/a', '/b'],
      );
      const span = (log[3]?.at ?? 0) - (log[1]?.at ?? 0);
      assert.ok(span > 2 * 150 - 60, `${span}`);
    },
  );
});

test('what is not HTML, or too long, is not downloaded', async () => {
  let sent = 0;
  const endless = (response: ServerResponse, type: string) => {
    response.writeHead(200, { 'content-type': type });
    const timer = setInterval(() => {
      sent++;
      response.write(Buffer.alloc(1_000, 'x'));
    }, 5);
    response.on('close', () => clearInterval(timer));
  };
  await withServer(
    (path, response) => {
      if (path === '/video') endless(response, 'video/mp4');
      else if (path === '/long') endless(response, 'text/html');
      else html(response, '/video', '/long');
    },
    async (url) => {
      const file = join(scratch, 'long.json');
      const { code } = await crawl(url, '--ignore-robots', '--delay', '0', '--max-bytes', '20000', '--json', file);
      assert.is(code, 0);
      const pages = byPath(read(file));
      assert.is(pages.get('/video')?.reason, 'not HTML but video/mp4');
      assert.is(pages.get('/long')?.reason, 'longer than 20.0 kB (--max-bytes)');
      assert.ok(sent < 200, `${sent} pieces were sent`);
    },
  );
});

test('a start that is redirected says where the site is', async () => {
  await withServer(
    (path, response) => html(response, path === '/' ? '/inside' : '/'),
    async (inner) => {
      await withServer(
        (_path, response) => response.writeHead(301, { location: inner }).end(),
        async (outer) => {
          const file = join(scratch, 'moved.json');
          await crawl(outer, '--ignore-robots', '--delay', '0', '--json', file);
          assert.equal(
            read(file).pages.map(({ url, kind }) => [url, kind]),
            [
              [outer, 'redirect'],
              [inner, 'page'],
              [`${inner}inside`, 'page'],
            ],
          );
        },
      );
    },
  );
});

test('--json - gives the data alone on standard output, --timeline - the timeline', async () => {
  await withServer(
    (_path, response) => html(response),
    async (url) => {
      const { code, out, err } = await crawl(url, '--ignore-robots', '--json', '-', '--timeline', '-');
      assert.is(code, 0);
      assert.is((JSON.parse(out) as Data).pages.length, 1);
      assert.match(err, 'Crawled');
      assert.match(err, 'Timeline');
    },
  );
});

test('--timeline FILE writes a picture of what the tasks did', async () => {
  const file = join(scratch, 'timeline.svg');
  await withServer(
    (_path, response) => html(response),
    async (url) => {
      const { code, out } = await crawl(url, '--ignore-robots', '--timeline', file);
      assert.is(code, 0);
      assert.not.match(out, 'Timeline');
      const svg = readFileSync(file, 'utf8');
      assert.match(svg, /^<svg /);
      for (const text of ['The crawl', '>main<', 'fetch(']) assert.ok(svg.includes(text), text);
    },
  );
});

test('a reader that goes away (| head -1) is no error', async () => {
  const running = startByName('--scale', '0.1');
  running.child.stdout?.once('data', () => running.child.stdout?.destroy());
  const { err } = await running.ended;
  assert.is(err, '');
});

test.run();
