// Chapter 9: who owns a letter from the moment in which it is put into a queue, with two engines. A lane for each owner.
import type { Event } from './record.ts';
import { box, code, line, svg, text } from './svg.ts';

const [LEFT, COLUMN, LANE, TOP, GAP] = [120, 170, 34, 56, 44];
const QUEUE = 'the queue';
const [READ, LOST] = ['reads it', 'closed: the letter is lost'];

/** Something happens, and after it the letter has this owner. */
interface Moment {
  readonly what: string;
  readonly owner: string;
  readonly note: string;
}

export interface Run {
  readonly title: string;
  readonly events: readonly Event[];
}

/** `reader('a')` -> a, `main()` -> main */
const short = (who: string) => /'([^']+)'/.exec(who)?.[1] ?? who.replace(/\(.*/, '');

/** What happens to the item that is put into a queue first, as long as somebody has it. */
function momentsOf(events: readonly Event[]): Moment[] {
  const moments: Moment[] = [];
  let item: string | undefined;
  let what = '';
  for (const [i, event] of events.entries()) {
    if (event.kind === 'yields') {
      const [, kind, payload] = /^(put|cancel)\((.*)\)$/.exec(event.value) ?? [];
      if (kind === 'put') item ??= payload;
      if (kind === 'put') what = `${short(event.who)}: put(${payload})`;
      if (kind === 'cancel') what = `${short(event.who)}: cancel(${closedAfter(events, i)})`;
    }
    if (event.kind !== 'resume' || event.depth > 0 || item === undefined) continue;
    const [inbox] = Object.entries(event.handed).find(([, value]) => value === item) ?? [];
    const [promised] = Object.entries(event.handed).find(([, value]) => value === 'a promise') ?? [];
    const who = short(event.who);
    if (event.argument === item) {
      const note = event.method === 'next' ? READ : LOST;
      return [...moments, { what: `${who}: ${event.method}(${note === READ ? item : ''})`, owner: who, note }];
    }
    // What happened shows at the next resume, or at one after it, when several lead to it.
    if (moments.at(-1)?.what === what) moments.pop();
    if (inbox !== undefined) moments.push({ what, owner: short(inbox), note: 'in its inbox' });
    else if (promised !== undefined) moments.push({ what, owner: QUEUE, note: `promised to ${short(promised)}` });
  }
  throw new Error('nobody was ever given the item');
}

/** Whom a cancellation was meant for: the next one that is closed. */
const closedAfter = (events: readonly Event[], from: number): string => {
  const closed = events.slice(from).find((event) => event.kind === 'resume' && event.method === 'return');
  return closed && 'who' in closed ? short(closed.who) : '';
};

function panel({ title, events }: Run, owners: readonly string[], top: number) {
  const moments = momentsOf(events);
  const x = (moment: number) => LEFT + 70 + moment * COLUMN;
  const y = (owner: string) => top + TOP + owners.indexOf(owner) * LANE;
  const from = moments.map((_, i) => (i === 0 ? 'main' : moments[i - 1]!.owner));
  const right = x(3) + COLUMN - 20;
  const parts = [
    text(14, top + 4, title, 'ink', 'start', 'font-weight="600"'),
    ...owners.flatMap((owner) => [
      code(14, y(owner) + 4, owner),
      line(LEFT - 20, y(owner), right, y(owner), 'line', true),
    ]),
    box(LEFT - 20, y('main') - 4, x(0) - LEFT + 20, 8, 'on'),
    ...moments.flatMap(({ what, owner, note }, i) => {
      const lost = note === LOST;
      const end = i + 1 < moments.length ? x(i + 1) : right;
      const [low, high] = [y(owner), y(from[i]!)].sort((a, b) => a - b) as [number, number];
      return [
        code(x(i), top + 28, what, 'ink', 'middle'),
        ...(high > low ? [box(x(i) - 4, low - 4, 8, high - low + 8, 'on')] : []),
        ...(lost ?
          [`<circle class="alarm" cx="${x(i)}" cy="${y(owner)}" r="7"/>`]
        : [box(x(i), y(owner) - 4, end - x(i), 8, 'on')]),
        text(x(i) + 12, y(owner) - 9, note, lost ? 'alarm' : 'ink'),
      ];
    }),
  ];
  const told = moments.map(({ what, owner, note }) => `after "${what}" it is with ${owner}, ${note}`).join('; ');
  return { parts, right, told: `${title}: ${told}.` };
}

export function hands(runs: readonly Run[]): string {
  const owners = ['main', QUEUE, 'a', 'b'];
  const height = TOP + (owners.length - 1) * LANE + GAP;
  const panels = runs.map((run, i) => panel(run, owners, 24 + i * height));
  return svg({
    title: 'Who has the letter',
    description: `A letter is put into a queue, and the first of two readers is cancelled before its turn. ${panels.map(({ told }) => told).join(' ')}`,
    width: panels[0]!.right + 20,
    height: runs.length * height + 4,
    parts: panels.flatMap(({ parts }) => parts),
  });
}
