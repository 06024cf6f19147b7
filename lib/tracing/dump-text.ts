// A dump as text, for terminals: first what is wrong, then the tree. Relies on nothing but the dump.

import type { Dump, DumpFrame, DumpTask } from './dump.ts';

/** The options of a dump's `toString`: how wide it is. */
export interface DumpTextOptions {
  /** The width in columns; 80 by default. Longer lines are wrapped, and long paths lose their beginning. */
  readonly width?: number | undefined;
}

/** A task that has waited this many milliseconds is reported first. */
const LONG = 600_000;

/** To sleep that long is no fault, and one that waits for other tasks is explained by them. */
const EXPECTED = /^(sleep|sleepUntil|join|cancel)\(|^its children$|^#\d/;

/** What is wrong, a line each: circles, and tasks that have waited for ten minutes and are no daemons. */
export function findings({ circles, tasks }: Dump): string[] {
  const late = tasks
    .filter(({ waited = 0, daemon, waitingOn = '' }) => waited >= LONG && !daemon && !EXPECTED.test(waitingOn))
    .sort((a, b) => (b.waited as number) - (a.waited as number));
  return [
    ...circles.map(
      (circle) =>
        `These tasks wait for each other: ${[...circle, circle[0]].map((task) => task && nameOf(task)).join(' -> ')}`,
    ),
    ...late
      .slice(0, 5)
      .map((task) => `${nameOf(task)} has waited on ${task.waitingOn} for ${span(task.waited as number)}`),
    ...(late.length > 5 ? [`${late.length - 5} more tasks have waited for ten minutes or longer`] : []),
  ];
}

export function dumpText(dump: Dump, { width = 80 }: DumpTextOptions = {}): string {
  const { loops, tasks } = dump;
  const lines = findings(dump).flatMap((line) => wrap(line, '', width));
  if (lines.length > 0) lines.push('');
  if (loops.length === 0) lines.push('No loop runs.');
  for (const [i, { tasks: count, age }] of loops.entries()) {
    if (i > 0) lines.push('');
    const mine = tasks.filter(({ loop }) => loop === i + 1);
    lines.push(`loop ${i + 1}: ${count} ${count === 1 ? 'task' : 'tasks'}, ${span(age)} old`);
    const least = Math.min(...mine.map(({ depth }) => depth));
    for (const task of mine) lines.push(...taskText(task, task.depth - least, width));
    if (count > mine.length) lines.push(`... and ${count - mine.length} more tasks`);
  }
  if (!dump.hasLines && tasks.length > 0) lines.push('', 'There is no inspector here, so the lines are not known.');
  return lines.join('\n');
}

function taskText(task: DumpTask, depth: number, width: number): string[] {
  // Deeper than this, the text would run out of its columns.
  const indent = '  '.repeat(Math.min(depth, 12));
  const text = [
    `${nameOf(task)} ${task.state}${task.waitingOn === undefined ? '' : ` on ${task.waitingOn}`}`,
    ...(task.waited === undefined ? [] : [`for ${span(task.waited)}`]),
    ...(task.heldBy === undefined ? [] : [`held by ${task.heldBy}`]),
    ...(task.cancelling ? ['cancelling'] : []),
    ...(task.daemon ? ['daemon'] : []),
    ...(task.inCircle ? ['in a circle'] : []),
  ].join(', ');
  return [
    ...wrap(`${indent}${text}`, `${indent}    `, width),
    ...framesText(task.frames, width - indent.length - 4).map((line) => `${indent}    ${line}`),
  ];
}

/** A recursion has many frames in the same line. They are counted. */
function framesText(frames: readonly DumpFrame[], width: number): string[] {
  const lines: { readonly text: string; count: number }[] = [];
  for (const frame of frames) {
    const text = frameText(frame, width);
    const last = lines.at(-1);
    if (last?.text === text) last.count++;
    else lines.push({ text, count: 1 });
  }
  return lines.flatMap(({ text, count }) => (count > 1 ? [text, `... and ${count - 1} more there`] : text));
}

export function frameText(frame: DumpFrame, width: number): string {
  if ('leftOut' in frame) return `... ${frame.leftOut} more frames`;
  const { name, place } = frame;
  const left = Math.max(width - (name ? `at ${name} ()` : 'at ').length, 20);
  const path = shortPath(place);
  const shown = path.length > left ? `...${path.slice(3 - left)}` : path;
  return name ? `at ${name} (${shown})` : `at ${shown}`;
}

/** Relative to the working directory, if it lies in there. */
function shortPath(place: string): string {
  const { process } = globalThis as { process?: { cwd?(): string } };
  const path = place.startsWith('file://') ? decodeURI(place.slice('file://'.length)) : place;
  const folder = `${process?.cwd?.() ?? ''}/`;
  return folder !== '/' && path.startsWith(folder) ? path.slice(folder.length) : path;
}

/** `#3 save` */
export function nameOf({ id, name }: DumpTask): string {
  return `#${id} ${name}`;
}

/** A time that a person reads: `12 ms`, `3.1 s`, `10 min`, `2.5 h`. */
export function span(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  return `${(ms / 3_600_000).toFixed(1)} h`;
}

/** Breaks a line between words. A word that is longer than a line stays whole. */
function wrap(line: string, indent: string, width: number): string[] {
  const lines: string[] = [];
  let rest = line;
  while (rest.length > width) {
    const [{ length: start }] = /^ */.exec(rest) as unknown as [string];
    let cut = rest.lastIndexOf(' ', width);
    if (cut < start) cut = rest.indexOf(' ', Math.max(start, width));
    if (cut < 0) break;
    lines.push(rest.slice(0, cut));
    rest = indent + rest.slice(cut + 1);
  }
  return [...lines, rest];
}
