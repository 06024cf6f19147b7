/**
 * robots.txt: what a site asks crawlers to leave alone (RFC 9309).
 *
 * The library robots-parser reads the file; here is what an answer that is no
 * file means: none there (4xx) allows everything, a server that cannot tell
 * (5xx, no connection) allows nothing until it can.
 */
import robotsParser from 'robots-parser';

// Its declarations promise an ES module, but it is CommonJS: the function itself is the default.
const parseRobots = robotsParser as unknown as typeof robotsParser.default;

export interface Robots {
  /** Why this page must not be asked for, or `null` where it may. */
  refusal(url: URL): string | null;
  /** What the site asks for between two requests, in ms (`Crawl-delay`, 0 without). */
  readonly delay: number;
}

export const ALLOW_ALL: Robots = { refusal: () => null, delay: 0 };

/** The rules of a robots.txt that was found at `url`. */
export function readRobots(url: URL, text: string, userAgent: string): Robots {
  const rules = parseRobots(url.href, text);
  return {
    refusal: (page) => (rules.isAllowed(page.href, userAgent) === false ? 'robots.txt disallows it' : null),
    delay: 1_000 * (rules.getCrawlDelay(userAgent) ?? 0),
  };
}

/** The rules where there is no such file to read, and why. */
export function withoutRobots(status: number | null, reason: string): Robots {
  if (status !== null && status >= 400 && status < 500) return ALLOW_ALL;
  return { refusal: () => `robots.txt cannot be read: ${reason}`, delay: 0 };
}
