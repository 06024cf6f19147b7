/**
 * The frontier: which addresses are known, and which of them may be visited.
 *
 * There is no coroutine in here, and no lock. Between two `yield`s of a task no
 * other task runs, so nothing can come between "is it new?" and "note it".
 */
import type { Options } from './options.ts';
import { nameFor, siteOf } from './url.ts';
import { type Outcome, Visit } from './visit.ts';

export class Frontier {
  /** In the order in which they were found. */
  readonly visits: Visit[] = [];
  /** How many pages were left out because of a limit. */
  leftOut = 0;
  readonly #known = new Set<string>();
  readonly #sites = new Set<string>();
  readonly #redirects = new Map<string, string>();
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
    for (const url of options.starts) this.#sites.add(siteOf(url));
  }

  /** The visit to make, or `null` if the address is known, off the site, or over a limit. */
  admit(url: URL, from: Visit | null): Visit | null {
    if (this.#known.has(url.href) || !this.#sites.has(siteOf(url))) return null;
    this.#known.add(url.href);
    const visit = new Visit(url, from);
    if (this.visits.length >= this.#options.maxPages || visit.depth > this.#options.maxDepth) {
      this.leftOut++;
      return null;
    }
    this.visits.push(visit);
    return visit;
  }

  /** Notes where a redirect leads. A redirect that leads nowhere has failed. */
  judge(visit: Visit, outcome: Outcome): Outcome {
    if (outcome.kind !== 'redirect') return outcome;
    const { status, to } = outcome;
    this.#redirects.set(visit.url.href, to.href);
    // The site is wherever the address that the user gave leads to.
    if (visit.depth === 0) this.#sites.add(siteOf(to));
    if (!this.#sites.has(siteOf(to))) return { ...outcome, note: 'leaves the site' };
    if (this.#leadsBack(visit.url.href))
      return { kind: 'failed', status, reason: `redirects in a circle, to ${nameFor(to, visit.url)}` };
    if (visit.hops >= this.#options.maxRedirects)
      return { kind: 'failed', status, reason: `more than ${this.#options.maxRedirects} redirects in a row` };
    return outcome;
  }

  /** Follows the redirects known so far, no matter which tasks found them. */
  #leadsBack(start: string): boolean {
    let hop = this.#redirects.get(start);
    for (let hops = 0; hop !== undefined && hops < this.#redirects.size; hops++) {
      if (hop === start) return true;
      hop = this.#redirects.get(hop);
    }
    return hop === start;
  }
}
