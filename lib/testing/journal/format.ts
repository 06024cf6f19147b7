// The lines of a journal: JSON, one object a line, in the order in which things happened. docs/testing.md documents
// them.
//
//     {"treadle":"journal","version":1,"main":"main"}
//     {"n":1,"step":3,"task":"#1 main","kind":"fetch","ask":"fetch('http://localhost/a')"}
//     {"n":2,"step":3,"task":"#1 main","kind":"fetch","of":3,"answer":{"$":"Response","status":200, ...}}
//     {"n":3,"step":9,"kind":"end","state":"succeeded"}
//
// `step` is the moment: how many steps, callbacks and effects there were before. Lines of the same step stand in their
// order. Relies on the journal's error.

import { show } from '../../words/show.ts';
import { JournalError } from './journal-error.ts';

/** Higher when the meaning of lines changes, so that an older reader refuses them. */
export const VERSION = 1;

export interface Header {
  readonly treadle: 'journal';
  readonly version: number;
  /** The name of the main task. */
  readonly main: string;
}

/** What a line says, without its number. */
export interface Entry {
  /** The moment. */
  readonly step: number;
  /** Whose it is: id and path. Missing when it is no task's, such as the time that a callback asked for. */
  readonly task?: string | undefined;
  /**
   * `timer`, `cancel`, `event`, `deadlock`: something came from outside. `now`, `random`: the program asked for time or
   * chance. `end`: the program was over. Anything else: an effect of this kind was asked for, or answered.
   */
  readonly kind: string;
  /** An outside effect was asked for: how it prints. With an answer beside it, it was answered at once. */
  readonly ask?: string | undefined;
  /** The step at which it was asked for. */
  readonly of?: number | undefined;
  /** Encoded (values.ts). */
  readonly answer?: unknown;
  readonly error?: unknown;
  /** Answered by the program itself; of a timer: due when one was set. It happened in a step. */
  readonly inside?: true | undefined;
  /** It came while the host had its turn in the middle of a step. */
  readonly within?: true | undefined;
  /** The number of the timer, counted as they were set. */
  readonly timer?: number | undefined;
  /** Of an event: its name. */
  readonly event?: string | undefined;
  /** Of the end: how main ended. */
  readonly state?: string | undefined;
  /** It cannot be played back from here on, because of this. */
  readonly problem?: string | undefined;
}

export interface Line extends Entry {
  readonly n: number;
}

/** Does this line come from outside, between two steps? The others belong to a step. */
export function isDelivery(line: Entry): boolean {
  const { kind, of, ask, inside, problem } = line;
  if (kind === 'timer') return inside === undefined;
  if (problem !== undefined || kind === 'cancel' || kind === 'event' || kind === 'deadlock') return true;
  return of !== undefined && ask === undefined && inside === undefined;
}

/**
 * Reads a journal: its whole text, or its lines. Throws a `JournalError` that names the first wrong line, and a
 * `TypeError` if it is neither a text nor iterable.
 */
export function parse(journal: string | Iterable<string>): { header: Header; lines: Line[] } {
  if (typeof (journal as Iterable<string> | undefined)?.[Symbol.iterator] !== 'function')
    throw new TypeError(`a journal is a text, or an iterable of its lines, not ${show(journal)}`);
  const texts = typeof journal === 'string' ? journal.split('\n') : [...journal];
  while (texts.at(-1)?.trim() === '') texts.pop();
  const [first, ...rest] = texts;
  if (first === undefined) throw new JournalError('the journal is empty', { line: 1 });
  const header = objectOf(first, 1) as unknown as Header;
  if (header.treadle !== 'journal')
    throw new JournalError(`this is no journal of treadle: line 1 is ${show(first)}`, { line: 1 });
  if (header.version !== VERSION)
    throw new JournalError(
      `the journal has version ${show(header.version)} of the format, and this reader knows version ${VERSION}`,
      { line: 1 },
    );
  return { header, lines: rest.map((text, index) => lineOf(text, index)) };
}

function lineOf(text: string, index: number): Line {
  const at = index + 2;
  const line = objectOf(text, at) as unknown as Line;
  const { n, step, task } = line;
  if (!Number.isInteger(n) || !Number.isInteger(step) || typeof line.kind !== 'string')
    throw new JournalError(`line ${at} of the journal is no line of one: ${show(text)}`, { line: at });
  if (n !== index + 1)
    throw new JournalError(
      `line ${at} of the journal, of step ${step}${task === undefined ? '' : ` of ${task}`}, is numbered ${n} ` +
        `and not ${index + 1}: a line is missing, or lines were moved`,
      { line: at, step, task },
    );
  return line;
}

function objectOf(text: string, line: number): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new JournalError(`line ${line} of the journal is no JSON: ${show(text)}`, { line }, { cause });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new JournalError(`line ${line} of the journal is no object: ${show(text)}`, { line });
}
