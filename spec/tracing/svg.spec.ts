// The timeline as a picture.
import { load } from 'cheerio';
import { sleep, spawn } from 'treadle';
import type { Coroutine } from 'treadle';
import { Recorder, toSvg } from 'treadle/tracing';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { recorded, recordedReally, WILD_NAMES, wildly } from './world.ts';

const test = suite('toSvg');

/** Reads the picture as XML does: every tag is closed in order, every `&` begins an entity, no character is forbidden. */
function wellFormed(svg: string): void {
  const open: string[] = [];
  for (const [, closes, name, , selfCloses] of svg.matchAll(/<(\/?)([a-z]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/g)) {
    if (closes) assert.is(open.pop(), name);
    else if (!selfCloses) open.push(name!);
  }
  assert.equal(open, []);
  const text = svg
    .replace(/<style>[^]*?<\/style>/, '')
    .replace(/<(\/?)([a-z]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/g, '');
  assert.not.match(text, /[<>]|&(?!#\d+;)/);
  assert.not.match(svg, /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u);
}

test('has a row for each task, what it did with a text for the pointer, an axis and a legend', () => {
  const svg = toSvg(recorded(), { title: 'a <test>' });
  wellFormed(svg);
  const $ = load(svg, { xml: true });
  const texts = $('text').toArray().map((one) => $(one).contents().first().text()); // prettier-ignore
  for (const expected of ['a <test>', 'main', 'locked', 'failing', 'cleaning', 'sleep(20)', 'lock.acquire()', '20 ms'])
    assert.ok(texts.includes(expected), expected);
  assert.ok(texts.includes('4 tasks in 50 ms on a virtual clock'));
  assert.ok(texts.includes('Error: it is <broken> & more'));
  for (const expected of ['waits for a time', 'for other tasks', 'cleans up', 'succeeded', 'failed', 'cancelled'])
    assert.ok(texts.includes(expected), expected);
  assert.ok(!texts.includes('for the world outside'), 'the legend has only what is there');
  const tips = $('title').toArray().map((one) => $(one).text()); // prettier-ignore
  assert.ok(tips.includes('cleaning waits on sleep(20), cleaning up, for 20 ms from 30 ms on'));
  assert.ok(tips.includes('#3 failing: failed after 30 ms, Error: it is <broken> & more'));
});

test('is light or dark as its reader prefers, and needs nothing from elsewhere', () => {
  const svg = toSvg(recorded());
  assert.match(svg, /@media \(prefers-color-scheme: dark\)/);
  assert.not.match(svg.replace('http://www.w3.org/2000/svg', ''), /https?:|url\(|<script|<image|href/);
});

test('whatever tasks are called, it is a picture, and their names are texts in it', () => {
  const svg = toSvg(recorded(wildly));
  wellFormed(svg);
  const $ = load(svg, { xml: true });
  assert.is($('script').length, 0);
  const tips = $('text > title').toArray().map((one) => $(one).text()); // prettier-ignore
  for (const name of WILD_NAMES.filter((one) => /^[\x20-\x7e]+$/.test(one) && one.length < 90))
    assert.ok(tips.some((tip) => tip.includes(name)), name); // prettier-ignore
});

test('children stand below their owner, further to the right', () => {
  const $ = load(toSvg(recorded()), { xml: true });
  const at = (name: string) => {
    const found = $('text').toArray().find((one) => $(one).contents().first().text() === name); // prettier-ignore
    return { x: Number($(found!).attr('x')), y: Number($(found!).attr('y')) };
  };
  assert.ok(at('locked').x > at('main').x);
  assert.ok(at('locked').y > at('main').y && at('failing').y > at('locked').y);
  assert.ok($('path.owner').length === 3);
});

test('a picture does not grow with the number of steps', () => {
  function* main(): Coroutine<void> {
    for (let i = 0; i < 20_000; i++) yield* sleep(1);
  }
  const svg = toSvg(recorded(main));
  assert.ok(svg.length < 200_000, `${svg.length} characters`);
});

test('of 2,000 tasks the telling ones are shown, and it says how many are not', () => {
  function* main(): Coroutine<void> {
    for (let i = 0; i < 2_000; i++) yield* spawn(sleep(i % 50));
  }
  const svg = toSvg(recorded(main));
  wellFormed(svg);
  assert.match(svg, /2001 tasks in 49 ms on a virtual clock, 1701 of them are not shown/);
});

test('nothing is wider than the picture, on the system clock as well', async () => {
  const svg = toSvg(await recordedReally(), { width: 500 });
  wellFormed(svg);
  for (const [, x, width] of svg.matchAll(/<rect[^>]*? x="([\d.-]+)"[^>]*? width="([\d.]+)"/g))
    assert.ok(Number(x) + Number(width) <= 500);
});

test('zero tasks are a picture, too', () => {
  const svg = toSvg(new Recorder().recording());
  wellFormed(svg);
  assert.match(svg, /no tasks were recorded/);
});

test('options that are none are refused', () => {
  assert.throws(() => toSvg(recorded(), { width: 100 }), /the option width takes a number of pixels of 400 or more/);
  assert.throws(() => toSvg(recorded(), { rows: -1 }), /the option rows/);
  assert.throws(() => toSvg(recorded(), { title: 7 as never }), /the option title takes a text, not 7/);
});

test.run();
