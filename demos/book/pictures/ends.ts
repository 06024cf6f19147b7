// Chapter 6: who hears how a task has ended, and when. A lane for each task; its end is kept until somebody asks.
import type { Event } from './record.ts';
import { arrow, box, code, line, svg, text } from './svg.ts';

const [LEFT, WIDTH, TOP, ROW] = [150, 540, 66, 40];

interface Lane {
  readonly name: string;
  readonly turns: number[];
  /** When it was handed something by `next` or `throw`, in the notation of the record. */
  readonly given: { readonly time: number; readonly what: string }[];
  end?: { readonly time: number; readonly value: string; readonly failed: boolean };
}

/** `runner('Ada', ...)` -> Ada, `main()` -> main */
const short = (who: string) => /'([^']+)'/.exec(who)?.[1] ?? who.replace(/\(.*/, '');

function lanesOf(events: readonly Event[]): Lane[] {
  const lanes = new Map<string, Lane>();
  let time = 0;
  for (const event of events) {
    if (event.kind === 'says' || event.kind === 'settles' || event.depth !== 0 || event.who === '') continue;
    const lane = lanes.get(event.who) ?? { name: short(event.who), turns: [], given: [] };
    lanes.set(event.who, lane);
    if (event.kind === 'resume') {
      time = event.time;
      lane.turns.push(time);
      if (event.argument !== '') lane.given.push({ time, what: event.argument });
    } else if (event.kind !== 'yields') lane.end = { time, value: event.value, failed: event.kind === 'throws' };
  }
  return [...lanes.values()];
}

export function ends(events: readonly Event[]): string {
  const lanes = lanesOf(events);
  const most = Math.max(...lanes.flatMap(({ turns }) => turns));
  const x = (time: number) => Math.round(LEFT + (time / most) * WIDTH);
  const y = (lane: number) => TOP + lane * ROW;
  const rows = lanes.flatMap(({ name, turns, end }, i) => [
    code(14, y(i) + 4, name),
    box(x(turns[0]!), y(i) - 5, x(turns.at(-1)!) - x(turns[0]!), 10),
    ...[...new Set(turns)].map((time) => `<circle class="on" cx="${x(time)}" cy="${y(i)}" r="4"/>`),
    ...(end && end.value !== 'undefined' ?
      [text(x(end.time) + 10, y(i) - 9, end.value.replace(/new Error\((.*)\)/, '$1'), end.failed ? 'alarm' : 'ink')]
    : []),
  ]);
  // From an end to each that was given it: along its own lane for as long as it was kept, and then across.
  const told: string[] = [];
  const news = lanes.flatMap(({ end, name: of }, from) => {
    if (!end || end.value === 'undefined') return [];
    return lanes.flatMap(({ name, given }, to) => {
      const heard = given.find(({ what, time }) => what === end.value && time >= end.time);
      if (!heard) return [];
      told.push(`At ${heard.time} ms ${name} hears of ${of}, who was over at ${end.time} ms`);
      const kept = heard.time > end.time ? [line(x(end.time), y(from), x(heard.time), y(from), 'on-line', true)] : [];
      return [...kept, arrow(x(heard.time), y(from), x(heard.time), y(to) + (to > from ? -6 : 6), 'on-line')];
    });
  });
  const times = [...new Set(lanes.flatMap(({ turns }) => turns))].sort((a, b) => a - b);
  return svg({
    title: 'Who hears how a task has ended',
    description: `A lane for each task, and an arrow from its end to each task that hears of it. ${told.join('. ')}.`,
    width: LEFT + WIDTH + 120,
    height: TOP + lanes.length * ROW,
    parts: [
      code(14, 24, 'ms', 'faint'),
      ...times.map((time) => code(x(time), 24, String(time), 'faint', 'middle')),
      ...times.map((time) => line(x(time), 32, x(time), y(lanes.length - 1) + 12, 'line', true)),
      ...rows,
      ...news,
    ],
  });
}
