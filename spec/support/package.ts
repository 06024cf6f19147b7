// The package itself: where it lies, and what its files say.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json. Specs run as the plain JavaScript in a folder of it, .cache/plain/. */
export const root = fileURLToPath(new URL(import.meta.url.replace(/(\.cache\/plain\/)?spec\/support\/.*$/, '')));

/** The text of a file, by its path from the root. */
export const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** The paths from the root of all files in this folder and below, sorted, with `/` on every system. */
export const filesIn = (folder: string): string[] =>
  (readdirSync(join(root, folder), { recursive: true, withFileTypes: true }) as import('node:fs').Dirent[])
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length).replaceAll('\\', '/'))
    .sort();
