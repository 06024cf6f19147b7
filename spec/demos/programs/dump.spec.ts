// `node demos dump` as a person runs it.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { demo, sourceOf } from '../../support/demo.ts';
import { read } from '../../support/package.ts';
import { start } from '../../support/programs.ts';

const test = suite('demo dump');

/** The number of the line of the demo that has this text. */
const lineOf = (text: string): number => {
  const lines = read('demos/programs/dump.ts').split('\n');
  const index = lines.findIndex((line) => line.includes(text));
  assert.ok(index >= 0, text);
  return index + 1;
};
const place = (text: string) => `demos/programs/dump.ts:${lineOf(text)}:`;

test('prints the tree of a crawl in flight, with the lines of TypeScript, in 80 columns', async () => {
  const { out, code } = await demo('dump --delay 500');
  assert.is(code, 1, 'it ends with the deadlock');
  const tree = /begun:\n\n([^]*)\n\nAnd two/
    .exec(out)![1]!
    .replace(/[\d.]+ m?s old/, 'N ms old') // in seconds on a busy machine
    .replace(/:\d+(?=\/\w)/g, '');
  const pages = (name: string, ids: number[]) =>
    ids.map(
      (id, n) =>
        `      #${id} item waiting on fetch('http://127.0.0.1/${name}/${n + 1}')\n          at ${place('yield* fetch(url)')}20`,
    );
  assert.is(
    tree,
    [
      'loop 1: 8 tasks, N ms old',
      '#1 main running',
      `    at ${place('yield* use(site')}3`,
      '  #2 crawl waiting on its children',
      `      at ${place('yield* all([section')}3`,
      '    #3 section waiting on its children',
      `        at ${place('yield* map(urls')}17`,
      ...pages('news', [5, 6]),
      '    #4 section waiting on its children',
      `        at ${place('yield* map(urls')}17`,
      ...pages('shop', [7, 8]),
    ].join('\n'),
  );
  assert.equal(
    out.split('\n').filter((line) => line.length > 80),
    [],
  );
});

test('ends with a deadlock that says who waits in which line', async () => {
  const { err } = await demo('dump --delay 20');
  const report = err.replace(/file:\S*demos/g, 'demos').replace(/#\d+/g, '#N');
  assert.is(
    report,
    `DeadlockError: every task waits and nothing can wake them:
  <Task #N main waiting on its children>
  <Task #N save waiting on savings.acquire()>, held by #N spend
      at ${place('yield* to.acquire()')}3
  <Task #N spend waiting on checking.acquire()>, held by #N save
      at ${place('yield* to.acquire()')}3
    in program(20, false) in task main
`,
  );
  assert.match(sourceOf('dump'), 'yield* to.acquire();');
});

if (process.platform !== 'win32')
  test('--hold crawls on, prints the tree on SIGQUIT, and ends with Ctrl-C', async () => {
    const running = start(process.execPath, ['demos', 'dump', '--delay', '30', '--hold'], { env: { NO_COLOR: '1' } });
    await running.seen(/Ctrl-C ends it/);
    running.child.kill('SIGQUIT');
    await running.seen(/SIGQUIT:\n[^]*at demos\/programs\/dump\.ts:/);
    running.child.kill('SIGINT');
    const { err, code } = await running.ended;
    assert.match(
      err,
      /^SIGQUIT:\nloop 1: \d+ tasks, .* old\n#1 main waiting on #2 crawl\n {4}at demos\/programs\/dump\.ts:/,
    );
    assert.is(code, 130);
  });

test.run();
