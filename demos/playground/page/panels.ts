// The four panels: what is ready, the clock, the tasks, the log. Each task and each place is a link to the other end of
// its wait. Relies on dom, words.
import type { PlaceId, TaskId } from '../walk/log.ts';
import type { Sentences } from '../walk/sentence.ts';
import type { Frame, LogLine, PlaceState, State, TaskState, Walk } from '../walk/state.ts';
import { byId, html, Html, show } from './dom.ts';
import type { Words } from './words.ts';

/** At most so many tasks are shown, those that are not over first: a step must not take long. */
const MOST_TASKS = 60;
const MOST_LINES = 120;

export interface View {
  readonly words: Words;
  readonly sentences: Sentences;
  readonly walk: Walk;
  readonly state: State;
  /** The task that the sentence is about. */
  readonly current: TaskId | undefined;
}

export function showPanels(view: View): void {
  showTasks(view);
  showReady(view);
  showClock(view);
  showLog(view);
}

export const milliseconds = (time: number): string => `${Math.round(time * 100) / 100} ms`;

/** The word for what a task does, and the class that colours it. Its shape is in the style sheet. */
export function styleOf({ doing, closing }: Pick<TaskState, 'doing' | 'closing'>): string {
  return closing && (doing === 'waiting' || doing === 'ready' || doing === 'running') ? `${doing} closing` : doing;
}

const isOver = ({ doing }: TaskState): boolean => doing === 'succeeded' || doing === 'failed' || doing === 'cancelled';

const nameOf = (state: State, id: TaskId): string => state.tasks.get(id)?.label ?? `#${id}`;

const placeName = (place: PlaceState | undefined): string =>
  place ? [place.type, place.name].filter(Boolean).join(' ') || '?' : '?';

/** A link to a task or a place. `from` makes its key, so that it keeps the focus. */
const linkToTask = (state: State, id: TaskId, from: string): Html =>
  html`<button class="link" data-go="task-${id}" data-key="${from}>task-${id}">${nameOf(state, id)}</button>`;
const linkToPlace = (state: State, id: PlaceId, from: string): Html =>
  html`<button class="link" data-go="place-${id}" data-key="${from}>place-${id}">
    ${placeName(state.places.get(id))}
  </button>`;

const list = (links: readonly Html[]): Html =>
  new Html(
    links
      .slice(0, 8)
      .map(({ text }) => text)
      .join(' ') + (links.length > 8 ? ` … (${links.length})` : ''),
  );

const chip = ({ sentences }: View, task: TaskState): Html =>
  html`<span class="chip ${styleOf(task)}">${sentences.doing(task.doing, task.closing)}</span>`;

// Tasks

function showTasks(view: View): void {
  const { state, words } = view;
  const chosen = choose(view);
  const left = state.tasks.size - chosen.size;
  const places = [...state.places.values()].filter(
    ({ holder, waiters, size }) => holder !== undefined || waiters.length > 0 || size !== undefined,
  );
  show(byId('tasks'), [
    ...inTree(state, chosen).map(([task, depth]) => taskItem(view, task, depth)),
    ...(state.tasks.size === 0 ? [html`<li class="none">${words.noTasks}</li>`] : []),
    ...(left > 0 ? [html`<li class="none">${words.moreTasks(left)}</li>`] : []),
    ...places.slice(0, MOST_TASKS).map((place) => placeItem(view, place)),
  ]);
}

/** Each task behind its owner, with its depth in the tree. */
function inTree({ tasks }: State, chosen: ReadonlySet<TaskState>): [task: TaskState, depth: number][] {
  const list: [task: TaskState, depth: number][] = [];
  const add = (task: TaskState, depth: number): void => {
    list.push([task, depth]);
    for (const id of task.children) {
      const child = tasks.get(id);
      if (child && chosen.has(child)) add(child, depth + 1);
    }
  };
  for (const task of chosen) if (task.owner === undefined || !tasks.has(task.owner)) add(task, 0);
  return list;
}

