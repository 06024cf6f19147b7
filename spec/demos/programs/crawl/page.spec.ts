import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decode, isHtml, readPage } from '../../../../demos/programs/crawl/page.ts';

const url = new URL('http://example.com/dir/page');
const links = (html: string, options = {}) => readPage(html, url, options).links.map(String);

test('the title is one line of text', () => {
  assert.is(readPage('<title>\n  A &amp; B\n  C </title>', url).title, 'A & B C');
  assert.is(readPage('<p>no title', url).title, '');
  assert.is(readPage('<title>page</title><svg><title>drawing</title></svg>', url).title, 'page');
});

test('links are absolute, normalised and told once, in the order of the page', () => {
  assert.equal(links('<a href=b>b</a><area href="/a#x"><a href="b#top">b</a><a>none</a><a href="mailto:x@y">m</a>'), [
    'http://example.com/dir/b',
    'http://example.com/a',
  ]);
});

test('base href is where links start from, and may be relative itself', () => {
  assert.equal(links('<base href="/other/"><a href=x>'), ['http://example.com/other/x']);
  assert.equal(links('<base href="https://cdn.example/"><a href=x>'), ['https://cdn.example/x']);
  assert.equal(links('<base href="javascript:0"><a href=x>'), ['http://example.com/dir/x']);
});

test('nofollow, of a link or of a page, is kept to, unless told otherwise', () => {
  const link = '<a rel="noopener NoFollow" href=a>a</a><a href=b>b</a>';
  assert.equal(links(link), ['http://example.com/dir/b']);
  assert.is(links(link, { ignoreNofollow: true }).length, 2);
  const page = '<meta name="ROBOTS" content="noindex, nofollow"><a href=b>b</a>';
  assert.equal(links(page), []);
  assert.equal(links(page, { ignoreNofollow: true }), ['http://example.com/dir/b']);
});

test('broken markup is no reason to stop', () => {
  assert.equal(links('<a href="b"<p></i><a href=c'), ['http://example.com/dir/b']);
  assert.equal(links('\0\xff<<<>>>'), []);
});

test('HTML is told by its content type', () => {
  for (const type of ['text/html', 'Text/HTML; charset=utf-8', 'application/xhtml+xml']) assert.ok(isHtml(type), type);
  for (const type of ['application/pdf', 'text/htmlx', 'text/plain', '', null])
    assert.not.ok(isHtml(type), String(type));
});

test('the character set comes from the header, then from the page, and is UTF-8 otherwise', () => {
  const latin1 = Uint8Array.from(Buffer.from('<meta charset="iso-8859-1">Métier', 'latin1'));
  assert.match(decode(latin1, 'text/html; charset=ISO-8859-1'), /Métier/);
  assert.match(decode(latin1, 'text/html'), /Métier/);
  assert.match(decode(Buffer.from('Métier'), null), /^Métier$/);
  assert.match(decode(Buffer.from('Métier'), 'text/html; charset=klingon'), /^Métier$/);
});

test.run();
