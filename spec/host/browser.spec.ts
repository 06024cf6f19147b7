// The twin that browsers take instead of host/node.ts: it must offer the same names and mean the same. Node has
// MessageChannel, so the real code runs here; the whole of it runs in package.spec.ts, bundled for a browser.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as host from '../../lib/host/node.ts';
import * as hostBrowser from '../../lib/host/browser.ts';
import { EventLoop } from 'treadle';

const test = suite('browser twin');

test('offers the same functions, with the same types and the same number of arguments', () => {
  const twin: typeof host = hostBrowser;
  const shape = (module: object) =>
    Object.entries(module)
      .map(([name, value]) => [name, typeof value, (value as () => void).length])
      .sort();
  assert.equal(shape(twin), shape(host));
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
