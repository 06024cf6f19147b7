// What is said when a program could not be loaded: it threw at its top, or there is no program in it. Relies on program.

import { ScheduleError } from 'treadle/testing';
import { FIRST_LINE, NoMain, SOURCE } from './program.ts';
import type { CodeError } from './request.ts';
import { isInstance, show } from './show.ts';

export function errorAtLoad(error: unknown): CodeError {
  if (isInstance(error, NoMain)) return { kind: 'main', message: error.message };
  if (isInstance(error, ScheduleError)) return { kind: 'schedule', message: sentence(error.message) };
  const place = placeOf(error);
  const message = isInstance(error, Error) ? sentence(show(error)) : `It threw ${show(error)}.`;
  return { kind: 'load', message, ...place };
}

function sentence(message: string): string {
  const whole = message.endsWith('.') ? message : `${message}.`;
  return whole[0]?.toUpperCase() + whole.slice(1);
}

/** The innermost line of the program in the error's stack. */
function placeOf(error: unknown): { readonly line: number } | undefined {
  try {
    const [, line] = new RegExp(`${SOURCE}:(\\d+):\\d+`).exec((error as Error).stack ?? '') ?? [];
    return line === undefined ? undefined : { line: Number(line) - FIRST_LINE + 1 };
  } catch {
    return undefined; // whatever was thrown cannot be looked at
  }
}
