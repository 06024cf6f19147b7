// What the page asks of the machine that runs the reader's code, and what it answers. All of it is plain data, because
// it travels to a worker and back. Relies on nothing: there are only types here.

import type { Log, TaskId } from '../walk/log.ts';

/** A fault that the reader clicks. Faults are counted in the run in which they happen. */
export type Fault =
  /** This task is cancelled when so many turns have begun and the last of them is over (`State.turn`). */
  | { readonly kind: 'cancel'; readonly task: TaskId; readonly turn: number }
  /** The n-th request of the run, counted from 1, fails: `TypeError: fetch failed`. */
  | { readonly kind: 'request'; readonly number: number }
  /** The n-th timer of the run, counted from 1 (sleep, sleepUntil, timeout), is late by so many milliseconds. */
  | { readonly kind: 'timer'; readonly number: number; readonly late: number };

export interface Limits {
  /** Events; 5,000 by default. */
  readonly events?: number;
  /** Milliseconds of the real clock; 2,000 by default. */
  readonly time?: number;
  /** Characters that the program prints; 200,000 by default. */
  readonly output?: number;
}

export interface RunRequest {
  readonly kind: 'run';
  /** TypeScript or JavaScript. */
  readonly code: string;
  /** 0, the default, is the real schedule: then `late` and `order` are of no effect. */
  readonly seed?: number;
  /** Each timer is 0 to so many milliseconds late, drawn from the seed. */
  readonly late?: number;
  /** `any`: any ready task goes next, drawn from the seed. */
  readonly order?: 'fifo' | 'any';
  /** A schedule of `explore`. `seed`, `late` and `order` are of no effect then: it says them itself. */
  readonly schedule?: string;
  readonly faults?: readonly Fault[];
  readonly limits?: Limits;
}

/** Why there is no run: something is wrong with the code. */
export interface CodeError {
  /** A whole sentence. */
  readonly message: string;
  /** Counted from 1; missing if it is no matter of one line. */
  readonly line?: number;
  readonly column?: number;
  /**
   * `syntax`: it cannot be parsed. `refused`: it uses what cannot be simulated, and the message says what to use
   * instead. `main`: there is no program in it. `load`: it threw while it was loaded. `schedule`: the schedule no
   * longer fits.
   */
  readonly kind: 'syntax' | 'refused' | 'main' | 'load' | 'schedule';
}

export interface RunAnswer {
  readonly kind: 'run';
  /** There is a log also when the program failed; none when the code is wrong. */
  readonly log: Log | undefined;
  readonly error: CodeError | undefined;
  /** How the program ended; `stopped` by a limit. */
  readonly ended: 'succeeded' | 'failed' | 'cancelled' | 'stopped' | undefined;
  /** What it printed, line by line. */
  readonly output: string;
  /** How many requests and timers there were, for the faults. */
  readonly requests: number;
  readonly timers: number;
}

export interface FindRequest {
  readonly kind: 'find';
  readonly code: string;
  readonly late?: number;
  /** `any`, the default, lets `explore` try any order. `fifo`: only the timers vary. */
  readonly order?: 'fifo' | 'any';
  /** 1,000 by default. */
  readonly runs?: number;
  /** Where it begins; 1 by default. */
  readonly seed?: number;
  /** No further run begins after so many milliseconds; 8,000 by default. To shrink a schedule may take as long again. */
  readonly time?: number;
}

export interface FindAnswer {
  readonly kind: 'find';
  readonly error: CodeError | undefined;
  /** How many runs were tried. */
  readonly runs: number;
  /** These were all that there are: nothing can fail. */
  readonly complete: boolean;
  readonly found: Found | undefined;
}

export interface Found {
  /** The run in which it was found: `{ seed, late, order }` in a RunRequest shows it. */
  readonly seed: number;
  readonly late: number;
  readonly order: 'fifo' | 'any';
  /** The same failure with as few switches as it takes: `{ schedule }` shows it. Only with the order `any`. */
  readonly schedule: string | undefined;
  /** How many steps of the schedule are not in the engine's order. */
  readonly switches: number | undefined;
  /** `deadlock`, `error`, `steps`, `clean-up`. */
  readonly failure: string;
  /** The error, in one line. */
  readonly message: string;
}

export type Request = RunRequest | FindRequest;
export type Answer = RunAnswer | FindAnswer;

/** What the worker is sent, and what it sends back. It answers each message once, in order. */
export interface ToWorker {
  readonly id: number;
  readonly request: Request;
}
export interface FromWorker {
  readonly id: number;
  readonly answer: Answer;
  /** The program has changed what is built in: the next one needs another worker. */
  readonly isSpoilt?: true;
}
