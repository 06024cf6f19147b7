// The page, which is a treadle program: what the reader does is put into a queue as a coroutine, and these are run one
// after the other. What takes time is a task of its own, which is cancelled when something else is wanted instead: the
// run, the search for a seed, the player, and the pauses after which typed code is run and the address is written.
import { call, coroutine, fromPromise, Queue, sleep, spawn } from 'treadle';
import type { Coroutine, Task } from 'treadle';
import type { Example } from '../examples/example.ts';
import type { Fault, Found } from '../run/request.ts';
import { lanesOf } from '../walk/lanes.ts';
import type { Log } from '../walk/log.ts';
import { chinese } from '../walk/sentences-chinese.ts';
import { english } from '../walk/sentences-english.ts';
import type { State, Walk } from '../walk/state.ts';
import { walkThrough } from '../walk/walk.ts';
import { addressOf, nothingShared, readAddress } from './address.ts';
import { showChapter } from './chapter.ts';
import { byId } from './dom.ts';
import { makeEditor } from './editor.ts';
import type { Editor, Mark } from './editor.ts';
import { SECONDS } from './limits.ts';
import { askToFind, askToRun, warmUp } from './machine.ts';
import { milliseconds, showPanels } from './panels.ts';
import { loadSettings, nextTheme, saveSettings } from './settings.ts';
import * as shell from './shell.ts';
import type { Arrangement, Move, ViewName } from './shell.ts';
import { drawTimeline, moveCursor } from './timeline.ts';
import { words as allWords } from './words.ts';
import type { Language } from './words.ts';

// Milliseconds.
const PLAY_EVERY = 1_100;
const RUN_AFTER_TYPING = 700;
const WRITE_ADDRESS_AFTER = 250;
/** By how much a timer is late that the reader lets be late. */
const LATE = 50;

/** What is opened when nobody asks for anything: two tasks that take turns. */
const FIRST = 'ch-2';

const EMPTY: Log = { events: [], places: [] };
const USUAL: Arrangement = { seed: 0, late: 0, order: 'fifo', schedule: undefined, faults: [] };

const settings = loadSettings();
let words = allWords[settings.language];
/** `undefined`: the reader's own code. */
let example: Example | undefined;
let arrangement = USUAL;
let log = EMPTY;
let walk: Walk = walkThrough(EMPTY);
let n = 0;
let isPlaying = false;
/** The address that this page has written itself, while it says what is shown. */
let ownAddress: string | undefined;

// The queue of what is to be done

const asked = new Queue<Coroutine<void>>();
/** What the reader wants. It is done when what was wanted before is done. */
export const ask = (work: Coroutine<void>): void => asked.putNowait(work);

let examples: readonly Example[] = [];
let editor: Editor;

/** The whole page. It never ends. */
export const playground = coroutine('playground', function* () {
  warmUp();
  examples = JSON.parse(byId('examples').textContent!) as readonly Example[];
  editor = makeEditor(
    byId('editor'),
    () => ask(typed()),
    () => ask(startRun()),
  );
  showEverything();
  yield* openAddress();
  for (;;) yield* told(yield* asked.get());
});

/** A mistake of this page is told, and does not end it. */
function* told(work: Coroutine<void>): Coroutine<void> {
  try {
    yield* call(work);
  } catch (error) {
    shell.tell(String(error), 'wrong');
  }
}

const jobs = new Map<string, Task<void>>();

/** Starts a task in place of the one of this name, which is cancelled. */
function* replace(name: string, work: Coroutine<void>): Coroutine<void> {
  jobs.get(name)?.cancel();
  jobs.set(name, yield* spawn(told(work), { name, daemon: true }));
}

const stop = (name: string): void => void jobs.get(name)?.cancel();

// To open a program

