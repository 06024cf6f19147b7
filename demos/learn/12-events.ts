// Tasks that wait for each other: an event, a condition, a barrier.
import { all, Barrier, Condition, coroutine, Event, run, sleep, spawn } from 'treadle';
import { VirtualClock } from 'treadle/testing';
import { options } from '../support/options.ts';
import { heading, say } from '../support/say.ts';

export const summary = 'tasks that wait for an event, a condition or a barrier';
export const help = `
An Event is set once, and all tasks that wait for it go on. A Condition wakes as
many tasks as you say, each as soon as it gets the lock that belongs to it. A
Barrier lets no task through until all have arrived. All three are asyncio's.

  --delay MS   the time from one step to the next   (default 300)
  --virtual    on a virtual clock: when every task waits, time jumps ahead
`;

const runner = coroutine('runner', function* (name: string, start: Event) {
  yield* say(`${name} waits for the event`);
  yield* start.wait();
  yield* say(`${name} runs`);
});

const starter = coroutine('starter', function* (start: Event, delay: number) {
  yield* sleep(delay);
  yield* say('set the event');
  start.set();
});

const oneEvent = coroutine('one event', function* (delay: number) {
  heading('Event: when it is set, all tasks that wait for it go on');
  const start = new Event();
  yield* say('is it set?', start.isSet);
  yield* all([runner('first', start), runner('second', start), runner('third', start), starter(start, delay)]);
  yield* say('is it set?', start.isSet);
  yield* runner('late', start); // does not wait at all
});

const consumer = coroutine('consumer', function* (name: string, goods: Condition) {
  // with() acquires the lock and releases it. wait() releases it while it waits, and has it again when it returns.
  yield* goods.with(goods.wait());
  yield* say(`${name} is woken`);
});

const oneCondition = coroutine('one condition', function* (delay: number) {
  heading('Condition: it wakes as many as you say, the longest-waiting first');
  const goods = new Condition(undefined, { name: 'goods' });
  const tasks = [];
  for (const name of ['A', 'B', 'C', 'D', 'E']) tasks.push(yield* spawn(consumer(name, goods), { name }));
  for (const n of [1, 2, Infinity]) {
    yield* sleep(delay);
    yield* say(n === Infinity ? 'notifyAll()' : `notify(${n})`);
    yield* goods.acquire();
    goods.notify(n); // notifyAll() is notify(Infinity)
    goods.release();
  }
  yield* all(tasks);
});

const friend = coroutine('friend', function* (n: number, meeting: Barrier, delay: number) {
  yield* sleep(n * delay);
  yield* say(`friend ${n} arrives; ${meeting.nWaiting} waiting`);
  const place = yield* meeting.wait();
  yield* say(`friend ${n} goes on${place === 0 ? ', and announces that all are here' : ''}`);
});

const oneBarrier = coroutine('one barrier', function* (delay: number) {
  heading('Barrier: no task goes on until three have arrived');
  const meeting = new Barrier(3);
  yield* all([friend(1, meeting, delay), friend(2, meeting, delay), friend(3, meeting, delay)]);
});

function* main(delay: number) {
  yield* oneEvent(delay);
  yield* oneCondition(delay);
  yield* oneBarrier(delay);
}

export default function (argv: string[]): void {
  const { delay, virtual } = options(argv, { delay: 300, virtual: false });
  run(main(delay), { clock: virtual ? new VirtualClock() : undefined });
}
