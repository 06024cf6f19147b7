// Chapter 3: the clock, which jumps from mark to mark, and who sleeps meanwhile.
import type { Event } from './record.ts';
import { box, code, line, svg, text } from './svg.ts';

const [LEFT, WIDTH, TOP, ROW, MINUTE] = [270, 560, 96, 34, 60_000];

export function clock(events: readonly Event[]): string {
  const most = Math.max(...events.map((event) => (event.kind === 'resume' ? event.time : 0)));
  const x = (time: number) => Math.round(LEFT + (time / most) * WIDTH);
  // A task's own resumes are those that no other generator is around; it sleeps from one to the next.
  const lanes = new Map<string, number[]>();
  for (const event of events)
    if (event.kind === 'resume' && event.depth === 0 && event.who !== '')
      lanes.set(event.who, [...(lanes.get(event.who) ?? []), event.time]);
  const stops = [...new Set([...lanes.values()].flat())].sort((a, b) => a - b);
  const jumps = stops.slice(1).map((to, i) => {
    const from = stops[i]!;
    const height = 14 + (x(to) - x(from)) / 16;
    return `<path class="on-line" stroke-width="1.5" d="M${x(from)} 70Q${(x(from) + x(to)) / 2} ${70 - height * 2} ${x(to)} 70"/>`;
  });
  const rows = [...lanes].flatMap(([who, times], i) => {
    const y = TOP + i * ROW;
    const sleeps = times
      .slice(1)
      .flatMap((to, j) => (to > times[j]! ? [box(x(times[j]!), y - 5, x(to) - x(times[j]!), 10)] : []));
    return [
      code(14, y + 4, who.replace(/, .*\)/, ', ...)')),
      ...sleeps,
      ...times.map((time) => `<circle class="on" cx="${x(time)}" cy="${y}" r="5"/>`),
    ];
  });
  return svg({
    title: `An hour, in ${jumps.length} jumps`,
    description: `The clock shows ${stops.map((time) => `${time / MINUTE}`).join(', ')} minutes, and nothing in between. Below it each task sleeps (a bar) until it has a turn (a dot).`,
    width: LEFT + WIDTH + 40,
    height: TOP + lanes.size * ROW,
    parts: [
      text(14, 74, 'the clock, in minutes'),
      line(LEFT, 70, LEFT + WIDTH, 70, 'line', true),
      ...jumps,
      ...stops.flatMap((time) => [
        line(x(time), 66, x(time), 74),
        text(x(time), 20, String(time / MINUTE), 'ink', 'middle'),
      ]),
      ...stops.map((time) => line(x(time), 26, x(time), 60, 'line', true)),
      ...rows,
    ],
  });
}
