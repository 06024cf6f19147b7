// Each event as an English sentence. Relies on told.

import type { By, LogEvent } from './log.ts';
import type { Sentences } from './sentence.ts';
import type { Doing } from './state.ts';
import { short, Told } from './told.ts';
import type { ByKind, Yielded } from './told.ts';

export const english: Sentences = {
  language: 'en',
  beginning: 'Nothing has happened yet.',
  of(event, before, after) {
    const say = SENTENCES[event.kind] as (event: LogEvent, told: Told) => string;
    const text = say(event, new Told(before, after));
    return event.kind === 'clock' ? text : `At ${event.time} ms ${text}`;
  },
  doing: (doing, closing) => (closing ? `cleaning up, ${DOING[doing]}` : DOING[doing]),
};

const DOING: Readonly<Record<Doing, string>> = {
  ready: 'ready',
  running: 'running',
  waiting: 'waiting',
  succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'cancelled',
};

function list(names: readonly string[], more: number): string {
  if (more > 0) return `${names.join(', ')} and ${more} more`;
  return names.length < 2 ? (names[0] ?? 'nobody') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** `main yields sleep(5), line 8`; `main cleans up: its finally yields ...`; `inside treadle, main yields ...`. */
function yields({ task, text, line, inside, again }: Yielded, told: Told): string {
  const who = told.name(task);
  if (told.isWork(task)) return `${who} performs ${short(text)}, which it was given to run`;
  const what = `${again ? 'performs' : 'yields'} ${short(text)}${line === undefined ? '' : `, line ${line}`}`;
  if (inside === undefined) return `inside treadle, ${who} ${what}`;
  if (!told.isClosing(task)) return `${who} ${what}`;
  const frame = told.closingFrame(task);
  return `${who} cleans up: ${frame === undefined ? 'its finally' : `the finally of ${frame}`} ${what}`;
}

function by(cause: By | undefined, told: Told): string {
  return typeof cause === 'number' ? told.name(cause) : 'a callback';
}

const ON_RESUMPTION = {
  start: () => 'begins',
  next: (value: string | undefined) => (value === undefined ? 'goes on' : `goes on with the answer ${short(value)}`),
  throw: (value: string | undefined) => `goes on with an error, thrown at its yield: ${short(value ?? '')}`,
  close: () => 'goes on with return(): its clean-up runs',
  perform: (value: string | undefined) => `goes on, and performs ${short(value ?? '')} once more`,
  children: () => 'has news of its children',
};

const SENTENCES: ByKind = {
  spawned({ task, by: cause, line }, told) {
    const who = told.name(task);
    if (cause === undefined) return `${who} is made, and is ready.`;
    const where = line === undefined ? '' : `, line ${line}`;
    const { length } = told.after.ready;
    const place = length === 1 ? 'the only one that is ready' : `the last of ${length} that are ready`;
    return `${by(cause, told)} spawns ${who}${where}. It is ${place}.`;
  },
  begins({ task, how, value, switched }, told) {
    const what = ON_RESUMPTION[how](value);
    return `${told.name(task)} ${what}${switched ? '. It is out of order: others were ready before it' : ''}.`;
  },
  calls(event, told) {
    const { task, text, depth, due } = event;
    const until = due === undefined ? '' : ` Its time is over at ${due} ms.`;
    if (depth === 1) return `${told.name(task)} runs ${short(text)}: that is its first frame.${until}`;
    return `${yields(event, told)}. That is a call: a frame is pushed, the stack has ${depth} now.${until}`;
  },
  returns({ task, depth }, told) {
    const gone = told.frame(task, depth + 1);
    const name = gone?.name || 'without a name';
    const how = gone?.closing ? 'is closed to its end' : 'is over';
    if (depth === 0) return `the frame ${name} of ${told.name(task)} ${how}. It was the last one.`;
    const next = told.frame(task, depth)?.name || 'below it';
    return `the frame ${name} of ${told.name(task)} ${how}, and ${next} is the innermost one now.`;
  },
  closes({ task, depth }, told) {
    const who = told.name(task);
    const { line } = told.after.tasks.get(task) ?? {};
    const where = line === undefined ? '' : `, at line ${line}`;
    const frame = told.frame(task, depth);
    const what = depth > 1 && frame?.name ? `the frame ${frame.name} of ${who}` : who;
    return `${what} is closed with return()${where}. Its finally blocks run next.`;
  },
  answers(event, told) {
    const { answer, holds, place } = event;
    const what = answer === 'undefined' ? 'that is done at once' : `the answer is ${short(answer)}`;
    return `${yields(event, told)}: ${what}.${holds ? ` It holds ${told.place(place as number)} now.` : ''}`;
  },
  throws(event, told) {
    return `${yields(event, told)}: that throws ${short(event.error)}, at the yield.`;
  },
  waits(event, told) {
    const { task, text, on, tasks = [], place, holder, due, late } = event;
    const who = told.name(task);
    const names = list(told.names(tasks), tasks.length - 5);
    if (on === 'children' && text === 'its children')
      return `${who} has come to its end, and waits for its children: ${names}.`;
    if (on === 'children') return `${who} waits in ${short(text)} for ${names}.`;
    const what = yields(event, told);
    if (on === 'time') {
      const isLate = late === undefined ? '' : ` The timer will be ${late} ms late.`;
      return due === undefined ? `${what}; it waits without end.` : `${what}; it waits until ${due} ms.${isLate}`;
    }
    if (on === 'tasks') return `${what}; it waits for ${names}.`;
    if (on === 'outside' || place === undefined) return `${what}; it waits for the world outside.`;
    const why =
      holder === undefined ? `it waits at ${told.place(place)}` : `it waits, because ${told.name(holder)} holds`;
    return `${what}; ${why}${holder === undefined ? '' : ` ${told.place(place)}`}.`;
  },
  pauses(event, told) {
    if (event.forced) return `${told.name(event.task)} has had its share of answers, and lets the others go first.`;
    return `${yields(event, told)}: it lets the others go first.`;
  },
  woken({ task, by: cause, front, holds }, told) {
    const who = told.name(task);
    const isTimer = cause === undefined && told.task(task)?.wait?.on === 'time';
    const what =
      isTimer ? `the timer of ${who} is over: ${who} is ready`
      : cause === undefined ? `${who} is woken, and is ready`
      : cause === task ? `${who} ends its own wait`
      : `${by(cause, told)} wakes ${who}`;
    const first = front ? ` ${who} goes on directly after this step.` : '';
    return `${what}.${holds === undefined ? '' : ` ${who} holds ${told.place(holds)} from now on.`}${first}`;
  },
  cancels({ task, by: cause, reason }, told) {
    const why = reason === undefined ? '' : ` The reason is ${short(reason)}.`;
    const who = told.name(task);
    if (cause === undefined) return `${who} is cancelled.${why}`;
    return `${by(cause, told)} cancels ${cause === task ? 'itself' : who}.${why}`;
  },
  over({ task, state, value }, told) {
    const who = told.name(task);
    if (state === 'failed') return `${who} fails: ${short(value ?? 'undefined')}.`;
    if (state === 'cancelled')
      return `${who} is over: it was cancelled${value === undefined ? '' : `, ${short(value)}`}.`;
    return `${who} is over${value === undefined ? '' : `, with the result ${short(value)}`}.`;
  },
  clock: ({ from, time }) => `Nothing is ready, so the clock moves on from ${from} ms to ${time} ms.`,
  callback({ text, about }, told) {
    if (text === undefined || about === undefined) return 'a callback of the loop runs.';
    return `the time of ${short(text)} is over, in ${told.name(about)}.`;
  },
  puts({ by: cause, place, size }, told) {
    const who = cause === undefined ? 'somebody outside' : by(cause, told);
    return `${who} puts an item into ${told.place(place)}, which has ${size} now.`;
  },
  frees: ({ place }, told) => `${told.place(place)} was released, and is free.`,
  prints({ task, text, level }, told) {
    const who = task === undefined ? 'the program' : told.name(task);
    return `${who} prints ${level === 'log' ? '' : `as ${level === 'error' ? 'an error' : 'a warning'} `}“${short(text)}”.`;
  },
  deadlock({ circle, tasks }, told) {
    if (circle.length === 1) return `deadlock: ${told.name(circle[0] as number)} waits for itself.`;
    if (circle.length > 1) {
      const names = told.names(circle);
      return `deadlock: ${list(
        names.map((name, at) => `${name} waits for ${names[at + 1] ?? names[0]}`),
        0,
      )}.`;
    }
    const isOne = tasks.length === 1;
    const who = list(told.names(tasks), tasks.length - 5);
    return `deadlock: ${who} ${isOne ? 'waits' : 'wait'}, and nothing can wake ${isOne ? 'it' : 'them'}.`;
  },
  fault({ what, task, text, late }, told) {
    const who = task === undefined ? 'the program' : told.name(task);
    if (what === 'cancel') return `you cancel ${who}.`;
    if (what === 'request') return `you let ${short(text ?? '')} of ${who} fail.`;
    return `you let the timer of ${short(text ?? '')} in ${who} be ${late} ms late.`;
  },
  stopped({ why, limit }) {
    const number = limit.toLocaleString('en');
    if (why === 'events') return `the run is stopped: the log has ${number} events, and keeps no more.`;
    if (why === 'time') return `the run is stopped: it has taken ${number} ms of real time.`;
    return `the run is stopped: it has printed ${number} characters.`;
  },
  ended({ state, value }) {
    if (state === 'failed') return `the program fails: ${short(value ?? 'undefined')}.`;
    if (state === 'cancelled') return 'the program is over: it was cancelled.';
    return `the program is over${value === undefined ? '' : `, with the result ${short(value)}`}.`;
  },
};
