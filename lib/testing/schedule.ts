// A schedule: what was decided in one run, as a short text. `t1_4q_0_3aK2bf_1c_x7Qa_9d` says, between the underscores:
//
//   t1         version 1 of this format
//   4q         the seed, base 36: `random()` is drawn from it
//   0          the most milliseconds that a timer may be late
//   3aK2bf     the choices: three times what the engine does (0), then 1 (`a`), two times 0, then 2 (`b`), and from
//              there on 0. `z` is 26, `Ba` 27, `Bb` 28. The character behind each letter stands for the name of the
//              task that was chosen.
//   1c         how many steps the run has, base 36; with an `L` behind it: it was stopped there, being too long
//   x7Qa       eight samples at most, at even distances, of all that had happened by then (Recorder.prints)
//   9d         a sum over all of it
//
// So a program that no longer fits is found out at the step where it does something else, or soon after it.
// Relies on the recorder's numbers.

import { show } from '../words/messages.ts';
import { ScheduleError } from './testing-errors.ts';
import { mix } from './interleaving.ts';

export interface Schedule {
  readonly seed: number;
  readonly late: number;
  /** In the order in which they were made; all behind the last one are 0. */
  readonly choices: readonly number[];
  /** For each choice that is not 0, in their order: a character that stands for the task that was chosen. */
  readonly names: string;
  /** `undefined`: the schedule was cut before it says so. */
  readonly steps: number | undefined;
  readonly isTooLong: boolean;
  readonly samples: string;
}

const VERSION = 't1';
const MOST_SAMPLES = 8;
const FEWEST_STEPS = 2;
/** Characters that a double click selects as one word, and that mean nothing to a shell. */
const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** One character for a number. */
export function letterOf(print: number): string {
  return digits[(print >>> 0) % digits.length] as string;
}

/** One character for a name. */
export function letterOfName(name: string): string {
  return letterOf(mix(0, name));
}

/** After how many steps each sample is taken. */
export function distanceOf(steps: number): number {
  return Math.max(FEWEST_STEPS, Math.ceil(steps / MOST_SAMPLES));
}

/** The samples of a run. */
export function samplesOf(prints: readonly number[]): string {
  const distance = distanceOf(prints.length);
  let samples = '';
  for (let step = distance; step <= prints.length; step += distance) samples += letterOf(prints[step - 1] as number);
  if (prints.length % distance !== 0) samples += letterOf(prints.at(-1) as number);
  return samples;
}

export function writeSchedule({ seed, late, choices, names, steps = 0, isTooLong, samples }: Schedule): string {
  const end = steps.toString(36) + (isTooLong ? 'L' : '');
  const text = [
    VERSION,
    (seed >>> 0).toString(36),
    late.toString(36),
    writeChoices(choices, names),
    end,
    samples,
    '',
  ].join('_');
  return text + sumOf(text);
}

function writeChoices(choices: readonly number[], names: string): string {
  let text = '';
  let inOrder = 0;
  let named = 0;
  for (const choice of choices) {
    if (choice === 0) {
      inOrder++;
      continue;
    }
    if (inOrder > 0) text += inOrder;
    inOrder = 0;
    text += lettersOf(choice - 1) + (names[named++] ?? '');
  }
  return text;
}

/** Base 26; all digits but the last one are capital letters. */
function lettersOf(number: number): string {
  let letters = String.fromCharCode(97 + (number % 26));
  for (let rest = Math.floor(number / 26); rest > 0; rest = Math.floor(rest / 26))
    letters = String.fromCharCode(65 + (rest % 26)) + letters;
  return letters;
}

function sumOf(text: string): string {
  const sum = mix(0, text);
  return letterOf(sum) + letterOf(sum >>> 8);
}

/** Reads a schedule. Throws a `TypeError` if it is not a text, and a `ScheduleError` if the text is not a schedule. */
export function readSchedule(where: string, text: string): Schedule {
  if (typeof text !== 'string') throw new TypeError(`${where} takes a schedule as explore gives it, not ${show(text)}`);
  const [version = '', seed = '', late = '', choices = '', end = '', samples = '', sum, ...more] = text.split('_');
  if (!/^t\d+$/.test(version))
    throw new ScheduleError(
      `${where} takes a schedule as explore gives it, such as ${VERSION}_1_0_3aK_9_x7_9d, not ${show(text)}`,
      1,
    );
  if (version !== VERSION)
    throw new ScheduleError(
      `the schedule is of version ${version.slice(1)}, and this treadle reads version ${VERSION.slice(1)}: ` +
        'explore again',
      1,
    );
  const isWhole = sum !== undefined && sum.length >= 2;
  const isRight =
    isWhole && more.length === 0 && text === text.slice(0, -sum.length) + sumOf(text.slice(0, -sum.length));
  if (isWhole && !isRight) throw new ScheduleError(`the schedule ${show(text)} was changed: its sum is another one`, 1);
  const read = readChoices(choices);
  if (!/^[0-9a-z]+$/.test(seed) || !/^[0-9a-z]+$/.test(late) || read === undefined)
    throw new ScheduleError(`the schedule ${show(text)} was cut before its first choice, or changed`, 1);
  return {
    seed: parseInt(seed, 36),
    late: parseInt(late, 36),
    ...read,
    steps: isRight ? parseInt(end.replace('L', ''), 36) : undefined,
    isTooLong: end.endsWith('L'),
    samples: isRight ? samples : '',
  };
}

/** `undefined` for a text that is not a list of choices. One that was cut within a choice lacks that choice. */
function readChoices(text: string): { choices: number[]; names: string } | undefined {
  const choices: number[] = [];
  let names = '';
  let rest = text;
  while (rest !== '') {
    const [token, inOrder, letters = '', name = ''] = /^(?:(\d+)|([A-Z]*[a-z])([A-Za-z0-9]))/.exec(rest) ?? [];
    if (token === undefined) return /^[A-Z]*[a-z]?$/.test(rest) ? { choices, names } : undefined;
    if (inOrder !== undefined) {
      if (choices.length + Number(inOrder) > 10_000_000) return undefined;
      for (let count = Number(inOrder); count > 0; count--) choices.push(0);
    } else {
      let number = 0;
      for (const letter of letters.toUpperCase()) number = 26 * number + letter.charCodeAt(0) - 65;
      choices.push(number + 1);
      names += name;
    }
    rest = rest.slice(token.length);
  }
  return { choices, names };
}
