// The twin that browsers take instead of host/node.ts: it must offer the same names and mean the same. Node has
// MessageChannel, so the real code runs here; the whole of it runs in package.spec.ts, bundled for a browser.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as host from '../../lib/host/node.ts';
import * as hostAnywhere from '../../lib/host/anywhere.ts';
import * as hostBrowser from '../../lib/host/browser.ts';
import { EventLoop } from 'treadle';
import { program } from '../support/programs.ts';

const test = suite('browser twin');

test('offers the same functions, with the same types and the same number of arguments, as does the one for anywhere', () => {
  const twins: (typeof host)[] = [hostBrowser, hostAnywhere];
  const shape = (module: object) =>
    Object.entries(module)
      .map(([name, value]) => [name, typeof value, (value as () => void).length])
      .sort();
  for (const twin of twins) assert.equal(shape(twin), shape(host));
});

test('calls back after the host had its turn, each time', async () => {
  const log: string[] = [];
  await new Promise<void>((resolve) => {
    hostBrowser.afterHost(() => {
      log.push('after');
      hostBrowser.afterHost(resolve);
    });
    queueMicrotask(() => log.push('microtask'));
    log.push('now');
  });
  assert.equal(log, ['now', 'microtask', 'after']);
});

/** What hands over when this often is asked for a turn: `M` for a message, `T` for a timer, as if in such a page. */
async function handOvers(times: readonly number[], document: object | undefined): Promise<string> {
  const page = globalThis as { document?: object };
  const { performance, setTimeout, MessageChannel } = globalThis;
  let used = '';
  const callback = () => {};
  try {
    if (document) page.document = document;
    for (const time of times) {
      globalThis.performance = { now: () => time } as typeof performance;
      globalThis.setTimeout = ((f: unknown, ms: number) => f === callback && ms === 1 && (used += 'T')) as never;
      globalThis.MessageChannel = class extends MessageChannel {
        constructor() {
          super();
          used += 'M';
        }
      };
      hostBrowser.afterHost(callback);
    }
  } finally {
    delete page.document;
    Object.assign(globalThis, { performance, setTimeout, MessageChannel });
  }
  return used;
}

test('lets a page be painted: one hand-over every 12 ms is a timer, but not in a hidden page or a worker', async () => {
  // Later than any real one, which this module may have seen.
  const times = [0, 1, 5, 11, 12, 13, 14, 25, 26].map((ms) => 1e9 + ms);
  assert.is(await handOvers(times, { hidden: true }), 'MMMMMMMMM');
  assert.is(await handOvers(times, undefined), 'MMMMMMMMM');
  assert.is(await handOvers(times, { hidden: false }), 'TMMMMTMMT');
});

test('without a process, errors go to the page also from the host for anywhere and from that for Node', async () => {
  // As in a page that loads the files for Node, or whose bundler knew no platform.
  const { out, err, code } = await program(`
    const { log } = console;
    delete globalThis.process;
    globalThis.reportError = (error) => log('event', error.message);
    const { EventLoop } = await import('treadle');
    const loop = new EventLoop();
    loop.callSoon(() => { throw new Error('in a callback'); });
    loop.callLater(1, () => loop.stop());
    loop.runForever();`);
  assert.is(err, '');
  assert.is(out, 'event in a callback\n');
  assert.is(code, 0);
});

test('never tells that the host is idle, because a browser never is', () => {
  const before = process.listenerCount('beforeExit');
  const loop = new EventLoop();
  hostBrowser.watchHost(loop);
  hostBrowser.hostActive();
  assert.is(process.listenerCount('beforeExit'), before);
  hostBrowser.unwatchHost(loop);
});

test('reports errors to the page', () => {
  const page = globalThis as { reportError?: (error: unknown) => void };
  const before = page.reportError;
  const seen: unknown[] = [];
  try {
    page.reportError = (error) => seen.push(error);
    hostBrowser.reportError('oops', 'the callback f');
  } finally {
    if (before === undefined) delete page.reportError;
    else page.reportError = before;
  }
  assert.equal(seen, ['oops']);
});

test('never wants debug mode for all loops: a page has no command line', () => {
  assert.is(hostBrowser.debugWanted(), false);
  const loop = new EventLoop();
  hostBrowser.loadDebug(loop, () => assert.unreachable());
  assert.not(loop._awake, 'it waits for nothing');
});

test.run();
