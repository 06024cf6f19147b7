import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { paintFor, plain } from '../../../../demos/support/colour.ts';
import { timeline } from '../../../../demos/programs/crawl/timeline.ts';
import { type Mark, type Outcome, Visit } from '../../../../demos/programs/crawl/visit.ts';

function visit(path: string, marks: readonly Mark[], end: number, outcome: Outcome): Visit {
  const it = new Visit(new URL(path, 'http://example.com/'));
  it.marks.push(...marks);
  it.end = end;
  it.outcome = outcome;
  return it;
}

const page: Outcome = { kind: 'page', status: 200, type: 'text/html', bytes: 1, title: '', links: [] };
const visits = [
  visit(
    '/',
    [
      { phase: 'slot', at: 1_000 },
      { phase: 'network', at: 1_000 },
    ],
    1_200,
    page,
  ),
  visit(
    '/a',
    [
      { phase: 'slot', at: 1_200 },
      { phase: 'turn', at: 1_300 },
      { phase: 'network', at: 1_400 },
    ],
    1_500,
    { kind: 'failed', reason: 'x' },
  ),
];

test('a row for each visit shows what it waited for, and how it ended', () => {
  const [axis, first, second] = timeline(visits, { width: 25, paint: plain });
  assert.is(first, `/   ${'█'.repeat(8)}✓`);
  assert.is(second, `/a  ${' '.repeat(8)}····░░░░████×`);
  assert.is(axis, '    0 ms        500 ms'.slice(0, axis?.length));
});

test('the legend explains what is there, and nothing else', () => {
  const text = timeline(visits, { width: 80, paint: plain }).join('\n');
  assert.match(text, 'waits for  · a slot');
  assert.match(text, '× failed');
  assert.not.match(text, 'redirected');
});

test('no line is wider than the terminal, and too many rows are cut', () => {
  const many = Array.from({ length: 30 }, (_, i) =>
    visit(`/${'x'.repeat(i * 3)}`, [{ phase: 'network', at: i * 10 }], i * 10 + 35, page),
  );
  for (const width of [40, 80, 133]) {
    const lines = timeline(many, { width, paint: plain, rows: 20 });
    assert.ok(
      lines.slice(0, 21).every((line) => line.length <= width),
      `${width}`,
    );
    assert.ok(lines.includes('... and 10 more'));
  }
});

test('visits that were never begun, or none at all, give no row', () => {
  assert.equal(timeline([], { width: 80, paint: plain }), []);
  assert.equal(timeline([new Visit(new URL('http://example.com/'))], { width: 80, paint: plain }), []);
});

test('there is colour on a terminal only, and none with NO_COLOR', () => {
  assert.is(paintFor({ isTTY: true }, {})('red', 'x'), '\u001B[31mx\u001B[39m');
  assert.is(paintFor({ isTTY: true }, { NO_COLOR: '1' })('red', 'x'), 'x');
  assert.is(paintFor({ isTTY: true }, { TERM: 'dumb' })('red', 'x'), 'x');
  assert.is(paintFor({ isTTY: false }, {})('red', 'x'), 'x');
});

test.run();
