// Asynchronous sources that tell what becomes of them.
import { delay } from './host.ts';

/** Counts from 1 to `to`, `ms` milliseconds apart. The log is told when it is exhausted, and when it was released. */
export async function* counting(log: unknown[], to = Infinity, ms = 1): AsyncGenerator<number, void, undefined> {
  try {
    for (let n = 1; n <= to; n++) {
      if (ms > 0) await delay(ms);
      yield n;
    }
    log.push('exhausted');
  } finally {
    await delay(1);
    log.push('released');
  }
}
