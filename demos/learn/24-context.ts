// Values for a part of a program: asyncio's contextvars, and what AsyncLocalStorage is for.
import { all, coroutine, createContext, run, sleep, spawn } from 'treadle';
import { VirtualClock } from 'treadle/testing';
import { options } from '../support/options.ts';
import { heading, say } from '../support/say.ts';

export const summary = 'a value for a part of a program, and for the tasks in it';
export const help = `
A server's log should say to which request a line belongs, and no function in
between should have to hand that down. createContext(default) makes such a
value: with(value, work) sets it for the work, get() reads it. A task sees what
was set where it was spawned. So two requests at once do not mix them up. That
is ContextVar in asyncio, with nothing to reset.

  --delay MS   how long a step takes                             (default 100)
  --virtual    on a virtual clock: when every task waits, time jumps ahead
`;

const requestId = createContext('no request', { name: 'requestId' });
const user = createContext('nobody', { name: 'user' });

/** It has no argument for the request, and knows it all the same. */
const log = coroutine('log', function* (text: string) {
  yield* say(`[${yield* requestId.get()}, ${yield* user.get()}] ${text}`);
});

const query = coroutine('query', function* (table: string, ms: number) {
  yield* sleep(ms);
  yield* log(`read ${table}`);
});

const handle = coroutine('handle', function* (name: string, ms: number) {
  yield* log('begins');
  yield* user.with(name, all([query('orders', 2 * ms), query('prices', ms)])); // in child tasks, too
  yield* spawn(query('statistics', 3 * ms)); // spawned out here: it sees nobody
  yield* log('answers');
});

function* main(delay: number) {
  heading('Two requests at once, each with its own values:');
  yield* all([requestId.with('r1', handle('Ada', delay)), requestId.with('r2', handle('Grace', 1.5 * delay))]);

  heading('Outside of them:');
  yield* log('the defaults');
}

export default function (argv: string[]): void {
  const { delay, virtual } = options(argv, { delay: 100, virtual: false });
  run(main(delay), { clock: virtual ? new VirtualClock() : undefined });
}
