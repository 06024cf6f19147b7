// Drives a program to its end, or to a limit, under the schedule that was asked for: with `simulate`, step by step, so
// that a fault can cancel a task between two steps; a schedule of `explore` with `replay`. Relies on treadle/testing.

import type { Awaitable, Task } from 'treadle';
import { attach, instrumentEveryLoop } from 'treadle/instruments';
import type { Instrument } from 'treadle/instruments';
import { CheckFailedError, replay, simulate } from 'treadle/testing';
import type { Simulation } from 'treadle/testing';
import type { Desk } from './desk.ts';
import type { FaultLine } from './fault-line.ts';
import { NoMain } from './program.ts';
import { EffectRecorder } from './record-effects.ts';
import { TaskRecorder } from './record-tasks.ts';
import type { Fault, RunRequest } from './request.ts';
import { isInstance, outcomeOf, printed, show } from './show.ts';

/** How a program is run: a request without the code. */
export interface Course extends Pick<RunRequest, 'seed' | 'late' | 'order' | 'schedule' | 'faults' | 'limits'> {
  /** Decides who goes next: an order that was recorded before. */
  readonly chooser?: (desk: Desk) => Instrument;
  /** The program's own test of its result. */
  readonly check?: ((result: unknown) => unknown) | undefined;
}

/** The run was stopped by a limit. It is thrown through the program's own lines, which must not go on either. */
export class Halt extends Error {}

type Options = { readonly name?: string };

/** The result of the program, or its error. */
export function drive(
  work: Awaitable<unknown>,
  { name = 'main' }: Options,
  course: Course,
  desk: Desk,
  faultLine: FaultLine,
): unknown {
  const tasks = new TaskRecorder(desk);
  const effects = new EffectRecorder(desk, faultLine);
  const finish =
    course.schedule === undefined ?
      simulated(work, name, course, desk, tasks, effects)
    : replayed(work, name, course.schedule, course, tasks, effects);
  const { pad } = desk;
  if (pad.stopped !== undefined) throw new Halt();
  const ended = outcomeOf(desk.tasks.get(1)?.task as Task);
  try {
    const result = finish();
    pad.add('ended', ended);
    return result;
  } catch (error) {
    // Main may have succeeded, and the check of its result has not.
    pad.add('ended', ended.state === 'succeeded' ? { state: 'failed', value: show(error) } : ended);
    throw error;
  }
}

function simulated(
  work: Awaitable<unknown>,
  name: string,
  course: Course,
  desk: Desk,
  tasks: TaskRecorder,
  effects: EffectRecorder,
): () => unknown {
  const simulation = begin(work, name, course, desk, [tasks, effects]);
  // They are attached already. This gives what detaches them, because a run that is stopped does not end by itself.
  const detach = [tasks, effects].map((recorder) => attach(simulation.main, recorder));
  const faults = (course.faults ?? []).filter((fault) => fault.kind === 'cancel');
  try {
    do {
      desk.pad.look();
      cancelDue(faults, desk, tasks);
    } while (desk.pad.stopped === undefined && simulation.step() !== undefined);
  } finally {
    for (const end of detach) end();
  }
  return () => {
    const result = simulation.result();
    if (course.check?.(result) === false)
      throw new CheckFailedError(`the check said false of the result ${show(result)}`);
    return result;
  };
}

function begin(
  work: Awaitable<unknown>,
  name: string,
  course: Course,
  desk: Desk,
  recorders: readonly Instrument[],
): Simulation<unknown> {
  const { seed = 0, late = 0, order = 'fifo', chooser } = course;
  const schedule = seed === 0 ? ({ late: 0, order: 'fifo' } as const) : { late, order };
  const onError = (error: unknown) => desk.pad.print('error', `A callback threw: ${printed([error])}`, undefined);
  const instruments = [...(chooser ? [chooser(desk)] : []), ...recorders];
  try {
    return simulate(work, { name, seed, ...schedule, onError, instruments });
  } catch (error) {
    if (!isInstance(error, TypeError)) throw error;
    throw new NoMain(`${name} gave ${show(work)}, which cannot be run: write function* ${name}() { ... }.`);
  }
}

/** Those whose turn is over are cancelled now. */
function cancelDue(faults: Extract<Fault, { kind: 'cancel' }>[], desk: Desk, tasks: TaskRecorder): void {
  for (const fault of [...faults]) {
    if (fault.turn > desk.turn) continue;
    faults.splice(faults.indexOf(fault), 1);
    const task = desk.tasks.get(fault.task)?.task;
    if (task === undefined || task.done) continue;
    desk.pad.add('fault', { what: 'cancel', task: fault.task, text: undefined, late: undefined });
    tasks.isFaulting = true;
    task.cancel('a fault that you asked for');
    tasks.isFaulting = false;
  }
}

function replayed(
  work: Awaitable<unknown>,
  name: string,
  schedule: string,
  { check }: Course,
  tasks: TaskRecorder,
  effects: EffectRecorder,
): () => unknown {
  let isAttached = false;
  const end = instrumentEveryLoop((loop) => {
    if (isAttached) return undefined; // a loop that the program starts within itself
    isAttached = true;
    attach(loop, tasks);
    return effects;
  });
  try {
    const { failure, result } = replay(() => work, schedule, { name, check });
    return () => {
      if (failure) throw failure.error;
      return result;
    };
  } finally {
    end();
  }
}
