// The console of a program: what it prints goes into the log, under the task that runs. Relies on show.

import type { Prints } from '../walk/log.ts';
import { printed } from './show.ts';

const LEVELS: Readonly<Record<string, Prints['level']>> = {
  log: 'log',
  info: 'log',
  debug: 'log',
  dir: 'log',
  table: 'log',
  group: 'log',
  trace: 'log',
  warn: 'warn',
  error: 'error',
};

export type Print = (level: Prints['level'], text: string) => void;

/** Methods that print nothing, such as `groupEnd`, do nothing. */
export function consoleFor(print: Print): object {
  const methods: Record<string, (...values: unknown[]) => void> = {};
  for (const name of Object.keys(console)) methods[name] = () => {};
  for (const [name, level] of Object.entries(LEVELS)) methods[name] = (...values) => print(level, printed(values));
  const { error } = methods;
  methods['assert'] = (holds, ...values) => {
    if (!holds) error?.('Assertion failed:', ...values);
  };
  return methods;
}
