// The same map without a Redis: `machines` without a url runs on processes of this machine. One of them is killed. There is
// no cable that could be cut.
import { readFileSync } from 'node:fs';
import { coroutine } from 'treadle';
import { machines } from 'treadle/distributed';
import { say } from '../../support/say.ts';
import { ROOT, VERSION } from './agreed.ts';
import { DIARY, entriesIn } from './diary.ts';
import { mapAll, untilAllServe } from './map.ts';
import type { Strike } from './map.ts';
import type { Place } from './on-machines.ts';
import { progressOn } from './progress.ts';

const WORKERS = 3;
const CONCURRENCY = 8;

export const onProcesses = coroutine('on processes', function* ({ diary, items }: Place) {
  process.env[DIARY] = diary; // the workers inherit it
  const pool = machines({ root: ROOT, version: VERSION, pool: { workers: WORKERS, concurrency: CONCURRENCY } });
  yield* untilAllServe(pool, WORKERS, WORKERS * CONCURRENCY);
  yield* say(`${WORKERS} processes of this machine, with ${CONCURRENCY} calls in each of them`);
  const progress = progressOn(process.stdout, items.length);
  try {
    return yield* mapAll(pool, items, [killOne(diary, items.length)], progress);
  } finally {
    progress.stop();
  }
});

/** The process that was the second to begin a call. */
const killOne = (diary: string, items: number): Strike => ({
  results: Math.round(items * 0.5),
  said: 'a process was killed (SIGKILL)',
  perform() {
    const entries = entriesIn(readFileSync(diary, 'utf8'));
    const { pid, host } = entries.find((entry) => entry.host === 'process 2') ?? entries[0]!;
    process.kill(pid, 'SIGKILL');
    return { host, kind: 'killed' };
  },
});
