// Chapters 4 and 5: one resume, and all the generators that it passes through.
import type { Event } from './record.ts';
import { arrow, code, line, svg, text } from './svg.ts';

const [LEFT, STEP, ROW] = [190, 56, 42];

/** The events of one resume by the loop: the second one, when the innermost coroutine waits in its middle. */
function oneResume(events: readonly Event[]): Event[] {
  const starts = events.flatMap((event, i) => (event.kind === 'resume' && event.depth === 0 ? [i] : []));
  const walks = starts.map((start, i) => events.slice(start, starts[i + 1]));
  const ofC = (event: Event) => event.kind === 'yields' && event.who === 'c()';
  return walks.filter((walk) => walk.some(ofC))[1] ?? [];
}

function panel(title: string, walk: readonly Event[], top: number): { parts: string[]; height: number } {
  const rows: string[] = [];
  const parts: string[] = [];
  let x = LEFT;
  let y = top + 40;
  for (const [i, event] of walk.entries()) {
    if (event.kind === 'says' || event.kind === 'settles') continue;
    const row = top + 40 + (event.depth + 1) * ROW;
    if (event.kind === 'resume') {
      rows[event.depth] ??= event.who;
      parts.push(arrow(x, y, x, row, 'on-line'));
      y = row;
    } else {
      const to = top + 40 + event.depth * ROW;
      parts.push(arrow(x, y, x, to));
      y = to;
    }
    if (i < walk.length - 1) parts.push(line(x, y, x + STEP, y, event.kind === 'resume' ? 'on-line' : 'line'));
    x += STEP;
  }
  const names = ['the loop', ...rows];
  return {
    parts: [
      text(14, top + 16, title, 'ink', 'start', 'font-weight="600"'),
      ...names.map((name, i) => code(14, top + 44 + i * ROW, name)),
      ...parts,
    ],
    height: 60 + names.length * ROW,
  };
}

export function staircase(walks: readonly { readonly title: string; readonly events: readonly Event[] }[]): string {
  let top = 12;
  const drawn = walks.map(({ title, events }) => ({ title, walk: oneResume(events) }));
  const parts = drawn.flatMap(({ title, walk }) => {
    const { parts, height } = panel(title, walk, top);
    top += height;
    return parts;
  });
  const counts = drawn.map(
    ({ title, walk }) => `${title}: ${walk.filter(({ kind }) => kind === 'resume').length} generators`,
  );
  return svg({
    title: 'What one resume passes through',
    description: `From the loop down to the coroutine that goes on, and back up. ${counts.join('. ')}.`,
    width: LEFT + Math.max(...drawn.map(({ walk }) => walk.length)) * STEP + 20,
    height: top,
    parts,
  });
}
