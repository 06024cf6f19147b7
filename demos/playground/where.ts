// Where the clone and this demo are. Specs run as the plain JavaScript in a folder of the clone, .cache/plain/.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds treadle's package.json. */
export const root = fileURLToPath(new URL(import.meta.url.replace(/(\.cache\/plain\/)?demos\/playground\/[^/]*$/, '')));
/** This demo's own folder, with what it needs in its node_modules. */
export const here = join(root, 'demos/playground');
