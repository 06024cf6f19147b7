// What the mistakes and the right programs have at hand.
import { Condition, coroutine, createContext, Event, EventLoop, fetch, Lock, Queue, sleep } from 'treadle';
import type { Coroutine } from 'treadle';

export const page = coroutine('page', function* (url: string) {
  const response = yield* fetch(url);
  return yield* response.text();
});

/** A coroutine that was not made with `coroutine`. */
export function* plain(url: string) {
  yield* sleep(1);
  return url.length;
}

export function* isAlive(url: string): Coroutine<boolean> {
  return (yield* plain(url)) > 0;
}

export const ready = coroutine('ready', function* () {
  yield* sleep(1);
  return true;
});

export const urls: string[] = ['http://localhost/a', 'http://localhost/b'];
export const lock = new Lock();
export const jobs = new Queue<string>();
export const began = new Event();
export const condition = new Condition();
export const loop = new EventLoop();
export const user = createContext('nobody');
