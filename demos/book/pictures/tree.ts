// Chapter 7: the tree of tasks. Each one runs, then waits for those that it owns, and is over when they are.
import type { Event, Settled } from './record.ts';
import { arrow, box, code, line, svg, text } from './svg.ts';

const [LEFT, WIDTH, TOP, ROW, INDENT] = [270, 440, 58, 30, 18];

interface Node {
  readonly task: Settled;
  readonly level: number;
  /** Its first turn, and when its own coroutine was over. */
  readonly begin: number;
  readonly codeEnd: number;
}

/** `order('book', 'valid')` -> order('book') */
const short = (who: string) => who.replace(/, .*\)/, ')');

function nodesOf(events: readonly Event[]): Node[] {
  const tasks = events.filter((event): event is Settled => event.kind === 'settles');
  const turns = new Map<string, number[]>();
  for (const event of events)
    if (event.kind === 'resume' && event.depth === 0)
      turns.set(event.who, [...(turns.get(event.who) ?? []), event.time]);
  // The order in which they had their first turn, and below each one those that it owns.
  const order = [...turns.keys()];
  const owned = (owner: string) =>
    tasks.filter((task) => task.owner === owner).sort((a, b) => order.indexOf(a.who) - order.indexOf(b.who));
  const walk = (owner: string, level: number): Node[] =>
    owned(owner).flatMap((task) => {
      const times = turns.get(task.who) ?? [0];
      return [{ task, level, begin: times[0]!, codeEnd: times.at(-1)! }, ...walk(task.who, level + 1)];
    });
  return walk('', 0);
}

export function tree(events: readonly Event[]): string {
  const nodes = nodesOf(events);
  const most = Math.max(...nodes.map(({ task }) => task.time));
  const x = (time: number) => Math.round(LEFT + (time / most) * WIDTH);
  const y = (row: number) => TOP + row * ROW;
  const rows = nodes.flatMap(({ task, level, begin, codeEnd }, i) => {
    const failed = task.state === 'failed';
    const owner = nodes.findIndex(({ task: { who } }) => who === task.owner);
    const passedOn = failed && nodes[owner]?.task.state === 'failed';
    return [
      code(14 + level * INDENT, y(i) + 4, short(task.who), failed ? 'alarm' : 'ink'),
      ...(codeEnd > begin ? [box(x(begin), y(i) - 5, x(codeEnd) - x(begin), 10, 'on')] : []),
      ...(task.time > codeEnd ? [box(x(codeEnd), y(i) - 5, x(task.time) - x(codeEnd), 10)] : []),
      ...(passedOn ?
        [
          line(x(task.time), y(i), x(nodes[owner]!.task.time) + 14, y(i), 'on-line', true),
          arrow(x(nodes[owner]!.task.time) + 14, y(i), x(nodes[owner]!.task.time) + 14, y(owner) + 4, 'on-line'),
        ]
      : []),
      `<circle class="${failed ? 'alarm' : 'on'}" cx="${x(task.time)}" cy="${y(i)}" r="5"/>`,
      ...(failed ? [text(x(task.time) + 22, y(i) + (passedOn ? -5 : 5), 'failed', 'alarm')] : []),
    ];
  });
  const times = [...new Set(nodes.map(({ task }) => task.time))].sort((a, b) => a - b);
  const ends = [...nodes].sort((a, b) => a.task.time - b.task.time).map(({ task }) => short(task.who));
  return svg({
    title: 'Every task is over after those that it owns',
    description: `The tree of tasks, below each task those that it owns. A blue bar while its own code is not over, a grey one while it waits for the tasks that it owns, and a dot where it is over. They end in this order: ${ends.join(', ')}.`,
    width: LEFT + WIDTH + 110,
    height: TOP + nodes.length * ROW - 6,
    parts: [
      code(14, 24, 'ms', 'faint'),
      ...[0, ...times].map((time) => code(x(time), 24, String(time), 'faint', 'middle')),
      ...[0, ...times].map((time) => line(x(time), 32, x(time), y(nodes.length - 1) + 10, 'line', true)),
      ...rows,
    ],
  });
}
