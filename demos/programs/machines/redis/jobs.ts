// What the hosts run: functions that are named by this module and their exports. This folder is the root of both sides,
// and so BullMQ and ioredis, which are installed in it, are found. Nothing here knows of them.
import { createHash } from 'node:crypto';
import { coroutine, sleep } from 'treadle';
import { HOST, note } from '../diary.ts';

/** How many milliseconds a call takes: from 60 to 180, the same whenever it is tried again. */
const duration = (item: number): number => 60 + ((item * 7_919) % 121);

/** What the caller expects. It can be computed twice, and nothing is done twice by that. */
export const expected = (item: number): string => createHash('sha256').update(`item ${item}`).digest('hex');

export interface Answer {
  readonly item: number;
  readonly checksum: string;
}

/** The host or the process that runs this. It takes a moment, so that several such calls are spread over several. */
export const whereabouts = coroutine('whereabouts', function* (ms: number) {
  yield* sleep(ms);
  return process.env[HOST] ?? `process ${process.pid}`;
});

/** Writes into the diary when it begins and when it ends, waits, as for a disk or a service, and computes. */
export const checksum = coroutine('checksum', function* (item: number) {
  let end: 'is cancelled' | 'ends' = 'is cancelled';
  note(item, 'begins');
  try {
    yield* sleep(duration(item));
    const answer: Answer = { item, checksum: expected(item) };
    end = 'ends';
    return answer;
  } finally {
    note(item, end);
  }
});
