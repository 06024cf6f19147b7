/**
 * robots.txt: what a site asks crawlers to leave alone (RFC 9309).
 *
 * The library robots-parser reads the file. This module decides what it means
 * when there is no file to read: if the server has none (4xx), everything is
 * allowed; if the server fails (5xx, no connection), nothing is.
 */
import robotsParser from 'robots-parser';

// Its declarations promise an ES module, but it is CommonJS, so the function itself is the default export.
const parseRobots = robotsParser as unknown as typeof robotsParser.default;

export interface Robots {
  /** Why this page must not be requested, or `null` if it may be. */
  refusal(url: URL): string | null;
  /** The time that the site asks for between two requests, in ms (`Crawl-delay`, or 0). */
  readonly delay: number;
}

export const ALLOW_ALL: Robots = { refusal: () => null, delay: 0 };

/** The rules of the robots.txt that was found at `url`. */
export function readRobots(url: URL, text: string, userAgent: string): Robots {
  const rules = parseRobots(url.href, text);
  return {
    refusal: (page) => (rules.isAllowed(page.href, userAgent) === false ? 'robots.txt disallows it' : null),
    delay: 1_000 * (rules.getCrawlDelay(userAgent) ?? 0),
  };
}

/** The rules that apply when there is no file to read, for this reason. */
export function withoutRobots(status: number | null, reason: string): Robots {
  if (status !== null && status >= 400 && status < 500) return ALLOW_ALL;
  return { refusal: () => `robots.txt cannot be read: ${reason}`, delay: 0 };
}
