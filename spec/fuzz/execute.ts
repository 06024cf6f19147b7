// Runs a program in its mode, and gives every rule that was broken.
import { EventLoop, run, runSync } from 'treadle';
import type { Task } from 'treadle';
import { VirtualClock } from 'treadle/testing';
import { Interpreter } from './interpret.ts';
import { check, endingOf } from './invariants.ts';
import type { Ending } from './invariants.ts';
import type { Body, Program } from './program.ts';
import type { Violation } from './world.ts';

export interface Report {
  readonly violations: readonly Violation[];
  readonly trace: readonly string[];
}

/** The interpreter of the program that runs, for what the process is told of. */
let running: Interpreter | undefined;

/** A promise that was rejected and has nobody to handle it is an error that was lost. */
export function watchProcess(): void {
  process.on('unhandledRejection', (error) => {
    if (!running) throw error;
    const ours = running.world.leaves(error).map(({ id }) => `error ${id}`);
    running.world.broken('unhandled rejection', `the host was told of ${ours.join(', ') || String(error)}`);
    running.world.tell(error, 'the host');
  });
}

/** Runs it once. Several programs must not run at once. */
export async function execute(program: Program): Promise<Report> {
  const interpreter = new Interpreter(program);
  const { world } = interpreter;
  running = interpreter;
  const endings = program.mode === 'sync' ? synchronously(interpreter) : await asynchronously(interpreter);
  world.over = true;
  if (program.mode !== 'sync') await hostTurns(3);
  check(interpreter, endings);
  running = undefined;
  return { violations: world.violations, trace: world.trace };
}

/** Runs it twice, if its mode lets the same happen twice, and compares. */
export async function judge(program: Program): Promise<Report> {
  const first = await execute(program);
  if (first.violations.length > 0 || !repeatable(program)) return first;
  const second = await execute(program);
  const at = first.trace.findIndex((line, index) => line !== second.trace[index]);
  if (at < 0 && first.trace.length === second.trace.length) return first;
  const text = `line ${at}: "${first.trace[at]}", and then "${second.trace[at]}"`;
  return { violations: [{ rule: 'trace', text }], trace: first.trace };
}

/** The host decides when promises are kept, and two loops take turns as the host has them. */
function repeatable({ mode, main }: Program): boolean {
  const alone = mode === 'sync' || mode === 'virtual' || mode === 'loop';
  const outside = /"do":"(promise|iterate|feed)"/.test(JSON.stringify(main));
  return alone && !outside;
}

const onError = (interpreter: Interpreter) => (error: unknown, where: string) => {
  if (interpreter.world.leaves(error).length === 0)
    interpreter.world.broken('strange error', `onError was told of ${String(error)} in ${where}`);
  interpreter.world.tell(error, 'onError');
};

function synchronously(interpreter: Interpreter): Ending[] {
  const { main } = interpreter.program;
  try {
    runSync(interpreter.root(main, { rescuer: true, virtual: true }), { onError: onError(interpreter) });
    return [{ state: 'succeeded' }];
  } catch (error) {
    return [endingOf(error)];
  }
}

async function asynchronously(interpreter: Interpreter): Promise<Ending[]> {
  const { mode, main, other, virtual } = interpreter.program;
  if (mode === 'loop') return [await onEventLoop(interpreter)];
  const start = (body: Body, rescuer: boolean, isVirtual: boolean): Task<unknown> =>
    run(interpreter.root(body, { rescuer, virtual: isVirtual }), {
      ...(isVirtual && { clock: new VirtualClock() }),
      onError: onError(interpreter),
    });
  if (mode !== 'pair') return [await ending(start(main, true, mode === 'virtual'))];
  const first = start(main, true, virtual![0]);
  const second = start(other!, false, virtual![1]);
  return Promise.all([ending(first), ending(second)]);
}

function ending(task: Task<unknown>): Promise<Ending> {
  return task.then(
    () => ({ state: 'succeeded' }),
    (error: unknown) => ({ state: task.state as 'failed' | 'cancelled', error }),
  );
}

async function onEventLoop(interpreter: Interpreter): Promise<Ending> {
  const { program, shared, world } = interpreter;
  const loop = new EventLoop({ clock: new VirtualClock(), onError: onError(interpreter) });
  for (const one of shared) if (one.resource.kind === 'future') one.object = loop.createFuture();
  const result = await ending(
    loop.runUntilComplete(interpreter.root(program.main, { rescuer: true, virtual: true }), { name: 'main' }),
  );
  const alive = loop.tasks().filter((task) => !task.done);
  if (alive.length > 0) world.broken('alive', `the loop still has ${alive.join(', ')}`);
  await loop[Symbol.asyncDispose]();
  return result;
}

async function hostTurns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}
