// One task after an event that is about it: what it does, its frames, what it waits on. Relies on nothing but types.

import type { Activation, Log, LogEvent, Spawned, Waits } from './log.ts';
import type { Frame, TaskState, Wait } from './state.ts';

type OfTask = Extract<LogEvent, { readonly task?: number }>;

/** `undefined`: the event says nothing of how the task is. */
export function taskAfter(before: TaskState | undefined, event: OfTask, log: Log): TaskState | undefined {
  if (event.kind === 'spawned') return beginning(event, log);
  if (before === undefined) return undefined;
  switch (event.kind) {
    case 'begins':
      return { ...before, doing: 'running', wait: undefined };
    case 'calls':
      return called(marked(before, event.inside), event);
    case 'answers':
    case 'throws':
      return marked(before, event.inside);
    case 'returns':
      return returned(before, event.depth);
    case 'closes':
      return closed(marked(before, event.inside), event.depth);
    case 'waits':
      return { ...marked(before, event.inside), doing: 'waiting', wait: waitOf(event) };
    case 'pauses':
      return { ...marked(before, event.inside), doing: 'ready' };
    case 'woken':
      return { ...before, doing: 'ready', wait: undefined };
    case 'cancels':
      return { ...before, cancel: { by: event.by, reason: event.reason } };
    case 'over':
      return {
        ...before,
        doing: event.state,
        closing: false,
        frames: [],
        wait: undefined,
        line: undefined,
        outcome: event.value,
      };
    default:
      return undefined;
  }
}

function beginning({ task: id, name, owner }: Spawned, log: Log): TaskState {
  return {
    id,
    name,
    label: namesMany(log).has(name) ? `#${id} ${name}` : name,
    owner,
    children: [],
    doing: 'ready',
    closing: false,
    frames: [],
    wait: undefined,
    line: undefined,
    inEngine: false,
    cancel: undefined,
    outcome: undefined,
  };
}

const known = new WeakMap<Log, ReadonlySet<string>>();

/** The names that several tasks of the run have. */
function namesMany(log: Log): ReadonlySet<string> {
  const names = known.get(log);
  if (names) return names;
  const [once, many] = [new Set<string>(), new Set<string>()];
  for (const event of log.events) if (event.kind === 'spawned') (once.has(event.name) ? many : once).add(event.name);
  known.set(log, many);
  return many;
}

/** Its innermost frame has come to a yield. Without a mark that is one of the engine's. */
function marked(task: TaskState, inside: readonly Activation[] | undefined): TaskState {
  if (inside === undefined) return task.inEngine ? task : { ...task, inEngine: true };
  const frames = replaced(task.frames, task.frames.length - 1, { inside });
  return { ...task, frames, line: inside.at(-1)?.line, inEngine: false };
}

function called(task: TaskState, event: Extract<LogEvent, { kind: 'calls' }>): TaskState {
  const { name, text, depth } = event;
  const frame: Frame = { name, text, inside: [], engine: event.engine === true, closing: false };
  const frames = [...task.frames.slice(0, depth - 1), frame];
  return { ...task, frames, inEngine: frame.engine || (task.inEngine && event.inside === undefined) };
}

/** The mark goes back to the line at which the caller is suspended. */
function returned(task: TaskState, depth: number): TaskState {
  const frames = task.frames.slice(0, depth);
  return { ...task, frames, ...lineOf(frames), closing: frames.some(({ closing }) => closing) };
}

function closed(task: TaskState, depth: number): TaskState {
  const frames = replaced(task.frames, depth - 1, { closing: true });
  return { ...task, frames, ...lineOf(frames), closing: true };
}

/** That of the innermost frame of the program. It is grey when there is one of the engine's further in. */
function lineOf(frames: readonly Frame[]): Pick<TaskState, 'line' | 'inEngine'> {
  const marked = frames.filter(({ inside }) => inside.length > 0).at(-1);
  return { line: marked?.inside.at(-1)?.line, inEngine: frames.at(-1)?.engine === true };
}

function replaced(frames: readonly Frame[], index: number, fields: Partial<Frame>): readonly Frame[] {
  return frames.map((frame, at) => (at === index ? { ...frame, ...fields } : frame));
}

function waitOf({ text, on, tasks = [], place, holder, due, request, inside }: Waits): Wait {
  return { text, on, tasks, place, holder, due, request, engine: inside === undefined };
}
