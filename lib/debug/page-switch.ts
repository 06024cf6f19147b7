// The switch of debug mode for a page, which has no command line: in its address or in its storage, so that a program
// need not be changed. Node has `--import treadle/debug` and the environment. Relies on nothing.

const NAME = 'treadle-debug';

/** What is used of a page. A worker has an address, and no storage. */
interface Page {
  readonly location?: { readonly search?: string };
  readonly localStorage?: { getItem(name: string): string | null };
}

/**
 * Does the page want debug mode for all loops? `?treadle-debug` in its address says so, and so does
 * `localStorage['treadle-debug'] = '1'`, which lasts until it is removed. `?treadle-debug=0` says no, whatever is
 * stored.
 */
export function isWantedByPage(page: Page = globalThis): boolean {
  try {
    const search = page.location?.search;
    if (search === undefined) return false; // no page: Node warns of storage that nobody has given it
    const asked = new URLSearchParams(search).get(NAME);
    if (asked !== null) return asked !== '0';
    const stored = page.localStorage?.getItem(NAME) ?? '';
    return stored !== '' && stored !== '0';
  } catch {
    return false; // a page in a sandbox may not look at its storage
  }
}