/** Opens what the address says, or the first example. */
export function* openAddress(hash: string = location.hash): Coroutine<void> {
  if (hash === ownAddress) return;
  const known = examples.map(({ id }) => id);
  const { shared, problems } = yield* readAddress(hash, known, words);
  // For this visit: the reader has not chosen it.
  if (shared.language && shared.language !== settings.language) speak(shared.language);
  example =
    shared.code === undefined ?
      (examples.find(({ id }) => id === (shared.example ?? FIRST)) ?? examples[0])
    : undefined;
  const { seed, late, order, schedule, faults } = shared;
  const isArranged = [seed, late, order, schedule].some((one) => one !== undefined) || faults.length > 0;
  arrangement =
    isArranged ? { seed: seed ?? 0, late: late ?? 0, order: order ?? 'fifo', schedule, faults }
    : example ? shell.arrangementOf(example.run)
    : USUAL;
  editor.replace(shared.code ?? example?.code ?? '');
  shell.chooseView(shared.read ? 'read' : 'code');
  showChoice();
  yield* replace('run', runAfter(0, shared.n ?? opening(), problems.join(' ')));
}

/** Where the walk through an example opens. */
const opening = (): Where => (example?.opensAt === 'fatal' ? 'fatal' : 0);

export function* openExample(id: string): Coroutine<void> {
  example = examples.find((one) => one.id === id);
  if (!example) return;
  arrangement = shell.arrangementOf(example.run);
  editor.replace(example.code);
  showChoice();
  yield* startRun(opening());
}

function showChoice(): void {
  shell.showChoices(examples, example, settings.language, words);
  showChapter(example, settings.language, words);
}

// To run it

type Where = number | 'fatal';

/** The reader has typed: this is a program of their own now, and is run when they pause. */
function* typed(): Coroutine<void> {
  ownAddress = undefined;
  if (example) {
    example = undefined;
    arrangement = { ...arrangement, schedule: undefined, faults: [] };
    showChoice();
  }
  yield* replace('run', runAfter(RUN_AFTER_TYPING, 0));
}

export function* startRun(where: Where = 0): Coroutine<void> {
  yield* replace('run', runAfter(0, where));
}

/** `problem`: what was wrong with the address, which is told first. */
function* runAfter(pause: number, where: Where, problem = ''): Coroutine<void> {
  if (pause > 0) yield* sleep(pause);
  stop('play');
  stop('find');
  shell.tell(problem, 'wrong');
  shell.showSchedule(arrangement, words);
  shell.showFaults(arrangement, words);
  document.body.dataset['run'] = 'on';
  try {
    const answer = yield* askToRun(shell.requestOf(editor.text(), arrangement));
    const error = answer?.error;
    useLog(answer?.log ?? EMPTY, where);
    if (error) {
      shell.tell(
        error.line === undefined ? words.broken(error.message) : words.brokenAt(error.line, error.message),
        'wrong',
      );
      if (error.line !== undefined) {
        editor.mark([{ line: error.line, kind: 'wrong', title: error.message }]);
        editor.reveal(error.line);
      }
    } else if (!answer) shell.tell(words.stopped(SECONDS), 'wrong');
    else if (answer.ended === 'stopped') shell.tell(words.stoppedByLimit(log.events.length), 'wrong');
    else if (log.events.length === 0) shell.tell(words.nothingHappens);
  } catch (error) {
    useLog(EMPTY, 0);
    shell.tell(words.broken(String(error)), 'wrong');
  } finally {
    document.body.dataset['run'] = 'over';
  }
}

function useLog(newLog: Log, where: Where): void {
  log = newLog;
  walk = walkThrough(log);
  states.clear();
  n = Math.min(walk.length, where === 'fatal' ? walk.fatal : where);
  showRun();
  showPosition();
}

/** Runs it again in another way, and stays at this position, if there is one then. */
export function* arrange(change: Partial<Arrangement>, where: Where = 0): Coroutine<void> {
  arrangement = { ...arrangement, ...change };
  yield* startRun(where);
}

/** Another seed, or another slider: a schedule that was found no longer counts. */
export const vary = (change: Partial<Arrangement>): Coroutine<void> => arrange({ ...change, schedule: undefined });

export function* addFault(fault: Fault): Coroutine<void> {
  yield* arrange({ faults: [...arrangement.faults, fault] }, n);
}
export const cancelHere = (task: number): Coroutine<void> => addFault({ kind: 'cancel', task, turn: stateAt(n).turn });
export const failRequest = (number: number): Coroutine<void> => addFault({ kind: 'request', number });
export const delayTimer = (number: number): Coroutine<void> => addFault({ kind: 'timer', number, late: LATE });

