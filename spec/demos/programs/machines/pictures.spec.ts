// The pictures of `node demos machines`, from made-up maps: what ran twice, what that cost, and how it is shown.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { accountOf } from '../../../../demos/programs/machines/account.ts';
import { chart } from '../../../../demos/programs/machines/chart.ts';
import { entriesIn, runsOf } from '../../../../demos/programs/machines/diary.ts';
import { picture } from '../../../../demos/programs/machines/picture.ts';
import { report } from '../../../../demos/programs/machines/report.ts';
import { ticks } from '../../../../demos/programs/machines/scale.ts';
import { paintFor, plain } from '../../../../demos/support/colour.ts';
import { madeUp } from './made-up.ts';

const story = madeUp({ items: 1_000, lanes: 8, killedAt: 2_600, cutAt: 3_400, lease: 2_000 });
const account = accountOf(story);

const line = (entry: object) => `${JSON.stringify(entry)}\n`;

const test = suite('the pictures of the demo machines');

test('the diary is read as runs: done, cancelled, and cut short when their host was killed', () => {
  const diary =
    line({ item: 1, host: 'a', pid: 1, at: 1_010, event: 'begins' }) +
    line({ item: 2, host: 'b', pid: 2, at: 1_020, event: 'begins' }) +
    line({ item: 3, host: 'a', pid: 1, at: 1_030, event: 'begins' }) +
    line({ item: 3, host: 'a', pid: 1, at: 1_050, event: 'is cancelled' }) +
    line({ item: 1, host: 'a', pid: 1, at: 1_040, event: 'ends' }) + // two processes write, so lines may be out of order
    line({ item: 4, host: 'a', pid: 1, at: 1_060, event: 'begins' });
  assert.equal(runsOf(entriesIn(diary), 1_000, 1_100, new Map([['b', 1_045]])), [
    { item: 1, host: 'a', from: 10, until: 40, end: 'done' },
    { item: 2, host: 'b', from: 20, until: 45, end: 'cut short' },
    { item: 3, host: 'a', from: 30, until: 50, end: 'cancelled' },
    { item: 4, host: 'a', from: 60, until: 100, end: 'cut short' },
  ]);
});

test('without hosts, each process has a row of its own, in the order in which they began', () => {
  const diary =
    line({ item: 1, host: '', pid: 900, at: 2, event: 'begins' }) +
    line({ item: 2, host: '', pid: 17, at: 1, event: 'begins' });
  assert.equal(
    entriesIn(diary).map(({ pid, host }) => [pid, host]),
    [
      [17, 'process 1'],
      [900, 'process 2'],
    ],
  );
});

test('a call that was under way on a host that was killed or cut off ran twice, and only the second run counts', () => {
  assert.is(account.twice.length, 16);
  for (const item of account.twice) {
    const several = story.runs.filter((run) => run.item === item);
    assert.equal(
      several.map((run) => account.fates.get(run)),
      ['in vain', 'again'],
    );
    assert.ok(several[0]!.host !== 'host 1' && several[1]!.host === 'host 1');
  }
  assert.is([...account.fates.values()].filter((fate) => fate === 'counted').length, 984);
});

test('it says after how long the lost calls began elsewhere, and how much work nobody has', () => {
  assert.equal(
    account.losses.map(({ host, calls, first, last }) => [host, calls, first >= 2_000, last < 2_200]),
    [
      ['host 2', 8, true, true],
      ['host 3', 8, true, true],
    ],
  );
  const vain = story.runs.filter((run) => account.fates.get(run) === 'in vain');
  assert.is(
    account.wasted,
    vain.reduce((sum, { from, until }) => sum + until - from, 0),
  );
});

test('the terminal shows it in 80 columns, with and without colour', () => {
  const lines = chart(story, account, { width: 80, paint: plain });
  assert.ok(
    lines.every(({ length }) => length <= 80),
    lines.join('\n'),
  );
  assert.match(lines[1]!, /^host 1 {5}█+/);
  assert.match(lines[2]!, /^ {2}again {4} +\d/);
  assert.match(lines[3]!, /^host 2 {5}█+×$/);
  assert.match(lines[4]!, /^ +SIGKILL at 2\.6 s, 8 calls under way$/);
  assert.match(lines[6]!, /^ +cut off at 3\.4 s, 8 calls under way$/);
  // The text stands below the mark.
  assert.is(lines[4]!.indexOf('SIGKILL'), lines[3]!.indexOf('×'));
  const coloured = chart(story, account, { width: 80, paint: paintFor({ isTTY: true }, {}) });
  assert.equal(
    coloured.map((text) => text.replace(/\u001B\[\d+m/g, '')),
    lines,
  );
  assert.match(report(story, account).join('\n'), '16 calls ran more than once');
  assert.ok(report(story, account).every(({ length }) => length <= 80));
});

test('the picture has a bar for each run, a thread for each call that ran again, and is well-formed', () => {
  const svg = picture(story, account, 'A <title>', 'what & why');
  const count = (pattern: RegExp) => (svg.match(pattern) ?? []).length;
  assert.is(count(/<rect class="(?:counted|again|vain)"[^>]*><title>/g), story.runs.length);
  assert.is(count(/<rect class="vain"[^>]*><title>/g), 16);
  assert.is(count(/<path class="thread"/g), 16);
  assert.is(count(/<rect class="gone"/g), 2);
  assert.match(svg, 'A &#60;title&#62;');
  assert.not.match(svg, /NaN|Infinity|undefined/);
  // Each tag is closed, in order.
  const open: string[] = [];
  for (const [, close, name, empty] of svg.matchAll(/<(\/?)([\w-]+)(?:\s[^<>]*?)?(\/?)>/g)) {
    if (close) assert.is(open.pop(), name);
    else if (!empty) open.push(name!);
  }
  assert.equal(open, []);
});

test('a map in which nothing happened is shown, too', () => {
  const calm = madeUp({ items: 50, lanes: 2, killedAt: 1e9, cutAt: 1e9, lease: 1 });
  const quiet = { ...calm, blows: [], end: Math.max(...calm.runs.map(({ until }) => until)) };
  const said = accountOf(quiet);
  assert.equal(said.twice, []);
  assert.is(said.wasted, 0);
  assert.not.match(picture(quiet, said, 'calm', ''), /NaN|Infinity|class="gone"/);
  assert.match(report(quiet, said).join('\n'), 'No call ran twice');
});

test('times on an axis are round, and never too many', () => {
  for (const end of [1, 37, 950, 9_200, 61_000, 3_600_000]) {
    const found = ticks(end, 7);
    assert.ok(found.length >= 1 && found.length <= 8, `${end}: ${found.length}`);
    assert.is(found[0]!.time, 0);
  }
  assert.equal(
    ticks(9_200, 7).map(({ label }) => label),
    ['0 s', '2 s', '4 s', '6 s', '8 s'],
  );
});

test.run();
