import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Frontier } from '../../../../demos/programs/crawl/frontier.ts';
import { readOptions } from '../../../../demos/programs/crawl/options.ts';
import type { Visit } from '../../../../demos/programs/crawl/visit.ts';

const url = (path: string) => new URL(path, 'http://example.com/');

function begin(...argv: string[]) {
  const frontier = new Frontier(readOptions(['http://example.com/', ...argv]));
  const start = frontier.admit(url('/'), null);
  if (start === null) throw new Error('the start was not let in');
  start.outcome = { kind: 'page', status: 200, type: 'text/html', bytes: 1, title: '', links: [] };
  return { frontier, start };
}

/** A visit to that page that was redirected. */
function redirect(frontier: Frontier, from: Visit, path: string, to: URL) {
  const visit = frontier.admit(url(path), from);
  if (visit === null) throw new Error(`${path} was not let in`);
  visit.outcome = frontier.judge(visit, { kind: 'redirect', status: 302, to });
  return visit;
}

test('an address is visited once, and only on the site', () => {
  const { frontier, start } = begin();
  assert.is(frontier.admit(url('/a'), start)?.depth, 1);
  assert.is(frontier.admit(url('/a'), start), null);
  assert.is(frontier.admit(url('/'), start), null);
  assert.is(frontier.admit(new URL('http://other.example/'), start), null);
  assert.ok(frontier.admit(new URL('https://www.example.com/b'), start));
});

test('limits keep links out, and count them once', () => {
  const { frontier, start } = begin('--max-pages', '2', '--max-depth', '1');
  const a = frontier.admit(url('/a'), start);
  assert.is(frontier.admit(url('/b'), start), null);
  assert.is(frontier.admit(url('/b'), a), null);
  assert.is(frontier.leftOut, 1);
  const deep = begin('--max-depth', '0');
  assert.is(deep.frontier.admit(url('/a'), deep.start), null);
  assert.is(deep.frontier.leftOut, 1);
});

test('a redirect costs no depth, and counts as a hop', () => {
  const { frontier, start } = begin();
  const old = redirect(frontier, start, '/old', url('/new'));
  const target = frontier.admit(url('/new'), old);
  assert.is(target?.depth, 1);
  assert.is(target?.hops, 1);
});

test('a circle of redirects is found by whoever closes it, also when its parts were found apart', () => {
  const { frontier, start } = begin();
  assert.is(redirect(frontier, start, '/3', url('/1')).outcome.kind, 'redirect');
  assert.is(redirect(frontier, start, '/1', url('/2')).outcome.kind, 'redirect');
  const last = redirect(frontier, start, '/2', url('/3'));
  assert.equal(last.outcome, { kind: 'failed', status: 302, reason: 'redirects in a circle, to /3' });
  // One that leads into the circle is none itself, and does not hang.
  assert.is(redirect(frontier, start, '/in', url('/1')).outcome.kind, 'redirect');
  assert.is(redirect(frontier, start, '/self', url('/self')).outcome.kind, 'failed');
});

test('too many redirects in a row are given up', () => {
  const { frontier, start } = begin();
  let visit = redirect(frontier, start, '/0', url('/1'));
  for (let i = 1; visit.outcome.kind === 'redirect' && i < 100; i++)
    visit = redirect(frontier, visit, `/${i}`, url(`/${i + 1}`));
  assert.is(visit.url.pathname, '/10');
  assert.match(visit.remark, 'more than 10 redirects in a row');
});

test('a redirect off the site is told and not followed, but a start says where the site is', () => {
  const { frontier, start } = begin();
  const away = redirect(frontier, start, '/away', new URL('https://other.example/x'));
  assert.is(away.remark, '-> https://other.example/x (leaves the site)');
  assert.is(frontier.admit(new URL('https://other.example/x'), away), null);
  const moved = begin();
  moved.start.outcome = moved.frontier.judge(moved.start, {
    kind: 'redirect',
    status: 301,
    to: new URL('https://new.example/'),
  });
  assert.ok(moved.frontier.admit(new URL('https://new.example/'), moved.start));
});

test.run();
