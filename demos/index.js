// `node demos` lists the demos, `node demos NAME --help` explains one, `node demos NAME ...` runs one.
//
// A demo is demos/NAME.ts or demos/NAME/index.ts. It imports 'treadle' by name, as a program of
// yours would, and exports `summary` (one line), `help` and a default function that is given the
// arguments. It runs in this process, so that Ctrl-C and exit codes are its own.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { ensure } from '../.build/ensure.mjs';

/** In the order in which they teach; those not named here follow. */
const order = [
  'hello',
  'by-hand',
  'chain',
  'tasks',
  'blocking',
  'event-loop',
  'callbacks',
  'gather',
  'wait',
  'slow-server',
  'cancel',
  'events',
  'producer-consumer',
  'event-driven',
  'deadlock',
  'mini',
  'files',
  'background',
  'database',
  'crawl',
  'compare',
  'bench',
];

const here = new URL('./', import.meta.url);
const typescript = new URL('../.build/typescript-user.mjs', here).href;

/** name -> { url, summary }. The summaries are read, not imported: listing should be quick and run nothing. */
function find() {
  const found = new Map();
  for (const entry of readdirSync(here, { withFileTypes: true })) {
    const name = entry.name.replace(/\.ts$/, '');
    const url = new URL(entry.isDirectory() ? `${name}/index.ts` : `${name}.ts`, here);
    if (!existsSync(url)) continue;
    // A file without a summary is a part of another demo.
    const summary = /^export const summary\s*=\s*(["'`])(.*?)\1;?$/m.exec(readFileSync(url, 'utf8'))?.[2];
    if (summary) found.set(name, { url, summary });
  }
  const place = (name) => (order.includes(name) ? order.indexOf(name) : order.length);
  return new Map([...found].sort(([a], [b]) => place(a) - place(b) || (a < b ? -1 : 1)));
}

function list(demos, print) {
  const width = Math.max(...[...demos.keys()].map((name) => name.length));
  for (const [name, { summary }] of demos) print(`  ${name.padEnd(width)}  ${summary}`);
}

function start([name, ...argv]) {
  const demos = find();
  if (name === undefined || name === '--help' || name === '-h') {
    console.log('node demos NAME [options]    runs a demo; --help explains it\n');
    return list(demos, console.log);
  }
  const demo = demos.get(name);
  if (!demo) {
    console.error(`There is no demo "${name}". There are:`);
    list(demos, console.error);
    process.exitCode = 2;
    return;
  }
  ensure({ types: false }).then(
    () =>
      // Not at the top: it needs what ensure() installs.
      import(typescript)
        // The workers of a demo, which inherit these flags, understand TypeScript, too.
        .then(() => process.execArgv.push('--import', typescript))
        .then(() => import(demo.url))
        .then(({ default: run, help }) => {
          if (argv.includes('--help') || argv.includes('-h')) console.log(`${demo.summary}\n\n${help.trim()}`);
          else run(argv);
        }),
    (error) => {
      console.error(error.message);
      process.exitCode = 1;
    },
  );
}

// `node demos chain | head -1`: who reads has seen enough. That is no error.
process.stdout.on('error', (error) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

start(process.argv.slice(2));
