/**
 * One request for one address: what came back, and what a failure means.
 *
 * Redirects are followed by hand. Each hop is an address of its own: the
 * frontier may know it already, it may be off the site, or lead in a circle.
 * What is not HTML is not downloaded, and neither is what is too long. However
 * `load` ends, it aborts the rest of the body.
 */
import { coroutine, fetch, type FetchResponse, forEach, timeout, TimeoutError } from 'treadle';
import type { Options } from './options.ts';
import { decode, isHtml, readPage } from './page.ts';
import { size } from './report.ts';
import { readRobots, withoutRobots } from './robots.ts';
import { normalise } from './url.ts';
import type { Outcome } from './visit.ts';

export const load = coroutine('load', function* (url: URL, options: Options) {
  const response = yield* fetch(url, { redirect: 'manual', headers: headers(options) });
  try {
    const { status } = response;
    const to = redirection(url, status, response.headers.get('location'));
    if (to !== null) return { kind: 'redirect', status, to } satisfies Outcome;
    if (!response.ok) throw new HttpError(status, response.statusText);
    const type = response.headers.get('content-type') ?? '';
    if (!isHtml(type))
      return {
        kind: 'skipped',
        status,
        type,
        reason: `not HTML but ${type.split(';')[0] || 'of no type'}`,
      } satisfies Outcome;
    const bytes = yield* body(response, options.maxBytes);
    const page = readPage(decode(bytes, type), url, { ignoreNofollow: options.ignoreRobots });
    return { kind: 'page', status, type, bytes: bytes.byteLength, ...page } satisfies Outcome;
  } finally {
    response.discard(); // does nothing if the body was read
  }
});

/** The body of a response. More than `most` bytes are an error. */
const body = coroutine('body', function* (response: FetchResponse, most: number) {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  yield* forEach(
    response.chunks(),
    function* (chunk) {
      bytes += chunk.byteLength;
      if (bytes > most) throw new RangeError(`longer than ${size(most)} (--max-bytes)`);
      chunks.push(chunk);
    },
    { concurrency: 1 },
  );
  return Buffer.concat(chunks);
});

/** The rules of a host. Every outcome has a meaning, even a failed request, so this never fails. */
export const loadRobots = coroutine('robots.txt', function* (origin: string, options: Options) {
  const url = new URL('/robots.txt', origin);
  try {
    const { status, text } = yield* timeout(options.pageTimeout, ask(url, options));
    return status < 300 ? readRobots(url, text, options.userAgent) : withoutRobots(status, `status ${status}`);
  } catch (error) {
    return withoutRobots(null, reasonOf(error, options));
  }
});

const ask = coroutine('ask', function* (url: URL, options: Options) {
  const response = yield* fetch(url, { headers: headers(options) });
  return { status: response.status, text: decode(yield* body(response, 500_000), 'text/plain') };
});

export class HttpError extends Error {
  override name = 'HttpError';
  readonly status: number;

  constructor(status: number, text: string) {
    super(`${status} ${text}`.trim());
    this.status = status;
  }
}

/** Whether the same request may succeed in a moment. A page that timed out is not tried again. */
export function mayPassOver(error: unknown): boolean {
  if (error instanceof HttpError) return error.status === 429 || error.status >= 500;
  return PASSING.has(codeOf(error) ?? '');
}

/** The error as an outcome, with its reason in words. */
export function failure(error: unknown, options: Options): Outcome {
  const status = error instanceof HttpError ? { status: error.status } : {};
  return { kind: 'failed', ...status, reason: reasonOf(error, options) };
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EPIPE: 'connection reset',
  UND_ERR_SOCKET: 'connection closed too early',
  ETIMEDOUT: 'connection timed out',
  UND_ERR_CONNECT_TIMEOUT: 'connection timed out',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'its name cannot be looked up at the moment',
};
const PASSING = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'UND_ERR_SOCKET',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'EAI_AGAIN',
]);

function reasonOf(error: unknown, { pageTimeout }: Options): string {
  if (error instanceof TimeoutError) return `no answer within ${pageTimeout} ms`;
  const code = codeOf(error);
  if (code !== undefined && code in REASONS) return REASONS[code] ?? code;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}

/** The platform's fetch says only "fetch failed". The reason is in its cause, or in the cause of that. */
function codeOf(error: unknown): string | undefined {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    const first: unknown = cause instanceof AggregateError ? cause.errors[0] : cause;
    const code = (first as NodeJS.ErrnoException).code;
    if (typeof code === 'string') return code;
  }
  return undefined;
}

function redirection(url: URL, status: number, location: string | null): URL | null {
  return [301, 302, 303, 307, 308].includes(status) && location !== null ? normalise(location, url) : null;
}

function headers({ userAgent }: Options): Record<string, string> {
  return { 'user-agent': userAgent, accept: 'text/html, application/xhtml+xml' };
}
