// Where the clone is, for modules that need its files. The benchmark is bundled into a temporary folder within the
// clone, so import.meta.url does not say where the source is.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Is this folder the top of a clone of treadle? */
export function isClone(folder: string): boolean {
  const manifest = join(folder, 'package.json');
  return existsSync(manifest) && (JSON.parse(readFileSync(manifest, 'utf8')) as { name?: string }).name === 'treadle';
}

const find = (folder: string): string => (isClone(folder) ? folder : find(dirname(folder)));

/** The top of the clone. */
export const root = find(dirname(fileURLToPath(import.meta.url)));
/** The benchmark's own folder, with the peers in its node_modules. */
export const here = join(root, 'demos', 'bench');
