// Runs a program in its mode, and gives every rule that was broken.
import { EventLoop, run, runSync } from 'treadle';
import type { LoopOptions, Task } from 'treadle';
import { simulate, VirtualClock } from 'treadle/testing';
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

/** What a loop is given besides, and whether it is a simulation that draws the order of all steps from this seed. */
export interface Circumstances extends Pick<LoopOptions, 'instruments' | 'debug'> {
  readonly order?: number;
}

/** Runs it once. Several programs must not run at once. */
export async function execute(program: Program, circumstances: Circumstances = {}): Promise<Report> {
  const interpreter = new Interpreter(program);
  const { world } = interpreter;
  running = interpreter;
  const endings =
    program.mode === 'sync' ?
      synchronously(interpreter, circumstances)
    : await asynchronously(interpreter, circumstances);
  world.over = true;
  if (program.mode !== 'sync') await hostTurns(3);
  check(interpreter, endings);
  running = undefined;
  const violations =
    circumstances.order === undefined ?
      world.violations
    : world.violations.filter(({ rule }) => !needsOrder(rule, world.rescued));
  return { violations, trace: world.trace };
}

/**
 * Equal deadlines may fire in any order then, and `map` may start its works so. And the rescuer may be cancelled before
 * its first step: then nobody rescues.
 */
function needsOrder(rule: string, rescued: boolean): boolean {
  return rule === 'order' || (rule === 'deadlock' && !rescued);
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

function synchronously(interpreter: Interpreter, { order, ...options }: Circumstances): Ending[] {
  const root = interpreter.root(interpreter.program.main, { rescuer: true, virtual: true });
  const given = { ...options, onError: onError(interpreter) };
  try {
    if (order === undefined) runSync(root, given);
    else simulate(root, { ...given, order: 'any', seed: order }).run();
    return [{ state: 'succeeded' }];
  } catch (error) {
    return [endingOf(error)];
  }
}

async function asynchronously(interpreter: Interpreter, options: LoopOptions): Promise<Ending[]> {
  const { mode, main, other, virtual } = interpreter.program;
  if (mode === 'loop') return [await onEventLoop(interpreter, options)];
  const start = (body: Body, rescuer: boolean, isVirtual: boolean): Task<unknown> =>
    run(interpreter.root(body, { rescuer, virtual: isVirtual }), {
      ...options,
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

async function onEventLoop(interpreter: Interpreter, options: LoopOptions): Promise<Ending> {
  const { program, shared, world } = interpreter;
  const loop = new EventLoop({ ...options, clock: new VirtualClock(), onError: onError(interpreter) });
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