export function* remove(what: string): Coroutine<void> {
  if (what === 'schedule') return yield* vary({});
  yield* arrange({ faults: arrangement.faults.filter((_, index) => String(index) !== what) }, n);
}

// To find a seed that fails

export const find = (): Coroutine<void> => replace('find', search());

function* search(): Coroutine<void> {
  const { late } = arrangement;
  // Where nothing is to vary there is only one schedule. Then any order is tried.
  const order = late === 0 ? 'any' : arrangement.order;
  const status = byId('found');
  const say = (text: string): void => void (status.textContent = text);
  say(words.searching);
  byId('find').setAttribute('aria-busy', 'true');
  try {
    const answer = yield* askToFind({ kind: 'find', code: editor.text(), late, order });
    say(words.seedMeans);
    if (!answer) return shell.tell(words.searchStopped, 'wrong');
    if (answer.error) return shell.tell(words.broken(answer.error.message), 'wrong');
    if (!answer.found) {
      return say(answer.complete ? words.foundNoneAtAll(answer.runs) : words.foundNone(answer.runs));
    }
    yield* useFound(answer.found);
    say(words.foundSeed(answer.found.seed, answer.runs, answer.found.message));
  } finally {
    byId('find').removeAttribute('aria-busy');
  }
}

function* useFound({ seed, late, order, schedule }: Found): Coroutine<void> {
  arrangement = { ...arrangement, seed, late, order, schedule };
  // Not in this task, which a run cancels.
  ask(startRun('fatal'));
}

// To walk

export function* go(where: number): Coroutine<void> {
  stop('play');
  moveTo(where);
}

function moveTo(where: number): void {
  const to = Math.max(0, Math.min(walk.length, where));
  if (to === n) return;
  n = to;
  showPosition();
}

export function* move(how: Move | 'turnBack'): Coroutine<void> {
  if (how === 'play') return yield* play();
  const places = {
    start: () => 0,
    back: () => n - 1,
    step: () => n + 1,
    turn: () => walk.nextTurn(n),
    turnBack: () => walk.previousTurn(n),
    end: () => walk.length,
  };
  yield* go(places[how]());
}

function* play(): Coroutine<void> {
  if (isPlaying) return stop('play');
  if (n < walk.length) yield* replace('play', playing());
}

function* playing(): Coroutine<void> {
  isPlaying = true;
  try {
    while (n < walk.length) {
      moveTo(n + 1);
      yield* sleep(PLAY_EVERY);
    }
  } finally {
    isPlaying = false;
    showTransport();
  }
}

// To show it

const states = new Map<number, State>();

/** A position is looked at several times, and the one before it again. */
function stateAt(at: number): State {
  let state = states.get(at);
  if (!state) {
    if (states.size > 8) states.clear();
    states.set(at, (state = walk.stateAt(at)));
  }
  return state;
}

/** The task that the last event was about. */
function currentTask(): number | undefined {
  const event = log.events[n - 1];
  return (event && 'task' in event ? event.task : undefined) ?? stateAt(n).running;
}

/** What belongs to this position. It must not take longer than a frame of the screen. */
function showPosition(): void {
  const sentences = settings.language === 'zh' ? chinese : english;
  const state = stateAt(n);
  const event = log.events[n - 1];
  const sentence = byId('sentence');
  sentence.textContent =
    event ? sentences.of(event, stateAt(n - 1), state)
    : walk.length > 0 ? sentences.beginning + words.begin
    : words.noRun;
  const current = currentTask();
  showPanels({ words, sentences, walk, state, current });
  showTransport();
  moveCursor(n);
  showMarks(current);
  addressIsOld();
}

