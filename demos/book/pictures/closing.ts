// Chapter 8: how the frames of a task are closed, from the inside out. A lane for each frame, and one for the engine.
import type { Event } from './record.ts';
import { arrow, code, line, svg, text } from './svg.ts';

const [TIME, ENGINE, FIRST, LANE, ROW, TOP] = [14, 130, 400, 270, 44, 84];

interface Row {
  readonly who: string;
  readonly call: string;
  readonly time: number;
  answer: string;
}

/** What was done to the frames from the first `return()` on. Questions for the time are left out: they take no turn. */
function rowsOf(events: readonly Event[]): Row[] {
  const rows: Row[] = [];
  let inline = false;
  let names = new Set<string>();
  for (const event of events) {
    if (event.kind === 'says' || event.kind === 'settles' || event.depth !== 0) continue;
    if (event.kind === 'resume') {
      if (event.method === 'return') names = new Set([...names, event.who]);
      if (!names.has(event.who) || inline) continue;
      rows.push({ who: event.who, call: `${event.method}(${event.argument})`, time: event.time, answer: '' });
    } else if (names.has(event.who)) {
      inline = event.kind === 'yields' && event.value.startsWith('now');
      if (!inline) rows.at(-1)!.answer = event.kind === 'yields' ? `yields ${event.value}` : 'is over';
    }
  }
  return rows;
}

export function closing(events: readonly Event[]): string {
  const rows = rowsOf(events);
  const frames = [...new Set(rows.map(({ who }) => who))];
  const x = (who: string) => FIRST + frames.indexOf(who) * LANE;
  const bottom = TOP + rows.length * 2 * ROW - ROW + 16;
  const parts = rows.flatMap(({ who, call, time, answer }, i) => {
    const y = TOP + i * 2 * ROW;
    const middle = (ENGINE + FIRST) / 2;
    return [
      code(TIME, y + 4, `${time} ms`, 'faint'),
      code(middle, y - 7, call.replace(/^return\(.*\)/, 'return()'), 'ink', 'middle'),
      arrow(ENGINE, y, x(who) - 4, y, 'on-line'),
      code(middle, y + ROW - 7, answer, answer === 'is over' ? 'alarm' : 'ink', 'middle'),
      arrow(x(who), y + ROW, ENGINE + 4, y + ROW),
      line(x(who), y, x(who), y + ROW, 'on-line'),
    ];
  });
  const told = rows.map(({ who, call, time, answer }) => `At ${time} ms ${call} on ${who}, which ${answer}`);
  return svg({
    title: 'Frames are closed from the inside out',
    description: `Two frames, and the engine that closes them. ${told.join('. ')}.`,
    width: FIRST + (frames.length - 1) * LANE + 110,
    height: bottom + 16,
    parts: [
      text(ENGINE, 32, 'the engine', 'ink', 'middle', 'font-weight="600"'),
      ...frames.map((who) => code(x(who), 32, who, 'ink', 'middle')),
      text(x(frames[0]!), 50, 'the innermost frame', 'faint', 'middle'),
      text(x(frames.at(-1)!), 50, 'its caller', 'faint', 'middle'),
      ...[ENGINE, ...frames.map(x)].map((at) => line(at, 58, at, bottom, 'line', true)),
      ...parts,
    ],
  });
}
