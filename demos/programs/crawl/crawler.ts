/**
 * The crawler: a task for every address. It loads its page and spawns a task
 * for every new link, and as a task waits for its children before it is over,
 * the first task is over when the whole site is crawled: nothing counts them.
 * For the same reason one `cancel` at the root stops it all: each task hands
 * back its slot, aborts its request and leaves its record, and then it is over.
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

/** What the tasks of one crawl share. It outlives them. */
export class Crawl {
  readonly options: Options;
  readonly progress: Progress;
  readonly frontier: Frontier;
  /** So many requests at a time. */
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

/** Crawls the sites of the start URLs; over when there is nothing left to visit. */
export const crawl = coroutine('crawl', function* (job: Crawl) {
  for (const url of job.options.starts) yield* follow(job, url, null);
});

/** Spawns a task for the address, unless it has one, or shall have none. */
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
    visit.outcome = failure(error, job.options); // a page that fails is a result, and not the end of the crawl
  } finally {
    visit.leave(); // also when cancelled, which no catch sees
    job.progress.ended(visit);
  }
  for (const link of next(visit)) yield* follow(job, link, visit);
});

/** One try. It holds a slot while it lasts, and none in the pause before the next. */
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

/** Where a visit leads to: the links of a page, the target of a redirect. */
function next({ outcome }: Visit): readonly URL[] {
  if (outcome.kind === 'page') return outcome.links;
  return outcome.kind === 'redirect' ? [outcome.to] : [];
}
