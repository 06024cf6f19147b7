// Functions that the specs of calls ahead call in workers. No spec of its own.
import { AsyncLocalStorage } from 'node:async_hooks';
import { appendFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { threadId } from 'node:worker_threads';

/** The worker hears nothing for so long, and the processor is free. */
export const block = (ms: number) => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  return threadId;
};
export const blockAndDie = (ms: number) => {
  block(ms);
  process.exit(1);
};
export const where = () => threadId;

/** It gives its value, and an error comes when it is over. */
export const leaveBehind = (how: 'rejection' | 'tick') => {
  const error = new Error(`left behind as a ${how}`);
  if (how === 'rejection') void Promise.reject(error);
  else
    process.nextTick(() => {
      throw error;
    });
  return how;
};

export type How = 'value' | 'later' | 'fail' | 'fail later' | 'die' | 'die later' | 'block' | 'no clone';

let active = 0;

/** Notes that it was called, and with which number; and when another call is active in its worker. */
export const note = (file: string, n: number, how: How = 'value') => {
  appendFileSync(file, active > 0 ? `${n} beside another\n` : `${n}\n`);
  if (how === 'block') block(2);
  if (how === 'fail') throw new RangeError(`no ${n}`);
  if (how === 'die') process.exit(1);
  if (how === 'no clone') return () => n;
  if (!how.endsWith('later')) return n;
  active++;
  return wait(1).then(() => {
    active--;
    if (how === 'die later') process.exit(1);
    if (how === 'fail later') throw new RangeError(`no ${n}`);
    return n;
  });
};
export const noteItem = (item: Parameters<typeof note>) => note(...item);

const store = new AsyncLocalStorage<string>();
/** It ends within this context. */
export const endIn = (text: string): PromiseLike<void> => ({
  then: ((resolve: () => void) => void setTimeout(() => store.run(text, resolve), 5)) as never,
});
export const whatIsStored = () => store.getStore() ?? 'nothing';
