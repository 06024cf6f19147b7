/**
 * Addresses: when are two of them the same page, and when the same site?
 *
 * A crawler that gets this wrong fetches a page twice (`/a#top` and `/a`), or
 * never stops. Everything here is pure; `new URL` already lowers the case of
 * the host, drops a default port and resolves `..`, so little is left to do.
 */

/**
 * The address of a link in the one form that is compared and fetched, or
 * `null` for what is not a page of the web (`mailto:`, `javascript:`, broken).
 * The query stays as it is: its order and an ending slash may mean something.
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
 * The site that a page belongs to: its host, without `www.` and whatever the
 * scheme, because that is where `http://example.com` sends its visitors.
 */
export function siteOf(url: URL): string {
  return url.host.replace(/^www\./, '').replace(/\.(?=:|$)/, '');
}

/** What a person needs to see of an address whose site is known. */
export function shortName(url: URL): string {
  return url.pathname + url.search;
}

/** The same, with the host where it is another one than that of the page beside it. */
export function nameFor(url: URL, beside: URL): string {
  return url.origin === beside.origin ? shortName(url) : url.href;
}

/** `new URL` that answers `null` where the text is no address at all. */
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
