// The type check, three times: lib/ alone as a browser sees it (Node's types out of sight), lib/workers as Node
// does, then everything.
import { join } from 'node:path';
import { root, tsc } from './tools.mjs';

export const views = [
  {
    name: 'lib as a browser sees it',
    args: ['-p', '.build/tsconfig.lib.json', '--noEmit', '--emitDeclarationOnly', 'false'],
  },
  {
    name: 'lib/workers and lib/command as Node sees them',
    args: ['-p', '.build/tsconfig.workers.json', '--noEmit', '--emitDeclarationOnly', 'false'],
  },
  { name: 'lib, spec, demos and docs', args: ['-p', 'tsconfig.json'] },
];

export const check = () => Promise.all(views.map(async ({ name, args }) => ({ name, ...(await tsc(...args)) })));

if (process.argv[1] === join(root, '.build', 'check.mjs')) {
  for (const { name, code, output } of await check()) {
    console.log(`${code === 0 ? 'ok  ' : 'FAIL'} types: ${name}`);
    if (code !== 0) console.log(output);
    process.exitCode ||= code;
  }
}
