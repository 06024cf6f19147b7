// Runtimes other than Node. Their programs come from the registry, in packages for each system.
import { readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { spawn } from 'node:child_process';
import { DONE, entries, esm, jobs, pools } from './programs.mjs';

const versions = { deno: '2.9.6', bun: '1.4.5', workerd: '1.20261117.1', esbuild: '0.28.2' };
const extension = process.platform === 'win32' ? '.exe' : '';

/** The program in one of the packages of a scope, which has one for each system. */
function ofScope(project, scope, path) {
  const names = readdirSync(project.path('node_modules', scope)).sort();
  return project.program(...names.map((name) => `${scope}/${name}/${path}${extension}`));
}

const deno = (project) => ofScope(project, '@deno', 'deno');
const bun = (project) => ofScope(project, '@oven', 'bin/bun');

const worker = `
import { all, run, sleep, timeout } from 'treadle';
export default {
  async fetch(request) {
    const after = function* (ms, value) {
      yield* sleep(ms);
      return value;
    };
    const [a, b] = await run(timeout(5_000, all([after(5, 0), after(1, 1)])));
    return new Response('answered ' + a + b);
  },
};
`;

const config = (port) => `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (
    modules = [(name = "worker.js", esModule = embed "out/worker.js")],
    compatibilityDate = "2026-01-01",
  ))],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
`;

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** Asks the server until it answers, or is gone. */
async function answerOf(port, ended, limit = 30_000) {
  for (const end = Date.now() + limit; Date.now() < end && !ended();) {
    try {
      return await (await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(10_000) })).text();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  throw new Error('no answer');
}

export const rows = [
  {
    name: 'Deno, no permissions',
    version: versions.deno,
    packages: { deno: versions.deno },
    async check(project) {
      project.write('main.js', esm);
      project.write('entries.js', entries);
      const args = ['run', '--no-prompt', '--cached-only', '--node-modules-dir=manual'];
      await project.says(DONE, deno(project), [...args, 'main.js'], { env: quiet });
      await project.says('all entries', deno(project), [...args, 'entries.js'], { env: quiet });
      return 'with all entries; debug mode is asked for by the option `debug`';
    },
  },
  {
    name: 'Deno, `-A`, pools of threads',
    version: versions.deno,
    packages: { deno: versions.deno },
    check: (project) =>
      poolsIn(project, deno(project), ['run', '-A', '--cached-only', '--node-modules-dir=manual'], 'thread'),
  },
  {
    name: 'Deno, `-A`, pools of processes',
    version: versions.deno,
    packages: { deno: versions.deno },
    check: (project) =>
      poolsIn(project, deno(project), ['run', '-A', '--cached-only', '--node-modules-dir=manual'], 'process'),
  },
  {
    name: 'Bun',
    version: versions.bun,
    packages: { bun: versions.bun },
    async check(project) {
      project.write('main.js', esm);
      project.write('entries.js', entries);
      await project.says(DONE, bun(project), ['main.js']);
      await project.says('all entries', bun(project), ['entries.js']);
      return 'with all entries';
    },
  },
  {
    name: 'Bun, pools of threads',
    version: versions.bun,
    packages: { bun: versions.bun },
    check: (project) => poolsIn(project, bun(project), [], 'thread'),
  },
  {
    name: 'Bun, pools of processes',
    version: versions.bun,
    packages: { bun: versions.bun },
    check: (project) => poolsIn(project, bun(project), [], 'process'),
  },
  {
    name: 'workerd',
    version: versions.workerd,
    packages: { workerd: versions.workerd, esbuild: versions.esbuild },
    async check(project) {
      project.write('worker.js', worker);
      const port = await freePort();
      project.write('config.capnp', config(port));
      // As wrangler bundles it.
      await project.ok(project.program(`@esbuild/${process.platform}-${process.arch}/bin/esbuild`), [
        ...['worker.js', '--bundle', '--format=esm', '--outdir=out', '--conditions=workerd,worker,browser'],
      ]);
      const program = ofScope(project, '@cloudflare', 'bin/workerd');
      const child = spawn(program, ['serve', 'config.capnp'], {
        cwd: project.folder,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let log = '';
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text) => void (log += text));
      child.on('error', (error) => void (log += error.message));
      try {
        const answer = await answerOf(port, () => child.exitCode !== null || child.pid === undefined).catch((error) => {
          throw new Error(`${error.message}\n${log}`);
        });
        if (answer !== 'answered 01') throw new Error(`${answer}\n${log}`);
      } finally {
        child.kill('SIGKILL');
      }
      return 'a loop for each request, bundled by esbuild as wrangler does';
    },
  },
];

/** Deno asks for newer versions of itself. */
const quiet = { DENO_NO_UPDATE_CHECK: '1' };

async function poolsIn(project, program, args, kind) {
  project.write('pools.js', pools(kind));
  project.write('jobs.js', jobs);
  await project.says(`${kind} [ 4, 9 ]`, program, [...args, 'pools.js'], { env: quiet, limit: 30_000 });
  return '';
}
