// `node demos blocking` as a person runs it.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { demo, patiently, succeeded } from '../../support/demo.ts';
import type { Ended, Line } from '../../support/demo.ts';

const test = suite('demo blocking');

test('a sleep that blocks holds everybody up, one that waits nobody', () =>
  patiently((factor) => demo(`blocking --delay ${400 * factor}`), look));

function look(ended: Ended, factor: number): void {
  succeeded(ended);
  const cut = ended.texts.findIndex((text) => text.startsWith(`yield* sleep(${400 * factor})`));
  const [rude, polite] = [ended.lines.slice(1, cut), ended.lines.slice(cut + 1)] as [Line[], Line[]];
  const workers = (lines: Line[]) => lines.map(({ text }) => text).filter((text) => /^[AB] /.test(text));
  assert.equal(workers(rude), ['A begins', 'A ends', 'B begins', 'B ends']);
  assert.equal(workers(polite), ['A begins', 'B begins', 'A ends', 'B ends']);
  const ticks = (lines: Line[]) => lines.filter(({ text }) => text.trim() === 'tick').length;
  // The ticker gets no turn while the thread is held.
  assert.ok(ticks(rude) <= 1, ended.out);
  assert.ok(ticks(polite) >= 2, ended.out);
  const end = (lines: Line[]) => (lines.at(-1) as Line).time;
  assert.ok(end(rude) >= 800 * factor - 1, ended.out);
  assert.ok(end(polite) >= 400 * factor - 1 && end(polite) < 790 * factor, ended.out);
}

test.run();
