// What can be looked up in a document: its tables, its headings, its links. And which documents there are.
import { existsSync, readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import { read, root } from './package.ts';

/** Folders that are made by tools, and those of other packages. */
const isForeign = (name: string) => name.startsWith('.') || ['node_modules', 'dist', 'coverage'].includes(name);

const markdownIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory()) return isForeign(entry.name) ? [] : markdownIn(path);
    return path.endsWith('.md') ? [path] : [];
  });

/** Every Markdown file of the repository, by its path from the root. */
export const documents: readonly string[] = markdownIn('').sort();

/** name -> what is said of it, in the table under the heading, or in all tables of the document. */
export const listed = (document: string, heading?: string): [string, string][] => {
  const text = read(document);
  const part = heading === undefined ? text : text.split(`\n## ${heading}\n`)[1]!.split('\n## ')[0]!;
  return [...part.matchAll(/^\| `([\w-]+)` \| (.*) \|$/gm)].map(([, name = '', said = '']) => [name, said]);
};

/** A line that begins with `#` in a fence is no heading, and `calls[mode](value)` in code is no link. */
const withoutFences = (text: string) => text.replace(/^([ \t]*)(`{3,}|~{3,})[^]*?^\1\2[ \t]*$/gm, '');
const withoutCode = (text: string) => withoutFences(text).replace(/(`+)(?!`)[^]*?[^`]\1(?!`)/g, '');

/** What links to the headings of a text end with, behind the `#`, as a forge makes it. */
export function anchorsIn(text: string): string[] {
  const found: string[] = [];
  for (const [, heading = ''] of withoutFences(text).matchAll(/^#{1,6} +(.*?)(?: +#+)?$/gm)) {
    const anchor = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
      .replaceAll(' ', '-');
    // Of several equal ones, the later ones are numbered.
    let [name, number] = [anchor, 0];
    while (found.includes(name)) name = `${anchor}-${++number}`;
    found.push(name);
  }
  return found;
}

/** The links of a text to files and headings, as they are written: `[...](...)`, `[...]: ...`, and those of HTML. */
export const linksIn = (text: string): string[] =>
  [
    ...withoutCode(text).matchAll(
      /\]\(\s*<?([^)\s>]+)>?(?:\s+["'(][^)]*)?\)|^ {0,3}\[[^\]^]+\]:\s*<?([^\s>]+)|<[^>]*\s(?:src|srcset|href)\s*=\s*["']?([^"'\s>]+)/gm,
    ),
  ]
    .map(([, inline, reference, html]) => inline ?? reference ?? html ?? '')
    .filter((target) => !/^([a-z][a-z\d+.-]*:|\/\/)/i.test(target));

/** The links of the document to files and headings of this package, as they are written. */
export const links = (document: string): string[] => linksIn(read(document));

/** Where a link of a document leads: a path from the root, and a heading there. */
export function resolved(document: string, link: string): { path: string; anchor: string | undefined } {
  const [target = '', anchor] = link.split('#');
  const path = target === '' ? document : posix.join(posix.dirname(document), decodeURIComponent(target));
  return { path, anchor };
}

/** Does this link of the document lead to a file or heading that does not exist, or out of the repository? */
export function isDead(document: string, link: string): boolean {
  const { path, anchor } = resolved(document, link);
  if (link.startsWith('/') || path.startsWith('../') || !existsSync(join(root, path))) return true;
  return anchor !== undefined && !(path.endsWith('.md') && anchorsIn(read(path)).includes(anchor));
}

export const deadLinks = (document: string): string[] => links(document).filter((link) => isDead(document, link));
