/**
 * A visit: everything a crawl learns about one address.
 *
 * Visits are plain records beside the tasks, and not their results, because they
 * must outlive the tasks: a crawl that is stopped half-way still has its visits
 * to show. The marks say what the task of the visit began to wait for, and when.
 * The timeline needs nothing else.
 */

import { nameFor } from './url.ts';

/** What the task of a visit waits for. */
export type Phase = 'slot' | 'robots' | 'turn' | 'network' | 'pause';

export type Outcome =
  | {
      readonly kind: 'page';
      readonly status: number;
      readonly type: string;
      readonly bytes: number;
      readonly title: string;
      readonly links: readonly URL[];
    }
  | { readonly kind: 'redirect'; readonly status: number; readonly to: URL; readonly note?: string }
  | { readonly kind: 'skipped'; readonly status?: number; readonly type?: string; readonly reason: string }
  | { readonly kind: 'failed'; readonly status?: number; readonly reason: string }
  | { readonly kind: 'unfinished' };

export interface Mark {
  readonly phase: Phase;
  readonly at: number;
}

export class Visit {
  readonly url: URL;
  /** The page whose link (or redirect) led here; `null` for a start URL. */
  readonly from: Visit | null;
  /** How many links this is away from a start URL, and how many redirects in a row led here. */
  readonly depth: number;
  readonly hops: number;
  readonly marks: Mark[] = [];
  outcome: Outcome = { kind: 'unfinished' };
  tries = 0;
  /** When the visit was over, on the clock of the marks. */
  end: number | null = null;

  constructor(url: URL, from: Visit | null = null) {
    const redirected = from?.outcome.kind === 'redirect';
    this.url = url;
    this.from = from;
    this.depth = from === null ? 0 : from.depth + (redirected ? 0 : 1);
    this.hops = redirected ? from.hops + 1 : 0;
  }

  /** Notes that from now on the visit's task waits for this. */
  enter(phase: Phase): void {
    if (this.end === null) this.marks.push({ phase, at: performance.now() });
  }

  leave(): void {
    this.end ??= performance.now();
  }

  /** How long its last request took, in ms. */
  get elapsed(): number {
    const last = this.marks.map((mark) => mark.phase).lastIndexOf('network');
    const begin = this.marks[last];
    return begin === undefined ? 0 : (this.marks[last + 1]?.at ?? this.end ?? begin.at) - begin.at;
  }

  get status(): number | undefined {
    return 'status' in this.outcome ? this.outcome.status : undefined;
  }

  /** What to print beside the address. */
  get remark(): string {
    const { outcome } = this;
    switch (outcome.kind) {
      case 'page':
        return outcome.title;
      case 'redirect':
        return `-> ${nameFor(outcome.to, this.url)}${outcome.note === undefined ? '' : ` (${outcome.note})`}`;
      case 'skipped':
        return `skipped: ${outcome.reason}`;
      case 'failed':
        return outcome.reason;
      case 'unfinished':
        return this.tries > 0 ? 'stopped under way' : 'not started';
    }
  }
}
