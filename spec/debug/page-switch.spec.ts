// The switch of debug mode for a page: what counts as one, and that it works in a real browser. The latter is skipped, by
// name, where there is none.
import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isWantedByPage } from '../../lib/debug/page-switch.ts';
import { launch, whyNoBrowser } from '../support/browser.ts';
import type { Browser } from '../support/browser.ts';
import { root } from '../support/package.ts';

const test = suite('debug mode in a page');
const why = whyNoBrowser('demos/playground');
const inBrowser = why === undefined ? test : test.skip;
const named = (name: string): string => (why === undefined ? name : `${name} (${why})`);

const stored = (value: string | null) => ({ getItem: (name: string) => (name === 'treadle-debug' ? value : null) });

test('is asked for by the address, or else by the storage', () => {
  const wanted: [search: string, value: string | null, isWanted: boolean][] = [
    ['', null, false],
    ['?a=1&treadle-debug', null, true],
    ['?treadle-debug=1', '0', true],
    ['?treadle-debug=0', '1', false],
    ['?debug', null, false],
    ['', '1', true],
    ['', '0', false],
    ['', '', false],
  ];
  for (const [search, value, isWanted] of wanted)
    assert.is(isWantedByPage({ location: { search }, localStorage: stored(value) }), isWanted, `${search} ${value}`);
});

test('is not asked for where there is no page, nor by a storage that may not be looked at', () => {
  assert.is(isWantedByPage(), false);
  assert.is(isWantedByPage({ localStorage: stored('1') }), false);
  assert.is(isWantedByPage({ location: { search: '' } }), false); // a worker
  const sandbox = {
    location: { search: '' },
    get localStorage(): never {
      throw new Error('SecurityError');
    },
  };
  assert.is(isWantedByPage(sandbox), false);
});

// ---- In a browser, file by file

const html = `<!doctype html><meta charset="utf-8"><title>page</title>
<script type="importmap">{ "imports": {
  "treadle": "/dist/index.js", "treadle/debug": "/dist/debug/index.js", "#host": "/dist/host/browser.js"
} }</script>
<script type="module">
  import 'treadle/debug';
  import { run, sleep } from 'treadle';
  function* forgetful() { sleep(77); }
  const options = location.hash === '#off' ? { debug: false } : {};
  run(forgetful(), options).then(() => { document.body.dataset.over = 'yes'; });
</script><body></body>`;

let server: Server;
let browser: Browser;

if (why === undefined)
  test.before(async () => {
    server = createServer((request, response) => {
      const path = new URL(request.url!, 'http://page').pathname;
      const isScript = /^\/dist\/[\w/-]+\.js$/.test(path);
      response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html; charset=utf-8');
      if (!isScript) return void response.end(html);
      response.setHeader('cache-control', 'max-age=600'); // the page is opened five times
      createReadStream(join(root, path))
        .on('error', () => response.destroy())
        .pipe(response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    browser = await launch();
  });

test.after(async () => {
  await browser?.close();
  server?.closeAllConnections();
  server?.close();
});

inBrowser(named('it warns where the switch says so, but not in a loop that says no'), async () => {
  const page = await browser.newPage();
  page.setDefaultTimeout(120_000);
  const said: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(error.message));
  const { port } = server.address() as AddressInfo;
  const warnings = async (address: string): Promise<string[]> => {
    said.length = 0;
    await page.goto('about:blank'); // another hash alone would not load the page anew
    await page.goto(`http://127.0.0.1:${port}/${address}`);
    await page.waitForFunction("document.body.dataset.over === 'yes'");
    return said.filter((text) => !text.includes('favicon') && !/a step .* took/.test(text));
  };
  const forgotten = /sleep\(77\)/;
  assert.equal(await warnings(''), []);
  const [one, ...more] = await warnings('?treadle-debug');
  assert.match(one!, forgotten);
  assert.equal(more, []);
  assert.equal(await warnings('?treadle-debug#off'), []);
  await page.waitForFunction("localStorage.setItem('treadle-debug', '1') === undefined");
  assert.match((await warnings(''))[0]!, forgotten);
  assert.equal(await warnings('?treadle-debug=0'), []);
});

test.run();
