// `node demos` lists the demos, `node demos NAME --help` explains one, `node demos NAME ...` runs one, and
// `node demos NAME --copy DIR` makes a project of it.
//
// A demo is a file or a folder with an index.ts, in one of the rooms below. It imports 'treadle' by name, as
// your own program would, and exports `summary` (one line), `help`, and a default function that gets the
// arguments. It runs in this process, so Ctrl-C and exit codes are its own.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ensure } from '../.build/ensure.mjs';

/** Where demos are. The list follows this order, and within a room the order of the file names. */
const rooms = [
  { folder: 'learn', title: 'To learn from, in this order' },
  { folder: 'programs', title: 'Programs' },
  { folder: '.', title: 'The book, the museum, and measurements' },
];

const here = new URL('./', import.meta.url);
const typescript = new URL('../.build/typescript-user.mjs', here).href;

/** The demos of a room, as { name, url, summary }. Summaries are read, not imported: a list must not run anything. */
function demosIn({ folder }) {
  return readdirSync(new URL(`${folder}/`, here), { withFileTypes: true })
    .map((entry) => ({
      // The number of a tutorial program gives its place in the list; it is not part of the name.
      name: entry.name.replace(/^\d+-/, '').replace(/\.ts$/, ''),
      path: `${folder}/${entry.name}`,
      url: new URL(`${folder}/${entry.name}${entry.isDirectory() ? '/index.ts' : ''}`, here),
    }))
    .filter(({ url }) => url.pathname.endsWith('.ts') && existsSync(url))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ name, url }) => ({ name, url, summary: summaryOf(url) }));
}

function summaryOf(url) {
  const summary = /^export const summary\s*=\s*(["'`])(.*?)\1;$/m.exec(readFileSync(url, 'utf8'))?.[2];
  if (summary === undefined) throw new Error(`${url.pathname} has no one-line summary`);
  return summary;
}

function list(print) {
  const found = rooms.map((room) => ({ ...room, demos: demosIn(room) }));
  const width = Math.max(...found.flatMap(({ demos }) => demos.map(({ name }) => name.length)));
  for (const { title, demos } of found) {
    print(`\n${title}`);
    for (const { name, summary } of demos) print(`  ${name.padEnd(width)}  ${summary}`);
  }
}

function start([name, ...argv]) {
  if (name === undefined || name === '--help' || name === '-h') {
    console.log(`node demos NAME              runs a demo
node demos NAME --help       explains it and its options
node demos NAME --copy DIR   writes it into a folder, as a project of its own`);
    return list(console.log);
  }
  const demo = rooms.flatMap(demosIn).find((one) => one.name === name);
  if (!demo) {
    console.error(`There is no demo "${name}". These are the demos:`);
    list(console.error);
    process.exitCode = 2;
    return;
  }
  const copies = argv[0] === '--copy';
  ensure({ types: copies }).then(
    () =>
      // Imported only now, because it needs what ensure() installs.
      import(typescript)
        // A demo's workers inherit these flags, so they understand TypeScript, too.
        .then(() => process.execArgv.push('--import', typescript))
        .then(() => import(demo.url))
        .then(({ default: run, help }) => {
          if (copies) return copy({ ...demo, help }, argv.slice(1));
          if (argv.includes('--help') || argv.includes('-h')) console.log(`${demo.summary}\n\n${help.trim()}`);
          else run(argv);
        }),
    (error) => {
      console.error(error.message);
      process.exitCode = 1;
    },
  );
}

/** Makes a project of a demo, with a treadle that is packed into it. */
function copy({ name, summary, help, url }, [folder, ...more]) {
  if (!folder || more.length > 0) {
    console.error(`node demos ${name} --copy DIR takes one folder, which is new or empty`);
    process.exitCode = 2;
    return;
  }
  const root = new URL('../', here);
  const path = url.href.slice(root.href.length);
  return import('./support/copy.ts')
    .then(({ copyDemo, pack }) => {
      copyDemo(fileURLToPath(root), { name, summary, help, path }, folder);
      pack(fileURLToPath(root), folder);
      console.log(`${folder} is a project of its own:\n\n  cd ${folder}\n  npm install\n  npm start`);
    })
    .catch((error) => {
      console.error(`${name} cannot be copied: ${error.message}`);
      process.exitCode = 1;
    });
}

// `node demos chain | head -1` closes the pipe early. The reader has seen enough, and that is not an error.
process.stdout.on('error', (error) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

start(process.argv.slice(2));
