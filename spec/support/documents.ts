// What can be looked up in a document: its tables, its headings, its links.
import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { read, root } from './package.ts';

/** name -> what is said of it, in the table under the heading. */
export const listed = (document: string, heading: string): [string, string][] =>
  [
    ...read(document)
      .split(`\n## ${heading}\n`)[1]!
      .split('\n## ')[0]!
      .matchAll(/^\| `([\w-]+)` \| (.*) \|$/gm),
  ].map(([, name = '', text = '']): [string, string] => [name, text]);

/** What links to the headings of the document end with, behind the `#`. */
const anchors = (document: string): string[] =>
  [...read(document).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-'),
  );

/** `calls[mode](value)` in code is no link. */
const withoutFences = (text: string) => text.replace(/^(`{3,})[^]*?^\1$/gm, '');

/** The links of the document to files and headings of this package, as they are written. */
export const links = (document: string): string[] =>
  [...withoutFences(read(document)).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));

/** Those of its links whose file or heading does not exist. */
export const deadLinks = (document: string): string[] =>
  links(document).filter((link) => {
    const [target = '', anchor] = link.split('#');
    const path = target === '' ? document : posix.join(posix.dirname(document), target);
    return !existsSync(join(root, path)) || (anchor !== undefined && !anchors(path).includes(anchor));
  });
