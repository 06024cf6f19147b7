// The picture in a terminal: a row for each host, whose blocks are as high as calls ran there at once, and below it what
// happened there. Shapes differ, and not only colours. A pure function: a story in, lines out.
import type { Paint } from '../../support/colour.ts';
import type { Account, Blow, Story } from './account.ts';
import type { Run } from './diary.ts';
import { seconds, ticks } from './scale.ts';

const BLOCKS = ' ▁▂▃▄▅▆▇█';
const LABEL = 11;

export interface ChartOptions {
  readonly width: number;
  readonly paint: Paint;
}

export function chart(story: Story, account: Account, { width, paint }: ChartOptions): string[] {
  const { hosts, runs, blows, end } = story;
  const columns = Math.min(width, 120) - LABEL - 1;
  const cell = Math.max(end / columns, 0.001);
  const column = (time: number) => Math.max(0, Math.min(columns - 1, Math.floor(time / cell)));
  // All rows have one scale, so that they can be compared.
  const loads = new Map(
    hosts.map((host) => [
      host,
      loadOf(
        runs.filter((run) => run.host === host),
        columns,
        cell,
      ),
    ]),
  );
  const most = Math.max(1, ...[...loads.values()].flat());

  const lines = [axis(end, columns)];
  for (const host of hosts) {
    const own = runs.filter((run) => run.host === host);
    const blow = blows.find((one) => one.host === host);
    const blocks = (loads.get(host) as number[])
      .map((load) => BLOCKS[load === 0 ? 0 : Math.max(1, Math.round((load / most) * 8))])
      .join('');
    const struckAt = blow ? column(blow.at) : columns;
    lines.push(
      host.padEnd(LABEL) +
        paint('cyan', blocks.slice(0, struckAt)) +
        paint('red', blow ? '×' : '') +
        paint('red', blocks.slice(struckAt + 1).trimEnd()),
    );
    if (blow) lines.push(paint('red', placed(struck(blow, account), struckAt, columns)));
    const again = counts(
      own.filter((run) => account.fates.get(run) === 'again'),
      columns,
      column,
    );
    if (again.trim() !== '') lines.push(paint('yellow', `${'  again'.padEnd(LABEL)}${again.trimEnd()}`));
  }
  return lines;
}

/** How many calls ran at once in each column, on average. */
function loadOf(runs: readonly Run[], columns: number, cell: number): number[] {
  return Array.from({ length: columns }, (_, i) => {
    const [from, until] = [i * cell, (i + 1) * cell];
    const busy = runs.reduce((sum, run) => sum + Math.max(0, Math.min(run.until, until) - Math.max(run.from, from)), 0);
    return busy / cell;
  });
}

/** How many of the runs began in each column: a digit, or `+` where there are more than nine. */
function counts(runs: readonly Run[], columns: number, column: (time: number) => number): string {
  const numbers = new Array<number>(columns).fill(0);
  for (const { from } of runs) numbers[column(from)]!++;
  return numbers
    .map((count) =>
      count === 0 ? ' '
      : count > 9 ? '+'
      : String(count),
    )
    .join('');
}

function struck({ kind, at, host }: Blow, account: Account): string {
  const calls = account.losses.find((loss) => loss.host === host)?.calls ?? 0;
  return `${kind === 'killed' ? 'SIGKILL' : 'cut off'} at ${seconds(at)}, ${calls} calls under way`;
}

/** The text below a column, moved to the left where it would not fit. */
const placed = (text: string, column: number, columns: number): string =>
  ' '.repeat(LABEL + Math.max(0, Math.min(column, columns - text.length))) + text;

/** Times above the columns. A time and its gap need ten of them. */
function axis(end: number, columns: number): string {
  let line = ' '.repeat(LABEL);
  for (const { time, label } of ticks(end, columns / 10)) {
    const at = LABEL + Math.round((time / end) * columns);
    if (at + label.length <= LABEL + columns) line = line.padEnd(at) + label;
  }
  return line;
}
