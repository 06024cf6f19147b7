// Chapter 2: the ready queue, turn by turn, as a row of columns of cards.
import type { Event, Resume } from './record.ts';
import { box, code, svg, text } from './svg.ts';

const [COLUMN, CARD, GAP, LEFT, TOP] = [66, 28, 6, 124, 62];

/** `dish('tea', 'boil the water')` -> tea */
const short = (who: string) => /'([^']+)'/.exec(who)?.[1] ?? who;

export function turns(events: readonly Event[]): string {
  const resumes = events.filter((event): event is Resume => event.kind === 'resume');
  const ends = events.filter(({ kind }) => kind === 'ends' || kind === 'yields').map(({ kind }) => kind === 'ends');
  const parts = resumes.flatMap(({ who, ready }, i) => {
    const x = LEFT + i * COLUMN;
    const card = (name: string, place: number) => {
      const y = TOP + place * (CARD + GAP);
      return [
        box(x, y, COLUMN - 8, CARD, place === 0 ? 'on' : 'card'),
        code(x + (COLUMN - 8) / 2, y + 18, short(name), place === 0 ? 'on-text' : 'ink', 'middle'),
      ];
    };
    const after = ends[i] ? 'is over' : 'goes last';
    return [
      text(x + (COLUMN - 8) / 2, 30, String(i + 1), 'faint', 'middle'),
      text(x + (COLUMN - 8) / 2, 50, after, ends[i] ? 'alarm' : 'faint', 'middle', 'font-size="11"'),
      ...[who, ...ready].flatMap(card),
    ];
  });
  const rows = Math.max(...resumes.map(({ ready }) => ready.length + 1));
  return svg({
    title: 'The queue in each turn',
    description: `One column for each of ${resumes.length} turns. The card on top has the turn; below it wait the others. After its turn a card goes to the end of the queue, or is over.`,
    width: LEFT + resumes.length * COLUMN + 10,
    height: TOP + rows * (CARD + GAP) + 12,
    parts: [
      text(14, 30, 'turn', 'faint'),
      text(14, TOP + 18, 'it runs'),
      text(14, TOP + 18 + CARD + GAP, 'the others wait'),
      ...parts,
    ],
  });
}
