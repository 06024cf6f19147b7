// `node .build/spec.mjs spec/FILE.spec.ts ...` runs spec files in this process, one after the other. The pipeline
// reads the tally of each from descriptor 3, a line of JSON each; by hand it is just printed.
//
// A file is over when Node has nothing left to do, as if it had the process to itself: what it leaves behind, a timer
// or a server, counts as its own, and only then the next one starts. When a file ends the process, those after it are not
// run: the pipeline starts another process for them.
import { writeSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { makePlain, plainOf } from './plain.mjs';
import { root } from './tools.mjs';

process.setSourceMapsEnabled(true);
// The pipeline has done it.
if (!process.env.TREADLE_TALLY) await makePlain();

globalThis.UVU_DEFER = 1;
globalThis.UVU_QUEUE = [];
const { exec, newTally } = await import('./uvu.mjs');

const paths = process.argv.slice(2).map((file) => relative(root, resolve(file)).replaceAll('\\', '/'));
let next = 0;
/** Of the file that runs now. */
let path;
let tally;
let start;
let isOver;
let failed = false;

/** Runs the next file. What it throws at its top level ends the process. */
async function run() {
  path = paths[next++];
  tally = newTally();
  start = performance.now();
  isOver = false;
  UVU_QUEUE.splice(0, Infinity, [null]);
  console.log(`--- ${path}`);
  await import(pathToFileURL(plainOf(path)).href);
  await exec();
  isOver = true;
}

/**
 * Says what came of the file, to the pipeline and to people. `code` is the one that the process would end with. All of it
 * goes to stdout: on stderr it could arrive after the name of the next file.
 */
function conclude(code) {
  // A file that needs what is not installed here skips all its specs by name.
  const isEmpty = tally.declared === 0 && tally.skipped.length === 0;
  if (isEmpty) console.log('declares no spec');
  else if (tally.passed + tally.failed.length !== tally.declared) console.log('lost count of the specs');
  for (const name of tally.failed) console.log(`not passed: ${name}`);
  if (tally.only) console.log('`.only` hides the other specs of this file');
  const isGood = !code && tally.failed.length === 0 && !tally.only && !isEmpty;
  failed ||= !isGood;
  const seconds = (performance.now() - start) / 1000;
  if (process.env.TREADLE_TALLY) writeSync(3, `${JSON.stringify({ path, isGood, seconds, ...tally })}\n`);
  path = undefined;
}

// Nothing is left to do. Another listener belongs to treadle, and may find something to do for a loop that is stuck. If
// it does not, or the file has not come to its end, the process ends here.
process.on('beforeExit', (code) => {
  if (!isOver || process.listenerCount('beforeExit') > 1) return;
  conclude(code);
  process.exitCode = 0;
  if (next < paths.length) void run();
});
process.on('exit', (code) => {
  if (path !== undefined) conclude(code || !isOver);
  if (failed) process.exitCode = code || 1;
});

// Not awaited: a program that waits for a promise at its top level ends with code 13, not with `beforeExit`, when
// nothing is left to do, and that moment is one of the things under test.
void run();
