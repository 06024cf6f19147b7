// Chapter 11: the loop of the host and ours, like two wheels with teeth. One of them runs at a time: the host calls, we
// run a slice and return, and so on.
import type { Event, HostCall } from './record.ts';
import { arrow, box, code, svg, text } from './svg.ts';

const [LEFT, TOOTH, GAP, ROW] = [104, 72, 28, 17];
/** Where the teeth of both begin at the top, how long they are, and the height at which they touch. */
const [HOST, OURS, TALL, MEET] = [44, 98, 96, 119];

/** One call by the host, and the slice that came of it. */
interface Tooth {
  readonly time: number;
  readonly what: string;
  /** The tasks that had a turn, in order. */
  readonly turns: string[];
}

const WORDS: Readonly<Record<string, string>> = { '': 'a timer', answer: 'an answer' };
const short = (who: string) => who.replace(/\(.*/, '');

function teethOf(events: readonly (Event | HostCall)[]): Tooth[] {
  const teeth: Tooth[] = [];
  for (const event of events) {
    if (event.kind === 'calls' && event.what !== 'slice')
      teeth.push({ time: event.time, what: WORDS[event.what] ?? event.what, turns: [] });
    // The first slice was asked for by the program itself.
    else if (event.kind === 'calls' && teeth.length === 0)
      teeth.push({ time: event.time, what: 'the start', turns: [] });
    else if (event.kind === 'resume' && event.depth === 0 && event.who !== '')
      teeth.at(-1)!.turns.push(short(event.who));
  }
  // A task that is answered inline is resumed several times in one turn.
  return teeth.map(({ turns, ...rest }) => ({ ...rest, turns: [...new Set(turns)] }));
}

export function mesh(events: readonly (Event | HostCall)[]): string {
  const teeth = teethOf(events);
  const x = (place: number) => LEFT + place * (TOOTH + GAP);
  const right = x(2 * teeth.length) + TOOTH;
  const hostTooth = (place: number, words: readonly string[]) => [
    box(x(place), HOST, TOOTH, TALL),
    ...words.map((word, row) => text(x(place) + TOOTH / 2, HOST + 26 + row * ROW, word, 'ink', 'middle')),
  ];
  const parts = teeth.flatMap(({ time, what, turns }, i) => {
    const [host, ours] = [x(2 * i), x(2 * i + 1)];
    return [
      code(host + TOOTH / 2, 24, `${time} ms`, 'faint', 'middle'),
      ...hostTooth(2 * i, what.split(' ')),
      box(ours, OURS, TOOTH, TALL, 'on'),
      ...turns.map((turn, row) => code(ours + TOOTH / 2, OURS + 46 + row * ROW, turn, 'on-text', 'middle')),
      arrow(host + TOOTH + 2, MEET, ours - 2, MEET),
      arrow(ours + TOOTH + 2, MEET, ours + TOOTH + GAP - 2, MEET, 'on-line'),
    ];
  });
  const told = teeth.map(({ time, what, turns }) => `At ${time} ms ${what}: ${turns.join(', ')}`);
  return svg({
    title: 'Two loops that mesh',
    description: `The host calls, our loop runs a slice, and returns to the host. ${told.join('. ')}. Then nothing is left, and the program ends.`,
    width: right + 20,
    height: OURS + TALL + 28,
    parts: [
      text(14, HOST + 5, 'the host', 'ink', 'start', 'font-weight="600"'),
      text(14, OURS + TALL + 5, 'our loop', 'ink', 'start', 'font-weight="600"'),
      ...parts,
      ...hostTooth(2 * teeth.length, ['nothing', 'is left']),
      `<path class="line" stroke-width="3" d="M${LEFT - 16} ${HOST}H${right}"/>`,
      `<path class="on-line" stroke-width="3" d="M${LEFT - 16} ${OURS + TALL}H${right}"/>`,
    ],
  });
}
