import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { normalise, siteOf } from '../../../../demos/programs/crawl/url.ts';

const base = new URL('http://example.com/a/b?c=d');
const of = (href: string) => normalise(href, base)?.href ?? null;

test('a fragment does not make another page', () => {
  assert.is(of('#top'), 'http://example.com/a/b?c=d');
  assert.is(of('/a/b#top'), of('/a/b'));
});

test('the case of the host, a default port, dots and an empty query do not either', () => {
  assert.is(of('HTTP://EXAMPLE.com:80/a/./x/../b?'), 'http://example.com/a/b');
  assert.is(of('https://example.com:443'), 'https://example.com/');
  assert.is(of('http://example.com:8080/'), 'http://example.com:8080/');
});

test('needless and lower-case percent escapes do not either', () => {
  assert.is(of('/%7euser/%77ool'), 'http://example.com/~user/wool');
  assert.is(of('/a%2fb?q=%c3%a9'), 'http://example.com/a%2Fb?q=%C3%A9');
  assert.is(of('/é'), of('/%c3%a9'));
  assert.is(of('/100%'), 'http://example.com/100%');
});

test('an ending slash, the order of a query and the case of a path do make another page', () => {
  assert.is.not(of('/a'), of('/a/'));
  assert.is.not(of('/?a=1&b=2'), of('/?b=2&a=1'));
  assert.is.not(of('/Wool'), of('/wool'));
});

test('normalising twice changes nothing', () => {
  for (const href of ['/%7euser?x=%2f#y', '//other.example/%252e%252E', '?', '/a b', '/%zz%4']) {
    const once = of(href);
    assert.is(normalise(once ?? '')?.href, once);
  }
});

test('what is not a page of the web is none', () => {
  for (const href of [
    'mailto:a@example.com',
    'javascript:void 0',
    'tel:1',
    'data:text/html,x',
    'ftp://example.com/',
    'http://',
    'http://a:b/',
  ]) {
    assert.is(of(href), null, href);
  }
});

test('a name and a password are not part of an address', () => {
  assert.is(of('http://me:secret@example.com/'), 'http://example.com/');
});

test('a site is a host, with or without www, whatever the scheme', () => {
  const site = (href: string) => siteOf(new URL(href));
  assert.is(site('http://www.example.com/a'), site('https://example.com/b'));
  assert.is(site('http://example.com./'), site('http://example.com/'));
  assert.is.not(site('http://example.com/'), site('http://example.com:8080/'));
  assert.is.not(site('http://example.com/'), site('http://blog.example.com/'));
  assert.is.not(site('http://127.0.0.1:1/'), site('http://localhost:1/'));
});

test.run();
