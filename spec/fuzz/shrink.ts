// Cuts a failing program down to what its failure needs: takes something away, and if the same rule is still broken,
// goes on with what is left.
import { listsOf } from './program.ts';
import type { Body, Program, Step, Work } from './program.ts';
import type { Violation } from './world.ts';

export interface Shrunk {
  readonly program: Program;
  readonly violation: Violation;
  readonly tries: number;
}

export async function shrink(
  program: Program,
  violation: Violation,
  judge: (program: Program) => Promise<readonly Violation[]>,
  mostTries = 3_000,
): Promise<Shrunk> {
  let current = program;
  let seen = violation;
  let tries = 0;
  for (let progress = true; progress && tries < mostTries;) {
    progress = false;
    for (let index = 0; tries < mostTries;) {
      const candidate = structuredClone(current);
      const edit = edits(candidate)[index];
      if (!edit) break;
      edit();
      tries++;
      const same = (await judge(candidate)).find(({ rule }) => rule === violation.rule);
      if (same) {
        current = candidate;
        seen = same;
        progress = true;
      } else index++;
    }
  }
  return { program: current, violation: seen, tries };
}

type Edit = () => void;

/** Every way to make it a little smaller, the big ones first. The same program has them in the same order. */
function edits(program: Program): Edit[] {
  const found: Edit[] = [];
  if (program.other) {
    found.push(() => Object.assign(program, { mode: 'virtual', other: undefined, virtual: undefined }));
    if (program.virtual?.includes(false)) found.push(() => Object.assign(program, { virtual: [true, true] }));
  } else if (program.mode !== 'sync') found.push(() => Object.assign(program, { mode: 'sync' }));
  program.cancels.forEach((_, index) => found.push(() => void program.cancels.splice(index, 1)));
  const small: Edit[] = [];
  for (const body of program.other ? [program.main, program.other] : [program.main]) editBody(body, found, small);
  for (const cancel of program.cancels as { turns: number }[])
    if (cancel.turns > 0) small.push(() => void (cancel.turns -= 1));
  return [...found, ...small];
}

function editBody(body: Body, big: Edit[], small: Edit[]): void {
  if (body.cleanUp) {
    big.push(() => delete body.cleanUp);
    if (body.cleanUp.kind === 'shield') small.push(() => (body.cleanUp!.kind = 'bare'));
  }
  for (const flag of ['catches', 'carries', 'watches', 'raw', 'bare'] as const)
    if (body[flag]) small.push(() => delete body[flag]);
  for (const list of listsOf(body)) editList(list, big, small);
}

function editList(list: Step[], big: Edit[], small: Edit[]): void {
  if (list.length > 3) {
    const half = list.length >> 1;
    big.push(
      () => void list.splice(0, half),
      () => void list.splice(half),
    );
  }
  list.forEach((step, index) => {
    big.push(() => void list.splice(index, 1));
    // The steps of what it calls, in its place. Not those of work with a limit: nothing would end them.
    if (step.do === 'call' || step.do === 'with' || step.do === 'spawn')
      big.push(() => void list.splice(index, 1, ...step.body.steps));
    if (step.do === 'hold') big.push(() => void list.splice(index, 1, ...step.steps));
    if (step.do === 'shield' && step.work.is === 'body') {
      const { body } = step.work;
      big.push(() => void list.splice(index, 1, ...body.steps));
    }
    editStep(step, big, small);
  });
}

function editStep(step: Step, big: Edit[], small: Edit[]): void {
  for (const list of listsOf(step)) editList(list, big, small);
  if ('works' in step) {
    const { works } = step;
    if (works.length > 1) works.forEach((_, index) => big.push(() => void works.splice(index, 1)));
    for (const work of works) editWork(work, big, small);
    if ('shape' in step && step.shape === 'object') small.push(() => (step.shape = 'array'));
  }
  if ('work' in step) editWork(step.work, big, small);
  if ('body' in step) editBody(step.body, big, small);
  if ('cleanUp' in step) editBody(step.cleanUp, big, small);
  for (const flag of ['daemon', 'detached', 'throws'] as const)
    if (flag in step) small.push(() => delete (step as Record<string, unknown>)[flag]);
  const numbers = step as unknown as Record<string, number>;
  for (const key of ['ms', 'at', 'count', 'concurrency', 'attempts', 'delay', 'leave', 'keep']) {
    const value = numbers[key];
    const least = key === 'concurrency' || key === 'attempts' || (key === 'count' && step.do !== 'map') ? 1 : 0;
    if (value === undefined || value <= least) continue;
    if (value > 4) small.push(() => void (numbers[key] = value >> 1));
    small.push(() => void (numbers[key] = value - 1));
  }
  if ('error' in step && step.error && step.error !== 'plain') small.push(() => (step.error = 'plain'));
}

function editWork(work: Work, big: Edit[], small: Edit[]): void {
  if (work.is === 'body') editBody(work.body, big, small);
  if (work.is === 'sleep' && work.ms > 0) {
    if (work.ms > 4) small.push(() => (work.ms >>= 1));
    small.push(() => (work.ms -= 1));
  }
}
