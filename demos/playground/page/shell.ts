// What stands around the panels: the words of the page, the choice of an example, the tabs, the transport bar, the
// schedule and the faults. Relies on dom, icons, words.
import type { Example } from '../examples/example.ts';
import type { Fault, RunRequest } from '../run/request.ts';
import { byId, html, Html, show } from './dom.ts';
import { icon } from './icons.ts';
import type { Icon } from './icons.ts';
import type { Settings } from './settings.ts';
import type { Language, Words } from './words.ts';

/** How a program is run. */
export interface Arrangement {
  readonly seed: number;
  readonly late: number;
  readonly order: 'fifo' | 'any';
  readonly schedule: string | undefined;
  readonly faults: readonly Fault[];
}

/** What of it is not as usual, for the machine. */
export const requestOf = (code: string, { seed, late, order, schedule, faults }: Arrangement): RunRequest => ({
  kind: 'run',
  code,
  seed,
  late,
  order,
  faults,
  ...(schedule !== undefined && { schedule }),
});

export const arrangementOf = ({
  seed = 0,
  late = 0,
  order = 'fifo',
  schedule,
  faults = [],
}: Example['run']): Arrangement => ({
  seed,
  late,
  order,
  schedule,
  faults,
});

export type ViewName = 'code' | 'read' | 'ready' | 'clock' | 'tasks' | 'log';
export const VIEWS: readonly ViewName[] = ['code', 'read', 'tasks', 'ready', 'clock', 'log'];
/** One column, and the panels are tabs. The same width stands in the style sheet. */
export const narrow = (): MediaQueryList => matchMedia('(max-width: 899px)');

export const TRANSPORT = ['start', 'back', 'step', 'turn', 'play', 'end'] as const;
export type Move = (typeof TRANSPORT)[number];

/** Puts the words where page.html has room for them, and makes what consists of words. */
export function showWords({ language, theme }: Settings, words: Words): void {
  document.documentElement.lang = language === 'zh' ? 'zh-Hans' : 'en';
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  document.title = `treadle ${words.playground}`;
  for (const element of document.querySelectorAll<HTMLElement>('[data-word]')) {
    const word = words[element.dataset['word'] as keyof Words];
    if (typeof word === 'string') element.textContent = word;
  }
  const other = byId('language');
  other.textContent = words.otherLanguage;
  other.lang = language === 'zh' ? 'en' : 'zh-Hans';
  byId('theme-label').textContent = words.theme(words.themes[theme]);
  byId('theme').title = words.theme(words.themes[theme]);
  byId('tabs').setAttribute('aria-label', words.views);
  byId('transport').setAttribute('aria-label', words.controls);
  byId('panel-read').setAttribute('aria-label', words.read);
  show(
    byId('tabs'),
    VIEWS.map(
      (view) =>
        html`<button role="tab" id="tab-${view}" data-view="${view}" aria-controls="panel-${view}">
          ${words[view]}
        </button>`,
    ),
  );
  showView();
}

/** The view on the left, and on a narrow page the only one. */
let left: 'code' | 'read' = 'code';
let view: ViewName = 'code';

export function chooseView(chosen: ViewName): void {
  view = chosen;
  if (chosen === 'code' || chosen === 'read') left = chosen;
  showView();
}

export const viewShown = (): ViewName => (narrow().matches ? view : left);

export function showView(): void {
  const shown = viewShown();
  for (const name of VIEWS) {
    const panel = byId(`panel-${name}`);
    const isTab = narrow().matches || name === 'code' || name === 'read';
    panel.hidden = isTab && name !== shown;
    panel.setAttribute('role', isTab ? 'tabpanel' : 'region');
    panel.setAttribute('aria-labelledby', isTab ? `tab-${name}` : `title-${name}`);
    const tab = byId(`tab-${name}`);
    tab.setAttribute('aria-selected', String(name === shown));
    tab.tabIndex = name === shown ? 0 : -1;
    tab.hidden = !isTab;
  }
  document.body.dataset['view'] = shown;
  const log = byId('log').parentElement!;
  log.scrollTop = log.scrollHeight;
}

export function showChoices(
  examples: readonly Example[],
  chosen: Example | undefined,
  language: Language,
  words: Words,
): void {
  const group = (from: Example['from']): Html =>
    html`<optgroup label="${words[from]}">
      ${examples.filter((one) => one.from === from).map((one) => html`<option value="${one.id}">${titleOf(one, language, words)}</option>`)}
    </optgroup>`;
  const select = byId<HTMLSelectElement>('example');
  show(select, [
    html`<option value="" ${chosen !== undefined && new Html('hidden')}>${words.ownCode}</option>`,
    group('book'),
    group('museum'),
  ]);
  select.value = chosen?.id ?? '';
}

export const titleOf = ({ from, number, title }: Example, language: Language, words: Words): string =>
  from === 'book' ? words.chapterTitle(number, title[language]) : words.pieceTitle(number, title[language]);

/** The transport bar. `isPlaying` turns the play button into a pause button. */
export function showTransport(words: Words, n: number, length: number, isPlaying: boolean, time: string): void {
  const button = (move: Move): Html => {
    const name: Icon = move === 'play' && isPlaying ? 'pause' : move;
    const off = move === 'start' || move === 'back' ? n === 0 : n >= length;
    return html`<button
      data-move="${move}"
      data-key="${move}"
      class="${move}"
      title="${words[`${move}Hint`]}"
      ${off && new Html('aria-disabled="true"')}
    >
      ${icon(name)}<span>${words[name as Move]}</span>
    </button>`;
  };
  show(byId('transport'), [
    ...TRANSPORT.map(button),
    html`<span class="where"><span>${words.stepOf(n, length)}</span> <span class="quiet">${time}</span></span>`,
  ]);
}

export function showSchedule({ seed, late, order }: Arrangement, words: Words): void {
  const set = (id: string, value: number, text: string): void => {
    const input = byId<HTMLInputElement>(id);
    input.value = String(value);
    input.setAttribute('aria-valuetext', text);
    document.querySelector(`output[for=${id}]`)!.textContent = text;
  };
  set('lateness', late, words.latenessValue(late));
  set('order', order === 'any' ? 1 : 0, words.orderValue[order]);
  const field = byId<HTMLInputElement>('seed');
  if (document.activeElement !== field) field.value = String(seed);
}

/** What was arranged besides, each with a button that takes it away. */
export function showFaults({ faults, schedule }: Arrangement, words: Words): void {
  const chip = (what: string, text: string): Html =>
    html`<li>
      <button class="fault" data-remove="${what}" data-key="fault-${what}" aria-label="${words.remove(text)}">
        ${text}<span aria-hidden="true"> ✕</span>
      </button>
    </li>`;
  show(byId('faults'), [
    ...(schedule === undefined ? [] : [chip('schedule', words.fixedSchedule)]),
    ...faults.map((fault, index) => chip(String(index), faultText(fault, words))),
  ]);
}

function faultText(fault: Fault, words: Words): string {
  switch (fault.kind) {
    case 'cancel':
      return words.faultCancel(fault.task, fault.turn);
    case 'request':
      return words.faultRequest(fault.number);
    case 'timer':
      return words.faultTimer(fault.number, fault.late);
  }
}

/** Tells something above everything else: what is wrong, or what was done. Nothing clears it. */
export function tell(text: string, kind: 'wrong' | 'note' = 'note'): void {
  const notice = byId('notice');
  notice.className = kind;
  notice.textContent = text;
}
