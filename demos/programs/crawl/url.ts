/**
 * Addresses: when do two of them mean the same page, or the same site?
 *
 * A crawler that gets this wrong fetches a page twice (`/a#top` and `/a`), or
 * never stops. Everything here is pure. `new URL` already lowercases the host,
 * drops a default port and resolves `..`, so little is left to do.
 */

/**
 * The address of a link in the one form that is compared and fetched, or `null`
 * if it is not a web page (`mailto:`, `javascript:`, a broken address). The query
 * stays as it is, and so does a slash at the end of the path: both may matter.
 */
export function normalise(href: string, base?: URL): URL | null {
  const url = parse(href.trim(), base);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return null;
  url.hash = '';
  url.username = '';
  url.password = '';
  if (url.search === '') url.search = ''; // drops the "?" of an empty query
  const path = plainEscapes(url.pathname);
  if (path !== url.pathname) url.pathname = path;
  const search = plainEscapes(url.search);
  if (search !== url.search) url.search = search;
  return url;
}

/**
 * The site that a page belongs to: its host without `www.`, with any scheme,
 * because `http://example.com` usually sends its visitors to `https://www.`.
 */
export function siteOf(url: URL): string {
  return url.host.replace(/^www\./, '').replace(/\.(?=:|$)/, '');
}

/** The part of an address that a person needs to see when the site is known. */
export function shortName(url: URL): string {
  return url.pathname + url.search;
}

/** The same, but with the host if it differs from that of the page beside it. */
export function nameFor(url: URL, beside: URL): string {
  return url.origin === beside.origin ? shortName(url) : url.href;
}

/** `new URL`, but `null` if the text is not an address at all. */
export function parse(text: string, base?: URL): URL | null {
  try {
    return new URL(text, base);
  } catch {
    return null;
  }
}

/** `%7euser` and `~user` are the same page (RFC 3986, 6.2.2), `%2f` and `%2F` too. */
function plainEscapes(text: string): string {
  return text.replace(/%[0-9a-f]{2}/gi, (escape) => {
    const character = String.fromCharCode(Number.parseInt(escape.slice(1), 16));
    return /[\w.~-]/.test(character) ? character : escape.toUpperCase();
  });
}
