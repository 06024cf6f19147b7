// A connection to the server that says what is wrong: within a time limit, with the address. Once it stands, it is kept
// up: it comes back by itself, and what was sent meanwhile is sent again. BullMQ makes copies of it, on which it waits
// for jobs and events; they end together. Relies on words, engine, tls.

import { mustBe } from '../words/messages.ts';
import type { Engine, Redis } from './engine.ts';
import { MachinesError } from './errors.ts';
import { tlsRefusal } from './tls.ts';
import type { TlsOptions } from './tls.ts';

/** Where the server is, and how it is reached. */
export interface ServerOptions {
  readonly url: string;
  readonly tls: TlsOptions | undefined;
  readonly connectTimeout: number;
}

/** Where the server is, without the password. */
export function addressOf(url: string): string {
  // A path may have a password before it, or behind it.
  if (/^(\/|unix:)/.test(url)) return url.replace(/\/\/[^@/]*@/, '//').replace(/\?.*/, '');
  const { protocol, hostname, port } = new URL(url);
  return `${protocol}//${hostname}:${port || 6379}`;
}

/** Checks the option `url`: throws a `TypeError` for what names no server. */
export function checkUrl(where: string, url: unknown): string {
  const text = url instanceof URL ? url.href : url;
  // `new URL` refuses a path behind a password, `unix://:secret@/run/redis.sock`, because the host is missing.
  if (typeof text === 'string' && (/^rediss?:\/\/./.test(text) ? URL.canParse(text) : /^(unix:\/\/.*)?\/./.test(text)))
    return text;
  const shown = typeof text === 'string' ? text.replace(/^(.*?\/\/)?.*@/, '$1...@') : text; // a password is not shown
  throw new TypeError(mustBe(where, "the url of a Redis server, such as 'redis://localhost:6379'", shown));
}

/** Errors that another try does not mend: of passwords, of permissions, and of a server that takes nothing more. */
const REFUSALS = [
  /^(WRONGPASS|NOAUTH|NOPERM|OOM|READONLY|MISCONF)/,
  /^ERR (invalid password|AUTH|Client sent AUTH|DB index|The user executing the script)/,
];

/**
 * Why the server and this program do not come together, when another try does not mend it. Any other error stays as it
 * is.
 */
export function refusal(error: unknown, url: string): unknown {
  const { message } = error as Error;
  const address = addressOf(url);
  if (!REFUSALS.some((one) => one.test(message))) return tlsRefusal(error as Error, address) ?? error;
  return new MachinesError('refused', `the Redis server at ${address} refuses this program: ${message}`, error);
}

/** A server that owes an answer for less than this may be busy, however short `connectTimeout` is. */
export const patienceOf = ({ connectTimeout }: ServerOptions): number => Math.max(connectTimeout, 5_000);

/**
 * What has been asked first. A server that accepts a connection may still have nothing to say: then it rejects with a
 * `MachinesError`, or with what `signal` says when it is aborted.
 */
export function inTime<T>(begun: Promise<T>, options: ServerOptions, signal: AbortSignal): Promise<T> {
  const limit = Math.min(patienceOf(options), 2 ** 31 - 1);
  return new Promise((resolve, reject) => {
    const what = `the Redis server at ${addressOf(options.url)} has stopped answering: nothing came for ${limit} ms`;
    const timer = setTimeout(() => reject(new MachinesError('no-server', what)), limit);
    signal.addEventListener('abort', () => reject(signal.reason as Error));
    begun.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** A connection and its copies, as long as they are not over. */
class Family {
  private readonly members = new Set<Redis>();
  private isOver = false;

  constructor(redis: Redis) {
    this.add(redis);
    const duplicate = redis.duplicate.bind(redis);
    redis.duplicate = (options) => {
      const copy = duplicate(options);
      copy.on('error', () => {}); // it is tried again
      this.add(copy);
      return copy;
    };
  }

  private add(one: Redis): void {
    this.members.add(one);
    one.on('end', () => this.members.delete(one));
    // BullMQ ends a copy that it does not trust, and connects it again: perhaps when all is over.
    one.on('connecting', () => {
      this.members.add(one);
      if (this.isOver) cutOne(one);
    });
  }

  cut(): void {
    this.isOver = true;
    for (const one of this.members) cutOne(one);
  }
}

function cutOne(redis: Redis): void {
  if (redis.status === 'end') return;
  // Between two tries it has no stream whose end it could see. One that has not begun rejects everything at once.
  if (redis.status === 'reconnecting') redis.status = 'wait';
  redis.disconnect();
  redis.stream?.destroy();
}

const families = new WeakMap<Redis, Family>();

/**
 * Ends a connection and its copies now, whatever the server does: what they wait for is rejected. `disconnect` alone
 * waits two seconds for a server that stands still, and while there is none it leaves what was sent without an answer,
 * and BullMQ's timers with it: then a program that was over lived for ten more seconds, and a host for ever.
 */
export function cut(redis: Redis): void {
  families.get(redis)?.cut();
}

/**
 * Connects. Rejects with a `MachinesError` when the server refuses or is not trusted, and when none answers within
 * `connectTimeout` milliseconds: it may be about to start, so until then it is tried again and again. When `signal` is
 * aborted, nothing of it is left.
 */
export function connect({ Redis }: Engine, options: ServerOptions, signal?: AbortSignal): Promise<Redis> {
  const { url, tls, connectTimeout: limit } = options;
  const address = addressOf(url);
  return new Promise((resolve, reject) => {
    const redis = new Redis(url, {
      ...(tls && { tls }),
      lazyConnect: true,
      maxRetriesPerRequest: null,
      connectTimeout: Math.max(limit, 1),
      retryStrategy: (times: number) => Math.min(50 * 2 ** Math.min(times, 10), 1_000),
    });
    families.set(redis, new Family(redis));
    let last: Error | undefined;
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      redis.off('error', onError);
      redis.off('ready', onReady);
      settle();
    };
    const refuse = (error: unknown): void =>
      end(() => {
        redis.on('error', () => {});
        cut(redis);
        reject(error);
      });
    const onError = (error: Error): void => {
      last = error;
      const refused = refusal(error, url);
      if (refused instanceof MachinesError) refuse(refused);
    };
    const onReady = (): void =>
      end(() => {
        redis.on('error', () => {}); // it is tried again
        resolve(redis);
      });
    const timer = setTimeout(
      () => {
        const why = last ? ` (${last.message || (last as { code?: string }).code})` : '';
        // One that expects TLS hangs up when none comes. One that expects none says nothing when it does.
        let question = 'is it running, and the url right (rediss:// for TLS, redis:// without)?';
        // One that asks for a certificate hangs up, too, and what it says of that is lost when it does so quickly.
        if (url.startsWith('rediss:') && !tls?.cert) question += ' Does it ask for a certificate: tls: { cert, key }?';
        const what = `no Redis server has answered at ${address} within ${limit} ms${why}: ${question}`;
        refuse(new MachinesError('no-server', what, last));
      },
      Math.min(limit, 2 ** 31 - 1),
    );
    redis.on('error', onError);
    redis.on('ready', onReady);
    signal?.addEventListener('abort', () => refuse(signal.reason));
    redis.connect().catch(onError);
  });
}
