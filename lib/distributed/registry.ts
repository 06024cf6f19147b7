// The registry: which functions a host runs, and how callers name them: by the path of the module below the root, and
// the export. The path is only ever looked up in a list. It is never joined to anything, so nothing that is not listed
// can be loaded. Relies on words, workers/protocol.

import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import { mustBe } from '../words/messages.ts';
import type { Callee } from '../workers/protocol.ts';

/** The folder as a URL that ends with a slash. Throws a `TypeError` for what names no folder of this machine. */
export function rootOf(where: string, root: unknown): URL {
  const wanted = "the folder of its modules as root, such as new URL('./', import.meta.url)";
  if (!(root instanceof URL) && (typeof root !== 'string' || !(root.startsWith('file:') || isAbsolute(root))))
    throw new TypeError(mustBe(where, wanted, root));
  const url =
    root instanceof URL ? new URL(root)
    : root.startsWith('file:') ? new URL(root)
    : pathToFileURL(root);
  if (url.protocol !== 'file:') throw new TypeError(mustBe(where, wanted, root));
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

/** The name of a module between machines: `'jobs.js'`. Throws a `TypeError` for one that is not below the root. */
export function pathBelow(root: URL, { module }: Callee): string {
  const { href } = new URL(module);
  if (href.startsWith(root.href) && href.length > root.href.length) return href.slice(root.href.length);
  throw new TypeError(
    `${module} is not below the root ${root.href}: machines know a module by its path from there, so it must lie there`,
  );
}

/**
 * Checks the option `modules` of a host: paths from the root. Gives them as callers name them, which is as a part of a
 * URL: `a%20b.js`. Throws a `TypeError` for what would not lie below the root.
 */
export function checkModules(root: URL, modules: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(modules) ? modules : [];
  const paths = list.map((path) => {
    if (typeof path !== 'string' || !URL.canParse(path, root.href)) return '';
    // `new URL` resolves `..` in all its forms: `%2e%2e`, with a backslash, with a tab in between.
    const { href, search, hash } = new URL(path, root);
    return href.startsWith(root.href) && search === '' && hash === '' ? href.slice(root.href.length) : '';
  });
  if (paths.length > 0 && !paths.includes('')) return paths;
  throw new TypeError(mustBe('serve', "the modules it serves, as paths from the root, such as ['jobs.js']", modules));
}

/** What a host runs. */
export class Registry {
  private readonly root: URL;
  /** The functions that each module exports itself. */
  private readonly modules: ReadonlyMap<string, ReadonlySet<string>>;

  constructor(root: URL, modules: ReadonlyMap<string, ReadonlySet<string>>) {
    this.root = root;
    this.modules = modules;
  }

  /** The URL of the module. Throws a `TypeError` that says what there is when the function is not listed. */
  locate(module: string, name: string): URL {
    const exported = this.modules.get(module);
    if (!exported)
      throw new TypeError(
        `the module ${JSON.stringify(module)} is not served here; served are ${[...this.modules.keys()].join(', ')}`,
      );
    if (!exported.has(name))
      throw new TypeError(
        `${module} has no function ${JSON.stringify(name)} that can be called; ` +
          `it has ${[...exported].join(', ') || 'none'}`,
      );
    return new URL(module, this.root);
  }
}
