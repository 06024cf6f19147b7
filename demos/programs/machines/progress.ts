// How far the map is: a bar on a terminal, a line for each tenth in a pipe.
import { SingleBar } from 'cli-progress';

export interface Progress {
  show(results: number): void;
  /** Something has happened. It stays in sight. */
  note(text: string): void;
  stop(): void;
}

export const progressOn = (stream: NodeJS.WriteStream, total: number): Progress =>
  stream.isTTY ? bar(stream, total) : lines(stream, total);

function bar(stream: NodeJS.WriteStream, total: number): Progress {
  const single = new SingleBar({
    format: '{bar} {value} of {total}{note}',
    stream,
    barsize: 30,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    linewrap: false,
    fps: 20,
    gracefulExit: false, // the demo handles Ctrl-C itself
  });
  single.start(total, 0, { note: '' });
  let noted = '';
  return {
    show: (results) => single.update(results, { note: noted }),
    note(text) {
      noted = `  ${text}`;
      single.update({ note: noted });
    },
    stop: () => single.stop(),
  };
}

function lines(stream: NodeJS.WritableStream, total: number): Progress {
  let tenth = 0;
  return {
    show(results) {
      const now = Math.floor((results * 10) / total);
      if (now > tenth) stream.write(`${results.toLocaleString('en').padStart(7)} of ${total.toLocaleString('en')}\n`);
      tenth = now;
    },
    note: (text) => stream.write(`        ${text}\n`),
    stop() {},
  };
}
