// `npm run documents`: what follows from lib/ in the documents, after a change there.
//
//   1. the quotations of the source are filled in (weave.mjs),
//   2. the fences of the Chinese documents are filled in from the English ones (chinese.mjs),
//   3. the pages of the reference are made from the doc comments (api/index.mjs, which installs TypeDoc first).
//
// All three are run whatever the others say. What has to be done by hand is named, and then the exit code is 1: a
// quotation that leaves lines out, a Chinese section whose English has changed.
import { spawnSync } from 'node:child_process';
import { root } from './tools.mjs';

const steps = [
  { title: 'Quotations of the source', command: ['.build/weave.mjs', '--write'] },
  { title: 'The Chinese documents', command: ['.build/chinese.mjs', '--write'] },
  { title: 'The reference', command: ['.build/api/index.mjs'] },
];

const wrong = steps.filter(({ title, command }) => {
  console.log(`\n${title}: node ${command.join(' ')}`);
  return spawnSync(process.execPath, command, { cwd: root, stdio: 'inherit' }).status !== 0;
});

if (wrong.length > 0) {
  console.error(`\nLook at these by hand, and run this again: ${wrong.map(({ title }) => title).join(', ')}`);
  process.exitCode = 1;
} else console.log('\nThe documents say what lib/ says. `git diff --stat` tells what has changed.');
