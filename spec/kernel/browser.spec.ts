// The twins that bundles for browsers take instead of host.ts and explain.ts: they must offer the same names
// and mean the same. Node has MessageChannel, so the real code runs here; the whole of it runs in
// package.spec.ts, bundled for a browser.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as explain from '../../lib/words/messages.ts';
import * as explainBrowser from '../../lib/words/messages-browser.ts';
import * as host from '../../lib/host/node.ts';
import * as hostBrowser from '../../lib/host/browser.ts';
import { sleep } from 'treadle';

const browser = suite('browser twins');

browser('offer the same functions, with the same number of arguments', () => {
  for (const [ours, theirs] of [
    [host, hostBrowser],
    [explain, explainBrowser],
  ] as const) {
    const shape = (module: object) =>
      Object.entries(module)
        .map(([name, value]) => [name, typeof value, (value as () => void).length])
        .sort();
    assert.equal(shape(theirs), shape(ours));
  }
});

browser('call back after the host had its turn, each time', async () => {
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

browser('never tell that the host is idle, because a browser never is', () => {
  assert.is(hostBrowser.watchHost({}), undefined);
  assert.is(hostBrowser.hostActive(), undefined);
  assert.is(hostBrowser.unwatchHost({}), undefined);
});

browser('report errors to the page', () => {
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

browser('show values in few words, and never throw', () => {
  const { show } = explainBrowser;
  assert.is(show('a'), "'a'");
  assert.is(show(sleep(5)), 'sleep(5)');
  assert.is(show(undefined), 'undefined');
  assert.is(show(Symbol('s')), 'Symbol(s)');
  assert.is(show(Object.create(null)), 'an object');
  assert.is(explainBrowser.cannotBe('yielded', 5), '5 cannot be yielded');
  assert.is(explainBrowser.mustBe('sleep', '0 or more milliseconds', -1), 'sleep takes 0 or more milliseconds, not -1');
  assert.is(explainBrowser.origin({ name: 'page' }), 'page');
  const error = new Error('oops');
  assert.is(explainBrowser.explainError(error, 'task'), error);
});

browser.run();
