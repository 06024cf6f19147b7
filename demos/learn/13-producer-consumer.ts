// Producers and consumers, with a queue between them.
import { all, Channel, coroutine, forEach, PriorityQueue, Queue, run, sleep, spawn } from 'treadle';
import { VirtualClock } from 'treadle/testing';
import { options } from '../support/options.ts';
import { heading, say } from '../support/say.ts';

export const summary = 'producers and consumers, with a queue of two between them';
export const help = `
Two producers are faster than two consumers. The queue holds two jobs, so the
fast have to wait for the slow: that is back-pressure. join() waits until
taskDone() was called for every job. The consumers are daemons: they would wait
for more jobs for ever, and are cancelled when everything else is over.

  --delay MS   how long a job takes to make; doing it takes three times as long
                                                                 (default 150)
  --priority   instead: a PriorityQueue, which gives the most urgent job first
  --channel    instead: a Channel, a stream with an end where both sides meet
  --virtual    on a virtual clock: when every task waits, time jumps ahead
`;

const producer = coroutine('producer', function* (name: string, jobs: Queue<string>, delay: number) {
  for (let n = 1; n <= 3; n++) {
    yield* sleep(delay);
    if (jobs.full) yield* say(`${name} waits: the queue is full`);
    yield* jobs.put(`${name}${n}`);
    yield* say(`${name} put in ${name}${n}`);
  }
});

const consumer = coroutine('consumer', function* (name: string, jobs: Queue<string>, delay: number) {
  try {
    for (;;) {
      const job = yield* jobs.get();
      yield* say(`                            ${name} begins ${job}; ${jobs.size} left`);
      yield* sleep(3 * delay);
      yield* say(`                            ${name} is done with ${job}`);
      jobs.taskDone();
    }
  } finally {
    yield* say(`                            ${name} goes home`);
  }
});

function* queue(delay: number) {
  heading('Queue: two producers, two consumers, room for two jobs');
  const jobs = new Queue<string>(2, { name: 'jobs' });
  // They would wait for jobs for ever. As daemons, they are cancelled when the rest of this task is over.
  for (const name of ['Ada', 'Bob']) yield* spawn(consumer(name, jobs, delay), { name, daemon: true });
  yield* all([producer('x', jobs, delay), producer('y', jobs, delay)]);
  yield* say('every job is in the queue, or has been taken');
  yield* jobs.join();
  yield* say('all jobs are done');
}

function* priority(delay: number) {
  heading('PriorityQueue: the lowest number first, equal numbers in order of arrival');
  const jobs = new PriorityQueue<readonly [number, string]>(([urgency]) => urgency, Infinity, { name: 'jobs' });
  for (const job of [
    [3, 'sweep'],
    [1, 'put out the fire'],
    [2, 'answer'],
    [1, 'call for help'],
    [3, 'dust'],
  ] as const) {
    yield* jobs.put(job);
    yield* say('put', job);
  }
  jobs.close(); // no more jobs: when it is empty, get() throws, and forEach simply ends
  yield* forEach(
    jobs,
    coroutine(function* (job) {
      yield* say('                            got', job);
      yield* sleep(3 * delay);
    }),
    { concurrency: 1 },
  );
  yield* say('all jobs are done');
}

const sender = coroutine('sender', function* (numbers: Channel<number>, delay: number) {
  for (let n = 1; n <= 4; n++) {
    yield* sleep(delay);
    yield* say(`send ${n}`);
    yield* numbers.send(n); // returns when a receiver has it
    yield* say(`${n} is taken`);
  }
  numbers.close(); // the end is part of the stream: no need for one "there are no more" per consumer
});

function* channel(delay: number) {
  heading('Channel: no room at all, so a sender waits for a receiver; and it can end');
  const numbers = new Channel<number>();
  yield* spawn(sender(numbers, delay));
  yield* forEach(
    numbers,
    coroutine(function* (n) {
      yield* say(`                            ${n} arrives`);
      yield* sleep(3 * delay);
      yield* say(`                            done with ${n}`);
    }),
    { concurrency: 1 },
  );
  yield* say('the channel was closed, and everything is done');
}

export default function (argv: string[]): void {
  const given = options(argv, { delay: 150, priority: false, channel: false, virtual: false });
  const scene =
    given.priority ? priority
    : given.channel ? channel
    : queue;
  run(scene(given.delay), { clock: given.virtual ? new VirtualClock() : undefined });
}