/** Those that are shown: with each of them its owners, or it would have no place in the tree. */
function choose({ state, current }: View): Set<TaskState> {
  const all = [...state.tasks.values()];
  const chosen = new Set<TaskState>();
  const add = (task: TaskState | undefined): void => {
    for (; task && !chosen.has(task); task = task.owner === undefined ? undefined : state.tasks.get(task.owner))
      chosen.add(task);
  };
  if (current !== undefined) add(state.tasks.get(current));
  for (const wanted of [all.filter((task) => !isOver(task)), all])
    for (const task of wanted) if (chosen.size < MOST_TASKS) add(task);
  return chosen;
}

function taskItem(view: View, task: TaskState, depth: number): Html {
  const { state, words, current } = view;
  const key = `task-${task.id}`;
  const name = nameOf(state, task.id);
  return html`<li
    id="${key}"
    class="task ${styleOf(task)}${task.id === current ? ' current' : ''}"
    style="--depth:${Math.min(depth, 6)}"
    tabindex="-1"
  >
    <div class="row">
      <span class="name">${name}</span>
      ${depth > 0 && html`<span class="hidden">${words.childOf(nameOf(state, task.owner!))}</span>`} ${chip(view, task)}
      ${!isOver(task) && html`<button class="small" data-cancel="${task.id}" data-key="${key}-cancel" aria-label="${words.cancelTask(name)}">${words.cancelHere}</button>`}
    </div>
    ${task.frames.length > 0 && html`<div class="frames">${frames(view, task)}</div>`}
    ${task.wait && waitOf(view, task)}
    ${task.outcome !== undefined && html`<div class="detail outcome">${task.outcome}</div>`}
  </li>`;
}

/** `main:16 › timeout(50, page()) › page:9`. A deep stack is shown by its two ends. */
function frames(view: View, task: TaskState): Html {
  const all = task.frames.map((frame) => frameOf(view, frame));
  const some =
    all.length > 6 ?
      [...all.slice(0, 2), html`<span class="quiet">… ${all.length - 5} …</span>`, ...all.slice(-3)]
    : all;
  return new Html(some.map(({ text }) => text).join('<span class="quiet" aria-hidden="true"> › </span>'));
}

function frameOf({ words }: View, { name, text, inside, engine, closing }: Frame): Html {
  const style = closing ? 'frame closing' : 'frame';
  if (engine) return html`<span class="${style} engine" title="${words.insideTreadle}">${text || name}</span>`;
  if (inside.length === 0) return html`<span class="${style}">${name || text || '…'}</span>`;
  return new Html(
    inside
      .map(
        ({ name: inner, line }) =>
          html`<button class="${style} link" data-line="${line}" title="${words.line(line)}">${inner || name || '…'}:${line}</button>`
            .text,
      ) // prettier-ignore
      .join('<span class="quiet" aria-hidden="true"> › </span>'),
  );
}

/** What is waited for is written as in the program. Only this is no effect of the program's. */
const inWords = (words: Words, text: string): string =>
  text.startsWith('its children') ? words.itsChildren + text.slice('its children'.length) : text;

function waitOf({ state, words }: View, { id, wait }: TaskState): Html {
  const { text, tasks, place, holder, due, request, engine } = wait!;
  const from = `task-${id}`;
  return html`<div class="detail">
    <span class="quiet">${words.waitsOn}</span>
    <code class="${engine ? 'engine' : ''}">${inWords(words, text)}</code>
    ${place !== undefined && linkToPlace(state, place, from)}
    ${holder !== undefined && html`<span class="quiet">${words.heldBy}</span> ${linkToTask(state, holder, `${from}-holder`)}`}
    ${tasks.length > 0 && list(tasks.map((other) => linkToTask(state, other, from)))}
    ${due !== undefined && html`<button class="link" data-go="timer-${id}" data-key="${from}>timer">${words.until(milliseconds(due))}</button>`}
    ${request !== undefined && html`<button class="small" data-request="${request}" data-key="${from}-request" aria-label="${words.failRequest(nameOf(state, id))}">${words.failIt}</button>`}
  </div>`;
}

