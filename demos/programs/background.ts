// A server that answers first and works after, and whose end loses nothing of that work.
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

export const summary = 'a server that answers first and works after, and finishes that work before it ends';
export const help = `
Starts a server on 127.0.0.1. It puts each job that it is sent into a queue and
answers 202 at once; workers take the jobs from there. The program sends the jobs
itself, faster than the workers can follow. At closing time, or before that at
Ctrl-C or SIGTERM, the server takes no more, and what it has taken is done before
the program ends. Every fourth job fails the first time and is tried again.

  --seconds N   when the server closes           (default 2)
  --workers N   how many jobs are worked on      (default 2)
  --work MS     how long a job takes at the most (default 400)
  --pause MS    between two requests             (default 120)

A second Ctrl-C does not wait for the jobs.
`;

interface Job {
  readonly id: number;
  readonly accepted: number;
}

/** What happened, told at the end: it must survive the tasks that a signal cancels. */
class Journal {
  readonly accepted = new Set<number>();
  readonly done = new Set<number>();
  /** Milliseconds from a request to its answer, and to the end of its job. */
  readonly answers: number[] = [];
  readonly works: number[] = [];
  doneAtClosing = 0;
}

/** Stands for what takes its time: a mail to send, a picture to shrink, a report to write. */
const work = coroutine('work', function* ({ id }: Job, longest: number, attempt: number) {
  yield* sleep(longest * (0.5 + (id % 3) / 4));
  if (id % 4 !== 0 || attempt > 1) return;
  yield* say(`job ${id} failed, and will be tried again`);
  throw new Error('the mail server is busy');
});

const perform = coroutine('perform', function* (job: Job, longest: number, journal: Journal) {
  yield* retry((attempt) => work(job, longest, attempt), { attempts: 3, delay: 50 });
  journal.done.add(job.id);
  const took = performance.now() - job.accepted;
  journal.works.push(took);
  yield* say(`job ${job.id} is done, after ${took.toFixed(0)} ms`);
});

/** Accepts jobs until the visit is over, an error comes, or it is cancelled. */
const reception = coroutine(
  'reception',
  function* (jobs: Queue<Job>, journal: Journal, visit: (url: string) => Awaitable<void>) {
    const server = createServer((request, response) => {
      const job = { id: Number(request.url?.slice(1)), accepted: performance.now() };
      jobs.putNowait(job);
      journal.accepted.add(job.id);
      response.writeHead(202).end('accepted'); // the work has not even begun
    });
    try {
      yield* suspend((resume, fail) => {
        server.once('error', fail).listen(0, '127.0.0.1', resume);
      });
      yield* call(visit(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`));
    } finally {
      // No more requests first, and then no more jobs: those who work on them come to the end of the queue.
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

/** Sends a request every so often, without waiting for the answer to the one before. Over when all are answered. */
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
      // A signal cancels main and all its tasks, but not what is shielded. This ends by itself, when the queue is
      // closed and empty; and until then main is not over, and neither is the process.
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
