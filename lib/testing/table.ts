// The table of an interleaving: a column a task, a line a step, as lincheck prints it. It fits in 80 columns. With more
// than five tasks the columns would be too narrow, and the name of the task stands at the beginning of each line
// instead. Relies on the interleaving's data.

import { oneLine } from '../words/show.ts';
import type { Action, Step } from './interleaving.ts';

const WIDTH = 80;
const MOST_COLUMNS = 5;
/** Of a longer run only the last steps are shown, and the first one. */
const MOST_STEPS = 100;

/**
 * The steps of a run as text, each line at most 80 columns wide. `*` marks a step that the engine would not take.
 *
 * @example
 * const { failure } = explore(() => main());
 * if (failure) console.log(table(failure.steps));
 */
export function table(steps: readonly Step[]): string {
  const shown = steps.length > MOST_STEPS ? steps.slice(-MOST_STEPS) : steps;
  const left = steps.length - shown.length;
  const names = columnsOf(shown);
  const lines = names.length <= MOST_COLUMNS ? inColumns(shown, names) : inLines(shown);
  const [head = '', rule = '', ...rest] = lines;
  return [head, rule, ...(left > 0 ? [`  ... ${left} steps before`] : []), ...rest].join('\n');
}

/** One column for each task that has a step, in the order of their ids, and one for callbacks. */
function columnsOf(steps: readonly Step[]): { key: string; title: string }[] {
  const titles = new Map<number, string>();
  for (const { task } of steps) titles.set(task?.id ?? Infinity, titleOf(task));
  return [...titles].sort(([a], [b]) => a - b).map(([id, title]) => ({ key: String(id), title }));
}

function titleOf(task: Step['task']): string {
  return task ? `#${task.id} ${oneLine(task.name)}` : 'callbacks';
}

function inColumns(steps: readonly Step[], columns: { key: string; title: string }[]): string[] {
  const before = beginningOf(steps);
  const width = Math.floor((WIDTH - before.width) / Math.max(1, columns.length)) - 2;
  const row = (start: string, cells: readonly string[]) =>
    (start.padEnd(before.width) + cells.map((cell) => `  ${cell.padEnd(width)}`).join('')).trimEnd();
  const lines = [
    row(
      before.head,
      columns.map(({ title }) => cut(title, width)),
    ),
    '-'.repeat(before.width + columns.length * (width + 2)),
  ];
  for (const step of steps) {
    const column = columns.findIndex(({ key }) => key === String(step.task?.id ?? Infinity));
    const texts = textsOf(step).flatMap((text) => wrap(text, width));
    for (const [index, text] of texts.entries()) {
      const cells = columns.map((_, at) => (at === column ? text : ''));
      lines.push(row(index === 0 ? before.of(step) : '', cells));
    }
  }
  return lines;
}

function inLines(steps: readonly Step[]): string[] {
  const before = beginningOf(steps);
  const longest = Math.max(...steps.map(({ task }) => titleOf(task).length));
  const nameWidth = Math.min(24, longest);
  const width = WIDTH - before.width - nameWidth - 4;
  const row = (start: string, name: string, text: string) =>
    `${start.padEnd(before.width)}  ${cut(name, nameWidth).padEnd(nameWidth)}  ${text}`.trimEnd();
  const lines = [row(before.head, 'task', 'what it does'), '-'.repeat(WIDTH)];
  for (const step of steps)
    for (const [index, text] of textsOf(step)
      .flatMap((whole) => wrap(whole, width))
      .entries())
      lines.push(row(index === 0 ? before.of(step) : '', index === 0 ? titleOf(step.task) : '', text));
  return lines;
}

/** The number of the step, a mark, and the time if it is not always 0. */
function beginningOf(steps: readonly Step[]) {
  const number = Math.max(4, ...steps.map(({ step }) => String(step).length));
  const hasTime = steps.some(({ time }) => time > 0);
  const time = hasTime ? Math.max(4, ...steps.map((step) => String(step.time).length)) + 1 : 0;
  return {
    width: number + 1 + time,
    head: 'step'.padStart(number) + ' ' + (hasTime ? 'ms'.padStart(time) : ''),
    of: (step: Step) =>
      String(step.step).padStart(number) +
      (step.switched ? '*' : ' ') +
      (hasTime ? String(step.time).padStart(time) : ''),
  };
}

function textsOf(step: Step): string[] {
  const texts: string[] = [];
  const { how, value, actions, end } = step;
  if (how === 'callback') texts.push(value ?? 'a callback');
  else if (how === 'close') texts.push('is cancelled');
  else if (how === 'throw') texts.push(`! ${value}`);
  else if (value !== undefined) texts.push(`= ${value}`);
  for (const action of actions) texts.push(textOfAction(action));
  if (end !== undefined) texts.push(end);
  return texts.length > 0 ? texts : [how === 'start' ? 'starts' : 'goes on'];
}

function textOfAction({ yielded, answer, error, waits, late }: Action): string {
  if (error !== undefined) return `${yielded} ! ${error}`;
  if (waits) return late ? `${yielded} ... ${late} ms late` : `${yielded} ...`;
  // A call of a coroutine is answered by what it does, an effect that has nothing to say by `undefined`.
  return answer === undefined || answer === 'undefined' ? yielded : `${yielded} = ${answer}`;
}

/** At spaces, if there are some, and at most three lines. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width && lines.length < 2) {
    const space = rest.lastIndexOf(' ', width);
    const end = space > width / 2 ? space : width;
    lines.push(rest.slice(0, end));
    rest = `  ${rest.slice(end).trimStart()}`;
  }
  return [...lines, cut(rest, width)];
}

function cut(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, Math.max(0, width - 3))}...` : text;
}
