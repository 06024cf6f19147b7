// fetch: the platform's own, as an effect. Each request has an abort controller: cancelling a task that connects, waits
// for the headers or reads the body aborts the request. A body that nobody reads keeps its connection until the
// platform gives it up, or until `discard()` is called. Relies on the kernel, promises.

import { Effect } from '../kernel/effect.ts';
import { brief, inspect } from '../words/show.ts';
import { InvalidStateError } from '../words/errors.ts';
import type { Task } from '../kernel/task.ts';
import { awaitPromise } from './promises.ts';

/** An answer whose body is still to be read, once, by one of its effects. */
export class FetchResponse {
  /** The status of the answer: 200, 404 ... Only what is no answer at all is an error. */
  readonly status: number;
  /** The server's words for the status. */
  readonly statusText: string;
  /** The status is from 200 to 299. */
  readonly ok: boolean;
  /** The headers of the answer, as the platform has them. */
  readonly headers: Headers;
  /** The address that answered, after redirects. */
  readonly url: string;
  /** True when the answer came after a redirect. */
  readonly redirected: boolean;
  private readonly response: Response;
  private readonly controller: AbortController;

  /** @internal */
  constructor(response: Response, controller: AbortController) {
    this.response = response;
    this.controller = controller;
    this.status = response.status;
    this.statusText = response.statusText;
    this.ok = response.ok;
    this.headers = response.headers;
    this.url = response.url;
    this.redirected = response.redirected;
  }

  /** The body as text. Cancellation aborts the request. */
  text(): Effect<string> {
    return this.read('text', (response) => response.text());
  }

  /** The body parsed as JSON. Cancellation aborts the request. */
  json<T = unknown>(): Effect<T> {
    return this.read('json', (response) => response.json() as Promise<T>);
  }

  /** The body as bytes. Cancellation aborts the request. */
  bytes(): Effect<Uint8Array> {
    return this.read('bytes', (response) => response.arrayBuffer().then((buffer) => new Uint8Array(buffer)));
  }

  /**
   * The body in pieces, as they come, for `forEach` and `map`. Leaving early aborts the request. Throws an
   * `InvalidStateError` when the body was read already.
   *
   * @example
   * yield* forEach(response.chunks(), function* (chunk) { size += chunk.length; }, { concurrency: 1 });
   */
  chunks(): AsyncIterable<Uint8Array> {
    const { response, controller } = this;
    if (response.bodyUsed) throw this.wasRead();
    return {
      [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
        const reader = response.body?.getReader();
        return {
          next: () =>
            reader === undefined ?
              Promise.resolve({ done: true, value: undefined })
            : (reader.read() as Promise<IteratorResult<Uint8Array>>),
          return: () => {
            controller.abort();
            return Promise.resolve({ done: true, value: undefined });
          },
        };
      },
    };
  }

  /** Gives the body up: the connection is closed, and the rest of the body is not read. */
  discard(): void {
    this.controller.abort();
  }

  toString(): string {
    return `<Response ${this.status} ${this.url}>`;
  }

  /** @internal */
  [inspect](): string {
    return `${this}`;
  }

  /** @internal */
  [brief](): string {
    return `${this}`;
  }

  /** @internal */
  protected wasRead(): InvalidStateError {
    return new InvalidStateError(`the body of ${this} was read already: it can be read once`);
  }

  private read<T>(kind: string, body: (response: Response) => Promise<T>): Effect<T> {
    return new Effect(`response.${kind}`, undefined, (task: Task) => {
      if (this.response.bodyUsed) throw this.wasRead();
      return awaitPromise(
        task,
        () => body(this.response),
        () => this.controller.abort(),
      );
    });
  }
}

function perform(task: Task, [url, init]: [string | URL | Request, RequestInit | undefined]): unknown {
  const controller = new AbortController();
  const given = [init?.signal, url instanceof Request ? url.signal : undefined].filter(
    (signal) => signal !== undefined && signal !== null,
  );
  const signal = given.length > 0 ? AbortSignal.any([...given, controller.signal]) : controller.signal;
  const start = () =>
    globalThis.fetch(url, { ...init, signal }).then((response) => new FetchResponse(response, controller));
  return awaitPromise(task, start, () => controller.abort());
}

/**
 * Sends a request and gives the response as soon as its headers are there. The arguments are the platform's. A network
 * error is thrown as the platform's `TypeError`; a status such as 404 is not an error. Cancelling the task while it
 * connects, waits for the headers or reads the body aborts the request: the server sees the connection close.
 *
 * @example
 * const response = yield* fetch('http://localhost:5000/');
 * if (response.ok) console.log(yield* response.text());
 */
export function fetch(url: string | URL | Request, init?: RequestInit): Effect<FetchResponse> {
  return new Effect('fetch', init ? [url, init] : [url], perform);
}