function placeItem({ state, words }: View, place: PlaceState): Html {
  const from = `place-${place.id}`;
  return html`<li id="${from}" class="place" tabindex="-1">
    <div class="row">
      <span class="name">${placeName(place)}</span
      >${place.size !== undefined && html`<span class="chip">${words.items(place.size)}</span>`}
    </div>
    ${place.holder !== undefined && html`<div class="detail"><span class="quiet">${words.heldBy}</span> ${linkToTask(state, place.holder, from)}</div>`}
    ${place.waiters.length > 0 && html`<div class="detail"><span class="quiet">${words.waitedForBy}</span> ${list(place.waiters.map((id) => linkToTask(state, id, `${from}-waiter`)))}</div>`}
  </li>`;
}

// Ready, clock

function showReady(view: View): void {
  const { state, words } = view;
  const shown = state.ready.slice(0, MOST_TASKS);
  const running = state.running === undefined ? undefined : state.tasks.get(state.running);
  show(byId('ready'), [
    ...(running ?
      [
        html`<li class="card running">
          ${linkToTask(state, running.id, 'ready')}<span class="quiet">${words.running}</span>
        </li>`,
      ]
    : []),
    ...shown.map((id, index) => html`<li class="card"><span class="place-in-line" aria-hidden="true">${index + 1}</span>${linkToTask(state, id, 'ready')}</li>`), // prettier-ignore
    ...(shown.length < state.ready.length ? [html`<li class="none">… (${state.ready.length})</li>`] : []),
    ...(state.ready.length === 0 ? [html`<li class="none">${words.nothingReady}</li>`] : []),
  ]);
}

function showClock({ state, words }: View): void {
  byId('now').textContent = milliseconds(state.time);
  const timers = state.timers.slice(0, MOST_TASKS);
  show(byId('timers'), [
    ...timers.map(({ task, text, due, number, depth }, index) => {
      const id = timers.findIndex((other) => other.task === task) === index ? `timer-${task}` : '';
      const key = `timer-${task}-${depth ?? ''}`;
      return html`<li class="timer" ${id !== '' && new Html(`id="${id}"`)} tabindex="-1">
        <span class="due">${milliseconds(due)}</span>
        <button
          class="small"
          data-timer="${number}"
          data-key="${key}-late"
          aria-label="${words.lateTimer(nameOf(state, task))}"
        >
          ${words.late}
        </button>
        <span class="what">${linkToTask(state, task, key)} <code>${text}</code></span>
      </li>`;
    }),
    ...(timers.length === 0 ? [html`<li class="none">${words.noTimers}</li>`] : []),
  ]);
}

// Log

function showLog({ state, walk, words }: View): void {
  const first = Math.max(0, state.lines - MOST_LINES);
  const lines = walk.lines.slice(first, state.lines);
  const panel = byId('log');
  show(panel, [
    ...(first > 0 ? [html`<li class="none">${words.earlier(first)}</li>`] : []),
    ...lines.map((line) => logLine(state, words, line)),
    ...(lines.length === 0 ? [html`<li class="none">${words.nothingLogged}</li>`] : []),
  ]);
  // The last line is what has just happened.
  panel.parentElement!.scrollTop = panel.parentElement!.scrollHeight;
}

function logLine(state: State, words: Words, { event, time, task, kind, text }: LogLine): Html {
  return html`<li class="line ${kind}${event === state.n - 1 ? ' new' : ''}">
    <button class="at" data-event="${event + 1}">${milliseconds(time)}</button>
    <span class="who">${task !== undefined && nameOf(state, task)}</span>
    <span class="text">${inWords(words, text)}</span>
  </li>`;
}
