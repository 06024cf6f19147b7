// Plain functions that the specs of workers call in workers. It imports nothing of treadle, so that those
// workers start fast. No spec of its own.
import { EventEmitter, once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { createServer, Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { threadId } from 'node:worker_threads';

export const log = (file: string, text: string) => appendFileSync(file, `${text}\n`);

// ---- of every form

export const square = (x: number) => x * x;
export const squareLater = (x: number) => wait(2, x * x);
export async function squareAsync(x: number) {
  await wait(1);
  return x * x;
}
export async function* asyncGenerator() {
  yield 1;
}
export class AClass {}
export const aNumber = 42;
export default (x: number) => -x;

// ---- who and where

export const where = () => ({ pid: process.pid, threadId });
export const whereLater = (ms: number) => wait(ms, `${process.pid} ${threadId}`);
export const echo = (...args: unknown[]) => args;
export const variable = (name: string) => process.env[name];
export const execArgv = () => process.execArgv;
export const say = (text: string) => console.log(text);

let active = 0;
let most = 0;
/** How many of them were active in this worker at the same time. */
export const together = async (ms: number) => {
  most = Math.max(most, ++active);
  await wait(ms);
  active--;
  return most;
};

// ---- initializers

let prepared: unknown = 'not prepared';
export const prepare = (value: unknown) => {
  prepared = value;
};
export const prepareLater = async (value: unknown) => {
  await wait(20);
  prepared = value;
};
export const whatWasPrepared = () => prepared;
export const failToPrepare = () => {
  throw new RangeError('no database');
};

// ---- failures

export class NotFound extends RangeError {
  override get name() {
    return 'NotFound';
  }
  readonly code = 'E_NOT_FOUND';
  readonly socket = () => 'cannot be cloned';
}
export const fail = (message: string) => {
  throw new NotFound(message, { cause: new TypeError('the inner one', { cause: 'the innermost' }) });
};
export const logAndFailAtThree = ([file, n]: [string, number]) => {
  log(file, String(n));
  if (n === 3) fail(`item ${n}`);
  return n;
};
export const failLater = async (message: string) => {
  await wait(2);
  fail(message);
};
export const failAggregate = () => {
  throw new AggregateError([new RangeError('a'), 'b'], 'two');
};
export const throwValue = (value: unknown) => {
  throw value;
};
export const throwFunction = () => {
  throw fail;
};
export const throwFrozen = () => {
  throw Object.freeze(new Error('frozen'));
};

// ---- deaths

export const exit = (code: number) => process.exit(code);
/** In whatever it was given. */
export const die = (..._args: unknown[]) => process.exit(1);
/** And by then it is over. Says when it does. */
export const exitLater = (ms: number, file: string) =>
  void setTimeout(() => {
    log(file, 'exits');
    process.exit(3);
  }, ms);
export const logAndDie = (file: string) => {
  log(file, 'begun');
  process.exit(1);
};
export const logAndDieAtTen = (file: string, n: number) => {
  log(file, String(n));
  return n % 10 === 9 ? process.exit(1) : wait(1, n);
};
let met = 0;
const meet = new EventEmitter();
/** Each of the first six waits until there are three of them in its worker. One that has got the even ones exits then. */
export const meetOrExit = (x: number) => {
  if (x > 5) return x;
  if (++met === 3) {
    if (x % 2 === 0) process.exit(7);
    meet.emit('all');
    return x;
  }
  return once(meet, 'all').then(() => x);
};
/** An item that takes its time, so that a process notes it alone. Some end their worker. */
export const logAndEnd = ([file, n, end]: readonly [file: string, n: number, end?: 'exit' | 'SIGKILL']) => {
  log(file, String(n));
  for (const over = performance.now() + 0.1; performance.now() < over;) continue;
  if (end === 'exit') process.exit(7);
  if (end === 'SIGKILL') process.kill(process.pid, end);
  return n;
};
/** The quickest of items. */
export const exitAtHundred = (x: number) => (x === 100 ? process.exit(7) : x);
export const waitOrExit = (ms: number) => (ms < 0 ? process.exit(7) : wait(ms, ms));
export const exitAtTwoBytes = (bytes: Uint8Array) => (bytes.length === 2 ? process.exit(7) : bytes.length);
export const exitAtTwo = (x: number) => (x === 2 ? process.exit(7) : wait(20, x));
export const kill = async (signal: NodeJS.Signals) => {
  process.kill(process.pid, signal);
  await wait(5_000);
};
export const crash = async () => {
  setTimeout(() => {
    throw new NotFound('beside the call');
  }, 5);
  await wait(5_000);
};
export const rejectBeside = async () => {
  void Promise.reject(new RangeError('nobody handles it'));
  await wait(5_000);
};
export const exhaust = () => {
  const memory: unknown[] = [];
  for (;;) memory.push(new Array(100_000).fill(Math.random()));
};
export const disconnect = async () => {
  process.disconnect?.();
  await wait(10_000);
};
/** Dies the first time it is called with this file, and not the second time. */
export const dieOnce = (file: string, x: unknown) => {
  try {
    appendFileSync(file, '', { flag: 'ax' });
  } catch {
    return x;
  }
  return process.exit(9);
};

// ---- what cannot be cloned

export const returnFunction = () => ({ f() {} });
export const returnGetter = () => ({
  get broken() {
    throw new Error('a getter');
  },
});
export const returnProxy = () => new Proxy({}, {});
export const giveStrays = (n: number) => [0, new AbortController(), new Proxy({}, {}), 3][n];
export const same = (x: unknown) => x;
export const giveSignal = () => ({ signal: new AbortController().signal });
export const giveSocket = () => [new Socket()];
export const givePrivate = () => new (class Private {})();
export const giveItsOwnCause = () => {
  const error = new Error('its own cause');
  error.cause = error;
  return error;
};
export const giveNested = () => Array.from({ length: 2_000 }).reduce((inner: unknown) => ({ inner }), {});
export const giveRevoked = async () => {
  const { proxy, revoke } = Proxy.revocable([], {});
  revoke();
  return [proxy];
};
export const giveHeaders = async () => new Map([['headers', new Headers()]]);

// ---- what does not listen

export const deaf = async (file: string) => {
  log(file, 'started');
  await wait(60_000);
};
export const busy = (file: string) => {
  log(file, 'started');
  for (const end = Date.now() + 60_000; Date.now() < end;) continue;
};

/** Nothing else happens in this thread meanwhile, as if it computed. But the processor is free for others. */
export const standStill = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
export const blocks = (file: string) => {
  log(file, 'started');
  standStill(60_000);
};

/** For 20 ms. */
export const computeFor20 = (file: string) => {
  for (const end = Date.now() + 20; Date.now() < end;) continue;
  log(file, 'computed');
};

// ---- what workers leave behind

export const listen = () => new Promise((resolve) => createServer().listen(0, '127.0.0.1', () => resolve('listens'))); // and never ends
export const logAtExit = (file: string) => void process.on('exit', () => log(file, 'exit'));
export const post = () => process.send?.('a message of the user') ?? 'sent';
/** Its result is on its way when the worker ends. */
export const lastWord = (x: unknown) => {
  setImmediate(() => (threadId ? process.exit(5) : process.kill(process.pid, 'SIGKILL')));
  return x;
};
