// `node .build/spec.mjs spec/FILE.spec.ts ...` runs spec files in this process. The pipeline gives
// each file a process of its own and reads the tally from descriptor 3; by hand it is just printed.
import { writeSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { makePlain, plainOf } from './plain.mjs';
import { root } from './tools.mjs';

process.setSourceMapsEnabled(true);
// The pipeline has done it.
if (!process.env.TREADLE_TALLY) await makePlain();

globalThis.UVU_DEFER = 1;
globalThis.UVU_QUEUE = [[null]];
const { exec, tally } = await import('./uvu.mjs');

process.on('exit', (code) => {
  // A file that needs what is not installed here skips all its specs by name.
  const isEmpty = tally.declared === 0 && tally.skipped.length === 0;
  if (isEmpty) console.error('declares no spec');
  else if (tally.passed + tally.failed.length !== tally.declared) console.error('lost count of the specs');
  for (const name of tally.failed) console.error(`not passed: ${name}`);
  if (tally.only) console.error('`.only` hides the other specs of this file');
  if (tally.failed.length || tally.only || isEmpty) process.exitCode = code || 1;
  if (process.env.TREADLE_TALLY) writeSync(3, JSON.stringify(tally));
});

for (const file of process.argv.slice(2)) await import(pathToFileURL(plainOf(relative(root, resolve(file)))).href);
// Not awaited: a program that waits for a promise at its top level ends with code 13, not with
// `beforeExit`, when nothing is left to do, and that moment is one of the things under test.
exec();
