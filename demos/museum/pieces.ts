// The twelve pieces, in their order.
import type { ComparedPiece, ExploredPiece } from './piece.ts';
import * as semaphore from './01-semaphore.ts';
import * as condition from './02-condition.ts';
import * as lock from './03-lock.ts';
import * as waitFor from './04-wait-for.ts';
import * as wrongError from './05-wrong-error.ts';
import * as codeBehind from './06-code-behind.ts';
import * as checkThenSleep from './07-check-then-sleep.ts';
import * as leftBehind from './08-left-behind.ts';
import * as lostMessage from './09-lost-message.ts';
import * as secondEvent from './10-second-event.ts';
import * as silentEnd from './11-silent-end.ts';
import * as cacheStampede from './12-cache-stampede.ts';

export const pieces: readonly (ExploredPiece | ComparedPiece)[] = [
  semaphore,
  condition,
  lock,
  waitFor,
  wrongError,
  codeBehind,
  checkThenSleep,
  leftBehind,
  lostMessage,
  secondEvent,
  silentEnd,
  cacheStampede,
];
