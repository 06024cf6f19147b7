// `node demos search` in a real browser. It is skipped, by name, where there is none, or where the packages in
// demos/programs/search/page and demos/playground are not installed. .ci/run installs them.
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { launch, whyNoBrowser } from '../../support/browser.ts';
import type { Browser, Page } from '../../support/browser.ts';
import { read, root } from '../../support/package.ts';
import { node, start } from '../../support/programs.ts';
import type { Running } from '../../support/programs.ts';

const FOLDER = 'demos/programs/search/page';

const test = suite('demo search');
const why = whyNoBrowser(FOLDER);
const inBrowser = why === undefined ? test : test.skip;
const named = (name: string): string => (why === undefined ? name : `${name} (${why})`);

let demo: Running;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

if (why === undefined)
  test.before(async () => {
    demo = start(process.execPath, ['demos', 'search', '--delay', '1200'], { limit: 400_000 });
    const [[, url], opened] = await Promise.all([demo.seen(/^(http:\S+)$/m), launch()]);
    browser = opened;
    page = await browser.newPage({ viewport: { width: 760, height: 800 } });
    page.setDefaultTimeout(120_000);
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    await page.goto(url!);
    await page.waitForSelector('input');
  });

test.after(async () => {
  await browser?.close();
  demo?.child.kill('SIGKILL');
});

test('its packages are pinned to one version each, locked without addresses, and unknown to the root', () => {
  const { dependencies, devDependencies } = JSON.parse(read(`${FOLDER}/package.json`)) as Record<
    'dependencies' | 'devDependencies',
    Record<string, string>
  >;
  const lock = read(`${FOLDER}/package-lock.json`);
  assert.not.match(lock, /"resolved"/);
  const { packages } = JSON.parse(lock) as { packages: Record<string, { version?: string }> };
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
    assert.is(packages[`node_modules/${name}`]?.version, version, name);
    assert.not.match(read('package.json'), `"${name}"`);
  }
});

inBrowser(named('the newest search wins: older ones are cancelled, and their requests aborted'), async () => {
  // Without care the answer to "p", the slowest, would be the last to come.
  await page.type('input', 'p');
  await demo.seen(/"p" \.\.\./);
  await page.type('input', 'ython', { delay: 100 });
  await page.waitForFunction("document.querySelector('#found').innerText === 'Python'");
  await demo.seen(/"p" is aborted/);
  await demo.seen(/"python" is answered/);
  assert.is((await page.innerText('[role=status]')).trim(), '1 with python');
  const [, answered, cancelled] = /^(\d+) answered, (\d+) cancelled$/.exec(await page.innerText('#counts')) ?? [];
  // How many letters come before the pause is over, the machine decides. "p" is cancelled in any case.
  assert.ok(Number(answered) >= 1 && Number(cancelled) >= 1, `${answered} and ${cancelled}`);
});

inBrowser(
  named('a task that is busy for a second leaves the frames alone, unless it lets nobody have a turn'),
  async () => {
    for (const [index, button] of ['button:nth-of-type(1)', 'button:nth-of-type(2)'].entries()) {
      await page.click(button);
      await page.waitForSelector(`#reports tr:nth-child(${index + 1})`);
    }
    const [polite, rude] = (await page.innerText('#reports'))
      .split('\n')
      .filter(Boolean)
      .map((row) => row.match(/\d+/g)!.map(Number) as [primes: number, frames: number, longest: number]);
    assert.ok(rude![1] <= 3 && rude![2] >= 950, `without: ${rude}`);
    // 60 frames on a machine that is not busy, and no frame is late.
    assert.ok(polite![1] >= 10 && polite![2] < 500, `with: ${polite}`);
    assert.ok(polite![0] > 100, `primes: ${polite![0]}`);
  },
);

inBrowser(named('the page complains about nothing, and Ctrl-C closes the server'), async () => {
  assert.equal(complaints, []);
  if (process.env['TREADLE_PICTURE']) await page.screenshot({ path: process.env['TREADLE_PICTURE'] });
  demo.child.kill('SIGINT');
  const { code, err, out } = await demo.ended;
  assert.is(err, '');
  assert.is(code, 130);
  assert.match(out, /The server is closed\.\n$/);
});

inBrowser(named('the page has no error of types'), async () => {
  const declarations = await node([join(root, '.build/ensure.mjs')], { limit: 400_000 });
  assert.is(declarations.code, 0, declarations.err);
  const { code, out } = await node([join(root, 'node_modules/typescript/bin/tsc'), '-p', FOLDER], { limit: 400_000 });
  assert.is(code, 0, out);
});

test.run();
