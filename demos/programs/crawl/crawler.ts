/**
 * The crawler: a task for every address. It loads its page and spawns a task
 * for every new link. A task is not over until its children are, so the first
 * task is over when the whole site is crawled, and nothing has to count tasks.
 * For the same reason, one `cancel` at the root stops the whole crawl: each task
 * gives back its slot, aborts its request and leaves its record.
 *
 *     crawl ── / ─┬─ /looms/ ─┬─ /looms/dobby
 *                 │           └─ /looms/jacquard ── /people/jacquard
 *                 └─ /threads/ ── ...
 */
import { type Coroutine, coroutine, retry, Semaphore, spawn, timeout } from 'treadle';
import { Frontier } from './frontier.ts';
import { Host, robotsOf, turnAt } from './host.ts';
import { failure, load, mayPassOver } from './load.ts';
import type { Options } from './options.ts';
import { type Progress, silent } from './progress.ts';
import { shortName } from './url.ts';
import type { Outcome, Visit } from './visit.ts';

/** What the tasks of one crawl share. It outlives the tasks. */
export class Crawl {
  readonly options: Options;
  readonly progress: Progress;
  readonly frontier: Frontier;
  /** One for each request that may be under way at the same time. */
  readonly slots: Semaphore;
  readonly #hosts = new Map<string, Host>();

  constructor(options: Options, progress: Progress = silent) {
    this.options = options;
    this.progress = progress;
    this.frontier = new Frontier(options);
    this.slots = new Semaphore(options.concurrency);
  }

  host({ origin }: URL): Host {
    const host = this.#hosts.get(origin) ?? new Host(origin, this.options);
    this.#hosts.set(origin, host);
    return host;
  }
}

/** Crawls the sites of the start URLs. It is over when there is nothing left to visit. */
export const crawl = coroutine('crawl', function* (job: Crawl) {
  for (const url of job.options.starts) yield* follow(job, url, null);
});

/** Spawns a task for the address, unless it already has one or must not be visited. */
const follow = coroutine('follow', function* (job: Crawl, url: URL, from: Visit | null) {
  const visit = job.frontier.admit(url, from);
  if (visit !== null) yield* spawn(visitPage(job, visit), { name: shortName(url) });
});

const visitPage = coroutine('visit', function* (job: Crawl, visit: Visit): Coroutine<void> {
  const { retries, backoff } = job.options;
  job.progress.begun(visit);
  try {
    const outcome = yield* retry(() => attempt(job, visit), {
      attempts: retries + 1,
      delay: backoff,
      backoff: 2,
      when: mayPassOver,
    });
    visit.outcome = job.frontier.judge(visit, outcome);
  } catch (error) {
    visit.outcome = failure(error, job.options); // a page that fails is a result, not the end of the crawl
  } finally {
    visit.leave(); // also after a cancellation, which no catch sees
    job.progress.ended(visit);
  }
  for (const link of next(visit)) yield* follow(job, link, visit);
});

/** One try. It holds a slot while it lasts, but not during the pause before the next try. */
const attempt = coroutine('attempt', function* (job: Crawl, visit: Visit) {
  visit.enter('slot');
  try {
    return yield* job.slots.with(request(job, visit));
  } finally {
    visit.enter('pause');
  }
});

const request = coroutine('request', function* (job: Crawl, visit: Visit) {
  const host = job.host(visit.url);
  if (host.robots === null) visit.enter('robots');
  const reason = (yield* robotsOf(host)).refusal(visit.url);
  if (reason !== null) return { kind: 'skipped', reason } satisfies Outcome;
  visit.enter('turn');
  yield* turnAt(host);
  visit.enter('network');
  visit.tries++;
  return yield* timeout(job.options.pageTimeout, load(visit.url, job.options));
});

/** Where a visit leads: the links of a page, or the target of a redirect. */
function next({ outcome }: Visit): readonly URL[] {
  if (outcome.kind === 'page') return outcome.links;
  return outcome.kind === 'redirect' ? [outcome.to] : [];
}
