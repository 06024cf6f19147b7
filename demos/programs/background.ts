// A server that answers first and works afterwards, and that loses none of the work when it ends.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  all,
  call,
  coroutine,
  fetch,
  forEach,
  main,
  now,
  Queue,
  retry,
  shield,
  sleep,
  suspend,
  taskGroup,
} from 'treadle';
import type { Awaitable } from 'treadle';
import { options } from '../support/options.ts';
import { say } from '../support/say.ts';

export const summary = 'a server that answers first, works later and loses nothing';
export const help = `
Starts a server on 127.0.0.1. It puts every job that it receives into a queue
and answers 202 at once; workers take the jobs from the queue. The program sends
the jobs itself, faster than the workers can do them. At closing time, or
earlier at Ctrl-C or SIGTERM, the server stops accepting jobs, and the program
ends when all accepted jobs are done. Every fourth job fails once and is tried
again.

  --seconds N   when the server closes                (default 2)
  --workers N   how many jobs are done at a time      (default 2)
  --work MS     how long a job takes at most          (default 400)
  --pause MS    the time between two requests         (default 120)

A second Ctrl-C does not wait for the jobs.
`;

interface Job {
  readonly id: number;
  readonly accepted: number;
}

/** What happened, for the report at the end. It outlives the tasks, which a signal cancels. */
class Journal {
  readonly accepted = new Set<number>();
  readonly done = new Set<number>();
  /** Milliseconds from a request to its answer, and from a request to the end of its job. */
  readonly answers: number[] = [];
  readonly works: number[] = [];
  doneAtClosing = 0;
}

/** Stands for work that takes time: sending a mail, shrinking a picture, writing a report. */
const work = coroutine('work', function* ({ id }: Job, longest: number, attempt: number) {
  yield* sleep(longest * (0.5 + (id % 3) / 4));
  if (id % 4 !== 0 || attempt > 1) return;
  yield* say(`job ${id} failed and will be tried again`);
  throw new Error('the mail server is busy');
});

const perform = coroutine('perform', function* (job: Job, longest: number, journal: Journal) {
  yield* retry((attempt) => work(job, longest, attempt), { attempts: 3, delay: 50 });
  journal.done.add(job.id);
  const took = performance.now() - job.accepted;
  journal.works.push(took);
  yield* say(`job ${job.id} is done, after ${took.toFixed(0)} ms`);
});

/** Opens the server for as long as the visit lasts: until it is over, fails, or is cancelled. */
const reception = coroutine(
  'reception',
  function* (jobs: Queue<Job>, journal: Journal, visit: (url: string) => Awaitable<void>) {
    const server = createServer((request, response) => {
      const job = { id: Number(request.url?.slice(1)), accepted: performance.now() };
      jobs.putNowait(job);
      journal.accepted.add(job.id);
      response.writeHead(202).end('accepted'); // before the work has even begun
    });
    try {
      yield* suspend((resume, fail) => {
        server.once('error', fail).listen(0, '127.0.0.1', resume);
      });
      yield* call(visit(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`));
    } finally {
      // First no more requests, then no more jobs: the workers do what is left in the queue, and end.
      server.close();
      server.closeAllConnections();
      jobs.close();
      journal.doneAtClosing = journal.done.size;
      yield* say(
        `THE SERVER IS CLOSED: ${journal.accepted.size} jobs accepted, ${journal.done.size} done; the workers go on`,
      );
    }
  },
);

const request = coroutine('request', function* (url: string, id: number, journal: Journal) {
  const start = performance.now();
  const response = yield* fetch(`${url}${id}`, { method: 'POST' });
  const text = yield* response.text();
  const took = performance.now() - start;
  journal.answers.push(took);
  yield* say(`job ${id}: ${response.status} ${text}, after ${took.toFixed(0)} ms`);
});

/** Sends requests at intervals, without waiting for the answers in between. Over when all are answered. */
const visitors = (url: string, end: number, pause: number, journal: Journal) =>
  taskGroup(function* (group) {
    for (let id = 1; (yield* now()) < end; id++) {
      yield* group.spawn(request(url, id, journal));
      yield* sleep(pause);
    }
  });

function* program(end: number, workers: number, longest: number, pause: number) {
  const jobs = new Queue<Job>();
  const journal = new Journal();
  try {
    yield* all([
      // A signal cancels main and all its tasks, but not what is shielded. The shielded work ends by itself when the
      // queue is closed and empty. Until then main is not over, so the process goes on.
      shield(forEach(jobs, (job) => perform(job, longest, journal), { concurrency: workers })),
      reception(jobs, journal, (url) => visitors(url, end, pause, journal)),
    ]);
  } finally {
    report(journal);
  }
}

function report({ accepted, done, answers, works, doneAtClosing }: Journal): void {
  const lost = [...accepted].filter((id) => !done.has(id)).length;
  console.log(`
answered   ${answers.length} requests, the slowest after ${Math.max(0, ...answers).toFixed(0)} ms
worked     on ${done.size} jobs, the slowest done ${Math.max(0, ...works).toFixed(0)} ms after its request
accepted   ${accepted.size} jobs, lost ${lost}; process.exit() at closing time would have lost ${accepted.size - doneAtClosing}`);
}

export default function (argv: string[]): void {
  const { seconds, workers, work, pause } = options(
    argv,
    { seconds: 2, workers: 2, work: 400, pause: 120 },
    { seconds: [1, 3600], workers: [1, 1000] },
  );
  main(program(seconds * 1000, workers, work, pause));
}
