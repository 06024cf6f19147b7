// Chapter 1: two lanes, and an arrow for each call and each answer.
import type { Event } from './record.ts';
import { arrow, code, line, svg, text } from './svg.ts';

const [LEFT, RIGHT, ROW] = [150, 570, 46];

export function conversation(events: readonly Event[]): string {
  const parts: string[] = [];
  let y = 62;
  for (const event of events) {
    if (event.kind === 'resume') {
      parts.push(code((LEFT + RIGHT) / 2, y - 6, `${event.method}(${event.argument})`, 'ink', 'middle'));
      parts.push(arrow(LEFT, y, RIGHT, y, 'on-line'));
    } else if (event.kind === 'says') {
      // What the program prints about a call comes from the left, and says what the arrows say.
      if (!/^\s/.test(event.text)) continue;
      y -= ROW - 20;
      parts.push(text(RIGHT + 14, y, event.text.trim(), 'faint'));
    } else if (event.kind !== 'settles') {
      const how = { yields: 'yields', ends: 'is over:', throws: 'throws' }[event.kind];
      parts.push(code((LEFT + RIGHT) / 2, y - 6, `${how} ${event.value}`, 'ink', 'middle'));
      parts.push(arrow(RIGHT, y, LEFT, y));
    }
    y += ROW;
  }
  return svg({
    title: 'A conversation with a generator',
    description:
      'Two lanes. From the left, whoever drives the generator calls next, throw and return. From the right, the generator answers each call: it yields a question, or is over.',
    width: 800,
    height: y - 20,
    parts: [
      text(LEFT, 28, 'the one who drives', 'ink', 'middle', 'font-weight="600"'),
      text(RIGHT, 28, 'breakfast()', 'ink', 'middle', 'font-weight="600"'),
      line(LEFT, 38, LEFT, y - 36, 'line', true),
      line(RIGHT, 38, RIGHT, y - 36, 'line', true),
      ...parts,
    ],
  });
}
