// Where the clone is, for those who need its files: the benchmark is bundled into a temporary folder
// within it, so import.meta.url does not tell what lies beside the source.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function find(folder: string): string {
  const manifest = join(folder, 'package.json');
  if (existsSync(manifest) && (JSON.parse(readFileSync(manifest, 'utf8')) as { name?: string }).name === 'treadle')
    return folder;
  return find(dirname(folder));
}

/** The top of the clone. */
export const root = find(dirname(fileURLToPath(import.meta.url)));
/** The benchmark's own folder, with the peers in its node_modules. */
export const here = join(root, 'demos', 'bench');
