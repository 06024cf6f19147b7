// What a worker that has died had begun of the jobs that were sent to it. Relies on job, protocol.

import type { Job } from './job.ts';
import type { Chunk } from './protocol.ts';

/**
 * `lost` are those of which something had begun: what it was, they are told, and `begun` names all of it. `missed` are
 * those of which nothing had. `count` gives what the worker has noted (arrivals.ts).
 */
export function separate(
  jobs: readonly Job[],
  count: (place: number) => number,
  wasKilledByOthers: boolean,
): { lost: Job[]; missed: Job[]; begun: () => readonly string[] } {
  // A worker that ended by itself, and has received nothing, did not even start.
  const arrived = count(0) || (wasKilledByOthers ? 0 : Infinity);
  const hasArrived = ({ number }: Job): boolean => number <= arrived;
  const begunItems = ({ message: { place } }: Job): number => (place === undefined ? Infinity : count(place));
  const hasBegun = (job: Job): boolean => hasArrived(job) && begunItems(job) > 0;
  // It may have ended although nothing had begun: a module that is loaded for a chunk can do that. The next worker
  // would end in the same way, so the chunk has used a try.
  const isClear = wasKilledByOthers || jobs.some(hasBegun);
  const isLost = isClear ? hasBegun : hasArrived;
  const lost = jobs.filter(isLost);
  for (const job of lost) {
    const { message } = job;
    job.begun = isClear && message.each ? (message as Chunk).of(message.args.slice(0, begunItems(job))) : message;
  }
  let named: readonly string[] | undefined; // once for all: each of 10,000 calls would name all 10,000
  const begun = () => (named ??= lost.map((job) => `${job.begun}`));
  return { lost, missed: jobs.filter((job) => !isLost(job)), begun };
}
