// replayJournal: a program once more, as its journal says. Relies on replayer, replaying-loop.

import type { Awaitable, Result } from '../../kernel/awaitable.ts';
import { checkAwaitable } from '../../kernel/awaitable.ts';
import { start } from '../../loop/run.ts';
import type { RunOptions } from '../../loop/run.ts';
import { checkFunction } from '../../words/check.ts';
import { parse } from './format.ts';
import { Replayer } from './replayer.ts';
import { ReplayingLoop } from './replaying-loop.ts';
import type { ValueOptions } from './values.ts';

/** The options of `replayJournal`: those of `run` that a journal does not decide, and how its values are read. */
export interface ReplayJournalOptions
  extends Pick<ValueOptions, 'decode'>, Omit<RunOptions, 'clock' | 'random' | 'signal'> {}

/**
 * Runs a program step for step as it ran when its journal was recorded, without the world outside: nothing is fetched
 * and nobody sleeps. It runs to its end before the call returns, and gives the result or throws the error of that run.
 *
 * The program must be the same, and must be started with the same arguments. Throws a `JournalError`, which names the
 * line, the step and the task, where the two do not fit: another program or another version, a journal that is cut or
 * was changed, an effect that it does not have. The tasks are cancelled then, and clean up.
 *
 * @example
 * const result = replayJournal(main(), readFileSync('main.journal', 'utf8'));
 */
export function replayJournal<A extends Awaitable<unknown>>(
  main: A,
  journal: string | Iterable<string>,
  options: ReplayJournalOptions = {},
): Result<A> {
  checkAwaitable(main, 'replayed', 'replayJournal');
  const { decode, name, ...others } = options;
  if (decode !== undefined) checkFunction('the option decode of replayJournal', decode);
  const { header, lines } = parse(journal);
  const replayer = new Replayer(lines, { decode });
  const task = start(new ReplayingLoop(others, replayer), main, { name: name ?? header.main });
  if (replayer.failure) throw replayer.failure;
  return task.result();
}
