// Chapter 10: the wait-for graph, as the report of a deadlock tells it. An arrow leads from a task to the one that it
// waits for.
import type { Event } from './record.ts';
import { box, code, line, svg, text } from './svg.ts';

const [WIDTH, HEIGHT, SPACING, LEFT, TOP, ROW] = [104, 34, 240, 20, 24, 152];

interface Task {
  readonly id: number;
  readonly name: string;
  readonly waitingOn: string;
  /** The one that it waits for, if there is one. */
  readonly target: number | undefined;
}

function tasksOf(events: readonly Event[]): Task[] {
  const report = events.find((event) => event.kind === 'says' && event.text.startsWith('DeadlockError'));
  const lines = report?.kind === 'says' ? report.text.split('\n').slice(1) : [];
  return lines.map((entry) => {
    const [, id, name = '', waitingOn = '', holder] =
      /<Task #(\d+) (\S+) waiting on (.*)>(?:, held by #(\d+))?/.exec(entry) ?? [];
    const target = holder ?? /^join\(#(\d+)/.exec(waitingOn)?.[1];
    return { id: Number(id), name, waitingOn, target: target === undefined ? undefined : Number(target) };
  });
}

/** From a task along those that it waits for, as long as each of them is a new one. */
function wayFrom(start: Task, tasks: readonly Task[]): Task[] {
  const way: Task[] = [];
  for (let one: Task | undefined = start; one && !way.includes(one);) {
    way.push(one);
    const { target }: Task = one;
    one = tasks.find(({ id }) => id === target);
  }
  return way;
}

/** A line with a head at its end, in any direction. */
function pointed(x1: number, y1: number, x2: number, y2: number, look: string, dashed: boolean): string {
  const length = Math.hypot(x2 - x1, y2 - y1);
  const [dx, dy] = [((x2 - x1) / length) * 7, ((y2 - y1) / length) * 7];
  const corner = (side: number) => `${Math.round(x2 - dx - side * dy)} ${Math.round(y2 - dy + side * dx)}`;
  return `${line(x1, y1, x2, y2, look, dashed)}\n<path class="${look}" d="M${corner(0.6)}L${x2} ${y2}L${corner(-0.6)}"/>`;
}

export function waits(events: readonly Event[]): string {
  const tasks = tasksOf(events);
  const owners = new Map(events.flatMap((event) => (event.kind === 'settles' ? [[event.id, event.ownerId]] : [])));
  // The longest way along the arrows makes the row: it ends with the circle.
  const rooted = tasks.filter(({ target }) => target !== undefined);
  const row = rooted.map((task) => wayFrom(task, tasks)).sort((a, b) => b.length - a.length)[0]!;
  const [top] = tasks.filter((task) => !row.includes(task)) as [Task];
  const x = (task: Task) => LEFT + row.indexOf(task) * SPACING;
  const y = TOP + ROW;
  const width = LEFT * 2 + (row.length - 1) * SPACING + WIDTH;
  const node = (left: number, above: number, { id, name }: Task) => [
    box(left, above, WIDTH, HEIGHT),
    code(left + WIDTH / 2, above + 21, `#${id} ${name}`, 'ink', 'middle'),
  ];
  const topLeft = Math.round((width - WIDTH) / 2);
  const edges = row.flatMap((task, i) => {
    const target = row.find(({ id }) => id === task.target);
    if (!target) return [];
    if (target === row[i + 1]) {
      const [from, to] = [x(task) + WIDTH, x(target)];
      return [
        pointed(from, y + HEIGHT / 2, to - 1, y + HEIGHT / 2, 'on-line', false),
        code((from + to) / 2, y + HEIGHT / 2 - 8, task.waitingOn, 'ink', 'middle'),
      ];
    }
    // Back to where the circle begins: below the row.
    const [from, to, bottom] = [x(task) + WIDTH / 2, x(target) + WIDTH / 2, y + HEIGHT + 46];
    return [
      line(from, y + HEIGHT, from, bottom, 'on-line'),
      line(from, bottom, to, bottom, 'on-line'),
      pointed(to, bottom, to, y + HEIGHT + 1, 'on-line', false),
      code((from + to) / 2, bottom - 8, task.waitingOn, 'ink', 'middle'),
    ];
  });
  const owned = row.filter(({ id }) => owners.get(id) === top.id);
  const told = row.map(({ id, name, waitingOn, target }) => `#${id} ${name} waits on ${waitingOn}, for #${target}`);
  return svg({
    title: 'Who waits for whom',
    description: `#${top.id} ${top.name} waits for its children, which are all the others. ${told.join('. ')}. So the arrows go round in a circle.`,
    width,
    height: y + HEIGHT + 62,
    parts: [
      ...owned.map((task) => pointed(topLeft + WIDTH / 2, TOP + HEIGHT, x(task) + WIDTH / 2, y - 1, 'line', true)),
      text(topLeft + WIDTH + 14, TOP + 21, top.waitingOn.replace('its', 'waits for its'), 'faint'),
      ...node(topLeft, TOP, top),
      ...edges,
      ...row.flatMap((task) => node(x(task), y, task)),
    ],
  });
}
