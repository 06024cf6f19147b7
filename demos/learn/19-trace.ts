// Every step of a program, as it happens: an instrument of ten lines.
import { coroutine, main, Queue, sleep, spawn } from 'treadle';
import type { Instrument } from 'treadle/instruments';
import 'treadle/instruments';
import { VirtualClock } from 'treadle/testing';
import { options } from '../support/options.ts';

export const summary = 'every step of a program as it happens, in ten lines';
export const help = `
An instrument is an object with methods that the loop calls: a step begins, a
task waits, is woken, is over. This one prints them, as curio's schedtrace does.
Look at who wakes whom: the consumer is woken by the producer, which put a job
into the queue, and the producer by nobody, which means by a timer.

  --delay MS   how long each job takes                           (default 100)
  --virtual    on a virtual clock: when every task waits, time jumps ahead
`;

const tracer: Instrument = {
  taskSpawned: (task, by) => console.log(`${task.name} is spawned${by ? ` by ${nameOf(by)}` : ''}`),
  stepBegins: (task, how) => console.log(`  ${task.name} runs: ${how}`),
  taskSuspended: (task, on) => console.log(`  ${task.name} waits on ${Array.isArray(on) ? 'its children' : on}`),
  taskWoken: (task, by) => console.log(`${task.name} is woken${by ? ` by ${nameOf(by)}` : ''}`),
  taskOver: (task) => console.log(`  ${task.name} is over: ${task.state}`),
};

const nameOf = (by: object): string => ('name' in by ? String(by.name) : 'a callback');

const producer = coroutine('producer', function* (jobs: Queue<string>, delay: number) {
  for (const job of ['warp', 'weft']) {
    yield* sleep(delay);
    yield* jobs.put(job);
  }
  jobs.close();
});

const consumer = coroutine('consumer', function* (jobs: Queue<string>) {
  for (let i = 0; i < 2; i++) console.log(`    the consumer has ${yield* jobs.get()}`);
});

function* program(delay: number) {
  const jobs = new Queue<string>(1, { name: 'jobs' });
  yield* spawn(producer(jobs, delay));
  yield* spawn(consumer(jobs));
}

export default function (argv: string[]): void {
  const { delay, virtual } = options(argv, { delay: 100, virtual: false });
  main(program(delay), { instruments: [tracer], ...(virtual ? { clock: new VirtualClock() } : {}) });
}
