// What the reader can do: clicks, keys, and the address. Each of it is handed to the page as a coroutine.
import * as app from './app.ts';
import { byId, isStill } from './dom.ts';
import { chooseView, narrow, showView, VIEWS, viewShown } from './shell.ts';
import type { Move, ViewName } from './shell.ts';
import { wireTimeline } from './timeline.ts';

const value = (id: string): string => byId<HTMLInputElement>(id).value;

export function wire(): void {
  const { ask } = app;
  byId('run').addEventListener('click', () => ask(app.startRun()));
  byId('share').addEventListener('click', () => ask(app.share()));
  byId('language').addEventListener('click', () => ask(app.useOtherLanguage()));
  byId('theme').addEventListener('click', () => ask(app.useNextTheme()));
  byId('find').addEventListener('click', () => ask(app.find()));
  byId('example').addEventListener('change', () => ask(app.openExample(value('example'))));
  byId('lateness').addEventListener('input', () => ask(app.vary({ late: Number(value('lateness')) })));
  byId('order').addEventListener('input', () => ask(app.vary({ order: value('order') === '1' ? 'any' : 'fifo' })));
  byId('seed').addEventListener('input', () => {
    const seed = value('seed').trim();
    const isNumber = /^\d{1,9}$/.test(seed);
    byId('seed').setAttribute('aria-invalid', String(!isNumber));
    if (isNumber) ask(app.vary({ seed: Number(seed) }));
  });
  byId('position').addEventListener('input', () => ask(app.go(Number(value('position')))));
  // Not location.hash: until this is done, the page may have written an address of its own there.
  addEventListener('hashchange', ({ newURL }) => ask(app.openAddress(new URL(newURL).hash)));
  document.addEventListener('click', clicked);
  document.addEventListener('keydown', pressed);
  // A button of the bar that is clicked does not get the focus, so that Space goes on to mean Play.
  byId('transport').addEventListener('mousedown', (event) => event.preventDefault());
  wireTimeline((n) => ask(app.go(n)));
  narrow().addEventListener('change', showView);
}

/** What a button of a panel does stands in its data. */
function clicked({ target }: MouseEvent): void {
  const found = (target as Element).closest<HTMLElement>('button, a');
  if (!found) return;
  const { ask } = app;
  const { move, view, go, line, event, cancel, timer, request, remove, code } = found.dataset;
  if (move) ask(app.move(move as Move));
  else if (view) ask(app.look(view as ViewName));
  else if (go) follow(go);
  else if (line) app.showLine(Number(line));
  else if (event) ask(app.go(Number(event)));
  else if (cancel) ask(app.cancelHere(Number(cancel)));
  else if (timer) ask(app.delayTimer(Number(timer)));
  else if (request) ask(app.failRequest(Number(request)));
  else if (remove) ask(app.remove(remove));
  else if (code !== undefined) ask(app.openCode(found.closest('.try')?.previousElementSibling?.textContent ?? ''));
}

/** Follows a link to a task, a place or a timer: it is brought into view, in its tab if need be, and gets the focus. */
function follow(id: string): void {
  if (narrow().matches) chooseView(id.startsWith('timer') ? 'clock' : 'tasks');
  const found = document.getElementById(id);
  if (!found) return;
  found.scrollIntoView({ block: 'nearest', behavior: isStill() ? 'instant' : 'smooth' });
  found.focus({ preventScroll: true });
}

const KEYS: Readonly<Record<string, Move | 'turnBack'>> = {
  ArrowRight: 'step',
  ArrowLeft: 'back',
  'Shift+ArrowRight': 'turn',
  'Shift+ArrowLeft': 'turnBack',
  Home: 'start',
  End: 'end',
  ' ': 'play',
};

function pressed(event: KeyboardEvent): void {
  const { key, shiftKey, ctrlKey, altKey, metaKey } = event;
  const target = event.target instanceof Element ? event.target : document.body;
  if (ctrlKey || altKey || metaKey) return;
  if (target.matches('[role=tab]') && tabKey(key)) return event.preventDefault();
  // Where keys have a meaning of their own.
  if (target.closest('.cm-editor, select, input:not(#position), textarea')) return;
  if (key === ' ' && target.closest('button, a, summary')) return;
  const move = KEYS[`${shiftKey ? 'Shift+' : ''}${key}`];
  if (!move) return;
  event.preventDefault();
  app.ask(app.move(move));
}

/** Arrows go from tab to tab. */
function tabKey(key: string): boolean {
  const shown = VIEWS.filter((view) => !byId(`tab-${view}`).hidden);
  const index = shown.indexOf(viewShown());
  const to = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: shown.length - 1 }[key];
  if (to === undefined) return false;
  const view = shown[(to + shown.length) % shown.length]!;
  chooseView(view);
  byId(`tab-${view}`).focus();
  return true;
}
