/**
 * One HTML page: its title and the links to follow, found with CSS selectors.
 *
 * The parser is cheerio (its slim entry, with the forgiving htmlparser2 and no
 * HTTP client in tow). The functions are pure: bytes in, data out, nothing waits.
 * So parsing blocks the loop while it lasts, some milliseconds for a large page.
 */
import { load } from 'cheerio/slim';
import { normalise } from './url.ts';

export interface Page {
  readonly title: string;
  /** Normalised, without duplicates, in the order of the page. */
  readonly links: readonly URL[];
}

const SELECTORS = { title: 'title', links: 'a[href], area[href]' };

export interface ReadingOptions {
  /** Also follow the links that the page asks robots not to follow. */
  readonly ignoreNofollow?: boolean;
}

/** Reads the page that was found at `url`. */
export function readPage(html: string, url: URL, { ignoreNofollow = false }: ReadingOptions = {}): Page {
  const $ = load(html);
  const title = $(SELECTORS.title).first().text().replace(/\s+/g, ' ').trim();
  const base = normalise($('base[href]').first().attr('href') ?? '', url) ?? url;
  const robots = $('meta[name="robots" i]')
    .toArray()
    .map((meta) => $(meta).attr('content') ?? '')
    .join(',');
  if (!ignoreNofollow && /\b(nofollow|none)\b/i.test(robots)) return { title, links: [] };

  const links = new Map<string, URL>();
  for (const element of $(SELECTORS.links).toArray()) {
    const link = $(element);
    if (!ignoreNofollow && /\bnofollow\b/i.test(link.attr('rel') ?? '')) continue;
    const target = normalise(link.attr('href') ?? '', base);
    if (target !== null) links.set(target.href, target);
  }
  return { title, links: [...links.values()] };
}

/** Whether a response with this `content-type` is worth reading. */
export function isHtml(contentType: string | null): boolean {
  return /^\s*(text\/html|application\/xhtml\+xml)\s*(;|$)/i.test(contentType ?? '');
}

/**
 * The text of a page, in the character set of its header, or else of its own
 * `<meta charset>`, or else in UTF-8.
 */
export function decode(bytes: Uint8Array, contentType: string | null): string {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 1024));
  const charset = /charset\s*=\s*["']?([\w-]+)/i;
  const label = charset.exec(contentType ?? '')?.[1] ?? charset.exec(head)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(label).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes); // a character set that does not exist
  }
}
