// The engine: the packages are looked up where the user's modules lie, and what is missing is named with its command.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadEngine } from '../../lib/distributed/engine.ts';
import { refuses } from '../support/errors.ts';
import { temporaryFolder } from '../support/files.ts';

const test = suite('the engine of machines');

/** A folder with packages of these versions in it. */
function folderWith(packages: Record<string, { version: string; code: string }>): URL {
  const folder = temporaryFolder();
  for (const [name, { version, code }] of Object.entries(packages)) {
    const place = join(folder, 'node_modules', name);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'package.json'), JSON.stringify({ name, version, main: 'index.cjs' }));
    writeFileSync(join(place, 'index.cjs'), code);
  }
  return pathToFileURL(`${folder}/`);
}

const bullmq = { version: '6.9.1', code: 'exports.Queue = class OfUser {};' };
const ioredis = { version: '6.0.0', code: 'exports.Redis = class OfUser {};' };

test("those of the user come first, from the folder of the user's modules", () => {
  const { Queue, Redis } = loadEngine(folderWith({ bullmq, ioredis }));
  assert.equal([Queue.name, Redis.name], ['OfUser', 'OfUser']);
});

test('one that is too old, or no such package, is an error with the command', () => {
  const says = (version: string) =>
    new RegExp(`needs bullmq \\^6\\.7 and ioredis, and found bullmq ${version}: npm install bullmq@\\^6\\.7 ioredis`);
  for (const version of ['5.70.0', '6.6.9', '7.0.0'])
    refuses(() => loadEngine(folderWith({ bullmq: { ...bullmq, version }, ioredis })), says(version));
  refuses(() => loadEngine(folderWith({ bullmq, ioredis: { version: '4.0.0', code: '' } })), says('6.9.1'));
});

test('what a package throws when it is loaded is not taken for its absence', () => {
  const broken = { ...bullmq, code: "throw new Error('it is broken');" };
  assert.throws(() => loadEngine(folderWith({ bullmq: broken, ioredis })), /it is broken/);
});

test.run();
