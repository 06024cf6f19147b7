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

/**
 * What the page is asked for at each of these times, if there is such a document: a message, a timer, or first a frame.
 * `painted` are times at which a frame comes, if it was asked for.
 */
function handOvers(times: readonly number[], document: object | undefined, painted: readonly number[] = []): string[] {
  const page = globalThis as { document?: object; requestAnimationFrame?: (frame: () => void) => void };
  const { performance, setTimeout, MessageChannel } = globalThis;
  const asked: string[] = [];
  const callback = () => {};
  let frame: (() => void) | undefined;
  try {
    if (document) page.document = document;
    page.requestAnimationFrame = (next) => {
      asked.push('frame');
      frame = next;
    };
    globalThis.setTimeout = ((f: unknown, ms: number) => f === callback && ms === 1 && asked.push('timer')) as never;
    globalThis.MessageChannel = class extends MessageChannel {
      constructor() {
        super();
        asked.push('message');
      }
    };
    for (const time of times) {
      globalThis.performance = { now: () => time } as typeof performance;
      if (painted.includes(time)) frame?.();
      hostBrowser.afterHost(callback);
    }
    frame?.(); // for whoever comes next
  } finally {
    delete page.document;
    delete page.requestAnimationFrame;
    Object.assign(globalThis, { performance, setTimeout, MessageChannel });
  }
  return asked;
}

test('lets a page be painted: while a frame is late, a hand-over every 17 ms is a timer', () => {
  const visible = { hidden: false };
  const [m, t, f] = ['message', 'timer', 'frame'];
  assert.equal(handOvers([1, 5, 18, 19, 30, 35, 36, 37], visible), [f, m, m, m, t, m, m, m, t]);
  assert.equal(handOvers([1, 9, 16, 25, 32, 41, 48], visible, [16, 32, 48]), [f, m, m, f, m, m, f, m, m, f, m]);
  assert.equal(handOvers([1, 5, 19, 20, 36, 37], visible, [20]), [f, m, m, t, f, m, m, m]);
});

test('asks for neither frames nor timers in a hidden page, whose timers are slow, and in a worker', () => {
  for (const document of [{ hidden: true }, undefined])
    assert.equal(handOvers([1, 19, 40], document), ['message', 'message', 'message']);
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
