// fakeFetch: a handler for `intercept` that answers requests by itself, without a network. Its responses are those of
// the real effect, but for their bodies, which are there at once: so they can be read in `runSync`, too.
// Relies on effects and io.

import { sleep } from '../effects/sleep.ts';
import { FetchResponse } from '../io/fetch.ts';
import type { Coroutine } from '../kernel/awaitable.ts';
import { Effect } from '../kernel/effect.ts';
import { checkDuration } from '../words/check.ts';
import { mustBe, show } from '../words/messages.ts';
import type { EffectHandler } from './intercept.ts';

/** What was asked for. */
export interface FakeRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  /** As it was given to `fetch`: of a `Request`, its stream. */
  readonly body: unknown;
}

/** A response in the making. Of `text`, `json`, `bytes` and `chunks` one is the body; without one it is empty. */
export interface FakeReply {
  /** 200 by default. */
  readonly status?: number | undefined;
  readonly statusText?: string | undefined;
  readonly headers?: HeadersInit | undefined;
  readonly text?: string | undefined;
  readonly json?: unknown;
  readonly bytes?: Uint8Array | undefined;
  /** The pieces in which `chunks()` gives the body. By default the body is one piece. */
  readonly chunks?: readonly (string | Uint8Array)[] | undefined;
  /** No response: an `Error` is thrown as it is, a text as the cause of the platform's `TypeError: fetch failed`. */
  readonly error?: unknown;
  /** Milliseconds of the loop's clock, after which the response is there, or the error. */
  readonly delay?: number | undefined;
}

/** A text is the body. An array is one reply after the other; its last one stays. A function is asked each time. */
export type FakeAnswer = string | FakeReply | readonly (string | FakeReply)[] | ((request: FakeRequest) => FakeAnswer);

/** A response that was not sent by anybody. */
class FakeResponse extends FetchResponse {
  private readonly pieces: readonly Uint8Array[];
  private used = false;

  constructor(head: Pick<Response, 'status' | 'statusText' | 'headers' | 'url'>, pieces: readonly Uint8Array[]) {
    const ok = head.status >= 200 && head.status <= 299;
    super({ ...head, ok, redirected: false } as Response, new AbortController());
    this.pieces = pieces;
  }

  override text(): Effect<string> {
    return this.whole('text', (bytes) => new TextDecoder().decode(bytes));
  }

  override json<T = unknown>(): Effect<T> {
    return this.whole('json', (bytes) => JSON.parse(new TextDecoder().decode(bytes)) as T);
  }

  override bytes(): Effect<Uint8Array> {
    return this.whole('bytes', (bytes) => bytes);
  }

