import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readRobots, withoutRobots } from '../../../../demos/programs/crawl/robots.ts';

const url = new URL('http://example.com/robots.txt');
const page = (path: string) => new URL(path, url);
const agent = 'treadle-crawl/1.0 (a demo)';

test('what is disallowed for everybody or for us is refused, with a reason', () => {
  const robots = readRobots(url, 'User-agent: *\nDisallow: /private/\nAllow: /private/door\n', agent);
  assert.is(robots.refusal(page('/open')), null);
  assert.is(robots.refusal(page('/private/door')), null);
  assert.match(robots.refusal(page('/private/wages')) ?? '', /robots\.txt/);
});

test('rules for us win over those for everybody', () => {
  const robots = readRobots(
    url,
    'User-agent: *\nDisallow: /\n\nUser-agent: Treadle-Crawl\nDisallow: /x*y$\nCrawl-delay: 1.5\n',
    agent,
  );
  assert.is(robots.refusal(page('/open')), null);
  assert.ok(robots.refusal(page('/x/and/y')));
  assert.is(robots.delay, 1_500);
});

test('an empty file, or one that is no robots.txt, allows everything', () => {
  for (const text of ['', '<!doctype html><title>Not found</title>']) {
    const robots = readRobots(url, text, agent);
    assert.is(robots.refusal(page('/')), null);
    assert.is(robots.delay, 0);
  }
});

test('a missing file allows everything, one that cannot be had nothing', () => {
  assert.is(withoutRobots(404, 'status 404').refusal(page('/')), null);
  assert.match(withoutRobots(503, 'status 503').refusal(page('/')) ?? '', /503/);
  assert.match(withoutRobots(null, 'connection refused').refusal(page('/')) ?? '', /refused/);
});

test.run();