function showMarks(current: number | undefined): void {
  const { tasks } = stateAt(n);
  const marks: Mark[] = [];
  for (const task of tasks.values()) {
    const { id, label, line, doing, inEngine } = task;
    if (line === undefined || doing === 'succeeded' || doing === 'failed' || doing === 'cancelled') continue;
    const kind =
      id !== current ? 'other'
      : inEngine ? 'engine'
      : 'now';
    const place =
      inEngine ? words.insideTreadle
      : doing === 'running' ? words.runsHere
      : words.suspendedHere;
    marks.push({ line, kind, title: id === current ? `${label}: ${place}` : label });
  }
  marks.sort((a, b) => Number(a.kind === 'other') - Number(b.kind === 'other'));
  editor.mark(marks);
  const first = marks[0];
  if (first && first.kind !== 'other') editor.reveal(first.line);
}

function showTransport(): void {
  shell.showTransport(words, n, walk.length, isPlaying, milliseconds(stateAt(n).time));
  const position = byId<HTMLInputElement>('position');
  position.max = String(walk.length);
  position.value = String(n);
  position.setAttribute('aria-valuetext', words.stepOf(n, walk.length));
}

/** What is the same at all positions of a run. */
function showRun(): void {
  const times = log.events.flatMap((event, index): [number, number][] =>
    index === 0 || event.kind === 'clock' ? [[index === 0 ? 0 : index + 1, event.time]] : [],
  );
  drawTimeline(walk, lanesOf(log), times, words);
}

function showEverything(): void {
  shell.showWords(settings, words);
  editor.label(words.editor);
  showChoice();
  shell.showSchedule(arrangement, words);
  shell.showFaults(arrangement, words);
  byId('found').textContent = words.seedMeans;
  showRun();
  showPosition();
}

// Settings and the address

export function* useOtherLanguage(): Coroutine<void> {
  speak(settings.language === 'zh' ? 'en' : 'zh');
  saveSettings(settings);
}

function speak(language: Language): void {
  settings.language = language;
  words = allWords[language];
  shell.tell('');
  showEverything();
}

export function* useNextTheme(): Coroutine<void> {
  settings.theme = nextTheme(settings.theme);
  saveSettings(settings);
  shell.showWords(settings, words);
}

const currentAddress = coroutine('currentAddress', function* () {
  const { seed, late, order, schedule, faults } = arrangement;
  const usual = example ? shell.arrangementOf(example.run) : USUAL;
  const isUsual = JSON.stringify(arrangement) === JSON.stringify(usual);
  return yield* addressOf({
    ...nothingShared,
    example: example?.id,
    code: example ? undefined : editor.text(),
    ...(!isUsual && { seed, late: late || undefined, order: order === 'any' ? order : undefined, schedule, faults }),
    n,
    language: settings.language === 'zh' ? 'zh' : undefined,
    read: shell.viewShown() === 'read',
  });
});

/** Something else is shown than the address says. */
function addressIsOld(): void {
  stop('address'); // or what it writes would count as true
  ownAddress = undefined;
  ask(replace('address', writeAddress()));
}

/** The address follows the reader, a moment later, and without an entry in the history for each step. */
function* writeAddress(): Coroutine<void> {
  yield* sleep(WRITE_ADDRESS_AFTER);
  yield* writeAddressNow();
}

function* writeAddressNow(): Coroutine<void> {
  ownAddress = yield* currentAddress();
  try {
    history.replaceState(null, '', ownAddress);
  } catch {
    // Some browsers allow only so many changes in a minute. The next one will do.
  }
}

export function* share(): Coroutine<void> {
  yield* writeAddressNow();
  try {
    yield* call(fromPromise(navigator.clipboard.writeText(location.href)));
    shell.tell(words.shared);
  } catch {
    // Not allowed, or there is none.
    shell.tell(words.sharedByHand);
  }
}

/** Chooses a tab. */
export function* look(view: ViewName): Coroutine<void> {
  shell.chooseView(view);
  addressIsOld();
}

/** Opens a program of the text in the editor. */
export function* openCode(code: string): Coroutine<void> {
  editor.replace(code);
  example = undefined;
  arrangement = USUAL;
  shell.chooseView('code');
  showChoice();
  yield* startRun();
}

export const showLine = (line: number): void => {
  shell.chooseView('code');
  editor.reveal(line, true);
};