  /** Also an iterable that is not asynchronous, which `forEach` and `map` prefer: so it works in `runSync`. */
  override chunks(): AsyncIterable<Uint8Array> & Iterable<Uint8Array> {
    this.use();
    const pieces = this.pieces.values();
    return {
      [Symbol.iterator]: () => pieces,
      [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve(pieces.next()) }),
    };
  }

  override discard(): void {
    this.used = true;
  }

  private whole<T>(kind: string, read: (bytes: Uint8Array) => T): Effect<T> {
    return new Effect(`response.${kind}`, undefined, () => {
      this.use();
      return read(joined(this.pieces));
    });
  }

  private use(): void {
    if (this.used) throw this.wasRead();
    this.used = true;
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** What the platform would fill in: a page's own address, or any. */
const base = (): string => (globalThis as { location?: { href?: string } }).location?.href ?? 'http://localhost/';

function requestOf(effect: Effect<unknown>): FakeRequest {
  const [input, init = {}] = effect.payload as [string | URL | Request, RequestInit | undefined];
  const request = input instanceof Request ? input : undefined;
  (init.signal ?? request?.signal)?.throwIfAborted();
  return {
    method: (init.method ?? request?.method ?? 'GET').toUpperCase(),
    url: new URL(request ? request.url : String(input), base()),
    headers: new Headers(init.headers ?? request?.headers),
    body: init.body ?? request?.body ?? undefined,
  };
}

/**
 * The names under which it may be known, the most telling first: with method and origin, without, without the query.
 */
function namesOf({ method, url }: FakeRequest): string[] {
  const { origin, pathname, search } = url;
  const addresses = [...new Set([search, ''])].flatMap((query) => [origin + pathname + query, pathname + query]);
  if (pathname === '/') addresses.push(origin);
  return [...addresses.map((address) => `${method} ${address}`), ...addresses];
}

/** The body in pieces, and the type that the platform would give it. */
function bodyOf({ text, json, bytes, chunks }: FakeReply): { pieces: Uint8Array[]; type?: string } {
  const encode = (part: string) => new TextEncoder().encode(part);
  if (chunks) return { pieces: chunks.map((part) => (typeof part === 'string' ? encode(part) : part)) };
  if (bytes) return { pieces: [bytes] };
  if (json !== undefined) return { pieces: [encode(JSON.stringify(json))], type: 'application/json' };
  if (text !== undefined) return { pieces: [encode(text)], type: 'text/plain;charset=UTF-8' };
  return { pieces: [] };
}

function failure(error: unknown): unknown {
  return typeof error === 'string' ? new TypeError('fetch failed', { cause: new Error(error) }) : error;
}

function respond(reply: FakeReply, { url }: FakeRequest): FetchResponse {
  const { pieces, type } = bodyOf(reply);
  const headers = new Headers(reply.headers);
  if (type !== undefined && !headers.has('content-type')) headers.set('content-type', type);
  const { status = 200, statusText = '' } = reply;
  return new FakeResponse({ status, statusText, headers, url: url.href }, pieces);
}

const FIELDS = ['status', 'statusText', 'headers', 'text', 'json', 'bytes', 'chunks', 'error', 'delay'];

/** As the names of requests are made: a path or a whole address, with or without a method. */
const ADDRESS = /^(?:[A-Z-]+ )?(?:\/|[a-z][a-z\d+.-]*:)/;

/** A name that no request can have would be found out only by an answer that never comes. */
function checkName(name: string): void {
  if (!ADDRESS.test(name))
    throw new TypeError(mustBe('fakeFetch', "addresses such as '/a', 'http://localhost/a' and 'POST /a'", name));
}

/** A wrong answer is reported when it is given, and not when it is first asked for. */
function check(name: string, answer: FakeAnswer): void {
  if (typeof answer === 'string' || typeof answer === 'function') return;
  if (Array.isArray(answer)) {
    if (answer.length === 0) throw new TypeError(`fakeFetch has no reply for ${name}: its array is empty`);
    for (const one of answer as readonly FakeAnswer[]) check(name, one);
    return;
  }
  if (typeof answer !== 'object' || answer === null)
    throw new TypeError(mustBe(`fakeFetch, for ${name},`, 'a text, a reply, an array or a function', answer));
  for (const field of Object.keys(answer))
    if (!FIELDS.includes(field))
      throw new TypeError(
        `fakeFetch knows no field ${show(field)} of a reply, for ${name}; there are ${FIELDS.join(', ')}`,
      );
  const { delay } = answer as FakeReply;
  if (delay !== undefined) checkDuration(`the delay for ${name}`, delay);
}

/**
 * A handler for `intercept({ fetch: fakeFetch({...}) }, work)`. It knows answers by `'http://localhost/a'`, by `'/a'`
 * of any origin, and by either with a method in front of it, `'POST /b'`; a name without a method stands for all of
 * them, and a name without a query for every query. What is asked for and not known throws an `Error` that lists what
 * is. A `TypeError` is thrown at the call for a wrong answer, and for a name that no request has.
 *
 * @example
 * const pages = fakeFetch({
 *   'http://localhost/a': 'a text',
 *   'POST /jobs': { status: 201, json: { id: 7 }, delay: 100 },
 *   '/flaky': [{ error: 'ECONNRESET' }, { status: 503 }, 'at last'],
 * });
 * runSync(intercept({ fetch: pages }, program()));
 */
export function fakeFetch(answers: Readonly<Record<string, FakeAnswer>>): EffectHandler {
  if (typeof answers !== 'object' || answers === null || Array.isArray(answers))
    throw new TypeError(mustBe('fakeFetch', "an object of answers by address, such as { '/a': 'text' }", answers));
  for (const [name, answer] of Object.entries(answers)) {
    checkName(name);
    check(name, answer);
  }
  const asked = new Map<string, number>();

  /** Functions are called and arrays counted on, until there is a reply. */
  const replyTo = (name: string, request: FakeRequest): FakeReply => {
    let answer = answers[name] as FakeAnswer;
    if (typeof answer === 'function') {
      answer = answer(request);
      if (typeof answer === 'function') throw new TypeError(`fakeFetch: the function for ${name} gave a function`);
      check(name, answer);
    }
    if (Array.isArray(answer)) {
      const times = asked.get(name) ?? 0;
      asked.set(name, times + 1);
      answer = answer[Math.min(times, answer.length - 1)] as FakeAnswer;
    }
    return typeof answer === 'string' ? { text: answer } : (answer as FakeReply);
  };

  return function* fake(effect): Coroutine<FetchResponse> {
    const request = requestOf(effect);
    const name = namesOf(request).find((one) => Object.hasOwn(answers, one));
    if (name === undefined) {
      const known = Object.keys(answers).join(', ') || 'nothing';
      throw new Error(`fakeFetch has no answer for ${request.method} ${request.url.href}; it knows ${known}`);
    }
    const reply = replyTo(name, request);
    if (reply.delay !== undefined) yield* sleep(reply.delay);
    requestOf(effect); // its signal may be aborted by now
    if (reply.error !== undefined) throw failure(reply.error);
    return respond(reply, request);
  };
}
