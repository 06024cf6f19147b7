/**
 * Progress while a crawl runs: a bar on a terminal, a plain line for each page
 * in a pipe. The crawler reports every visit that begins and every one that ends.
 */
import { SingleBar } from 'cli-progress';
import { shortName } from './url.ts';
import type { Visit } from './visit.ts';

export interface Progress {
  begun(visit: Visit): void;
  /** Also called for a visit that was stopped. */
  ended(visit: Visit): void;
  /** Leaves the terminal as it was. */
  stop(): void;
}

export const silent: Progress = { begun() {}, ended() {}, stop() {} };

export function progressOn(stream: NodeJS.WriteStream, label: string): Progress {
  return stream.isTTY ? bar(stream, label) : lines(stream);
}

function bar(stream: NodeJS.WriteStream, label: string): Progress {
  const single = new SingleBar({
    format: `${label} {bar} {value} of {total}{page}`,
    stream,
    barsize: 24,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    linewrap: false,
    fps: 20,
    gracefulExit: false, // the crawl handles Ctrl-C itself
  });
  let begun = 0;
  let ended = 0;
  single.start(0, 0, { page: '' });
  return {
    begun() {
      single.setTotal(++begun);
    },
    ended(visit) {
      if (visit.outcome.kind === 'unfinished') return;
      single.update(++ended, { page: ` · ${shortName(visit.url)}` });
    },
    stop() {
      single.update({ page: '' });
      single.stop();
    },
  };
}

function lines(stream: NodeJS.WritableStream): Progress {
  let begun = 0;
  let ended = 0;
  return {
    begun() {
      begun++;
    },
    ended(visit) {
      if (visit.outcome.kind === 'unfinished') return;
      const done = `[${++ended}/${begun}]`.padEnd(9) + ' ';
      const time = `${Math.round(visit.elapsed)} ms`.padStart(8);
      stream.write(
        `${done}${String(visit.status ?? '-').padStart(3)}${time}  ${shortName(visit.url)}  ${visit.remark}\n`,
      );
    },
    stop() {},
  };
}
