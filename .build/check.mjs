// The type check, four times: lib/ alone as a browser sees it (Node's types out of sight), lib/workers and others as Node
// does, then everything but the playground, and at last that one, where its packages are installed.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root, tsc } from './tools.mjs';

export const views = [
  {
    name: 'lib as a browser sees it',
    args: ['-p', '.build/tsconfig.lib.json', '--noEmit', '--emitDeclarationOnly', 'false'],
  },
  {
    name: 'lib/workers, lib/distributed and lib/command as Node sees them',
    args: ['-p', '.build/tsconfig.workers.json', '--noEmit', '--emitDeclarationOnly', 'false'],
  },
  { name: 'lib, spec, demos and docs', args: ['-p', 'tsconfig.json'] },
  {
    name: 'the playground and its specs',
    args: ['-p', 'demos/playground/tsconfig.json'],
    needs: 'demos/playground/node_modules',
  },
];

/** What each view found. One whose packages are not installed is `skipped`. */
export const check = () =>
  Promise.all(
    views.map(async ({ name, args, needs }) =>
      needs && !existsSync(join(root, needs)) ? { name, skipped: needs } : { name, ...(await tsc(...args)) },
    ),
  );

if (process.argv[1] === join(root, '.build', 'check.mjs')) {
  for (const { name, code, output, skipped } of await check()) {
    if (skipped) {
      console.log(`skip types: ${name} (there is no ${skipped})`);
      continue;
    }
    console.log(`${code === 0 ? 'ok  ' : 'FAIL'} types: ${name}`);
    if (code !== 0) console.log(output);
    process.exitCode ||= code;
  }
}
