// Bundlers, with as little configuration as they allow. What they make is opened in a real Chromium.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { open } from './browser.mjs';
import { DONE, page } from './programs.mjs';

const html = (script) =>
  `<!doctype html><meta charset="utf-8"><div id="app"></div><script type="module" src="${script}"></script>\n`;

/** All scripts of a folder as one text. */
function scripts(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => /\.m?js$/.test(name))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');
}

/** What a bundle weighs, its first file: what is loaded later, such as a chunk for debug mode, does not count. */
function sizeOf(project, folder) {
  const { size } = readdirSync(project.path(folder), { recursive: true })
    .filter((name) => /\.m?js$/.test(name))
    .map((name) => statSync(project.path(folder, name)))
    .sort((a, b) => b.size - a.size)[0];
  return `${(size / 1000).toFixed(1)} kB`;
}

/** Nothing that only Node has was taken along. */
export function nothingOfNode(text, parts = /beforeExit|TREADLE_DEBUG|async_hooks/) {
  const found = parts.exec(text)?.[0];
  if (found !== undefined) throw new Error(`the bundle has parts for Node in it: ${found}`);
}

/** The page works in Chromium. */
async function works(project, folder) {
  const said = await open('chromium', project.path(folder));
  if (said !== DONE) throw new Error(said);
}

/** Opens the bundle in Chromium, and gives what it weighs. */
async function inChromium(project, folder, parts) {
  nothingOfNode(scripts(project.path(folder)), parts);
  await works(project, folder);
  return sizeOf(project, folder);
}

const rollupConfig = (options) => `
import { nodeResolve } from '@rollup/plugin-node-resolve';
export default { input: 'main.js', output: { file: 'out/main.js', format: 'es' }, plugins: [nodeResolve(${options})] };
`;

const rollup = (name, options, { parts, remark = '' } = {}) => ({
  name,
  version: '4.68.8',
  packages: { rollup: '4.68.8', '@rollup/plugin-node-resolve': '16.0.3' },
  async check(project) {
    project.write('main.js', page);
    project.write('rollup.config.js', rollupConfig(options));
    await project.ok(process.execPath, [project.program('rollup/dist/bin/rollup'), '-c', '--silent']);
    project.write('out/index.html', html('main.js'));
    return `${await inChromium(project, 'out', parts)}, not minified${remark}`;
  },
});

const parcel = (name, { manifest, source, check }) => ({
  name,
  version: '2.16.4',
  packages: { parcel: '2.16.4' },
  manifest,
  async check(project) {
    project.write('main.js', source);
    project.write('index.html', html('main.js'));
    const args = [
      project.program('parcel/lib/bin.js'),
      'build',
      'index.html',
      '--no-source-maps',
      '--public-url',
      './',
    ];
    await project.ok(process.execPath, args, { env: { PARCEL_WORKERS: '0' } });
    return check(project);
  },
});

const react = `
import { StrictMode, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { run, sleep } from 'treadle';

const counts = { mounted: 0, begun: 0, cleanedUp: 0 };
function* load(show) {
  counts.begun++;
  try {
    yield* sleep(20);
    show('loaded');
    yield* sleep(60_000);
  } finally {
    yield* sleep(1);
    counts.cleanedUp++;
  }
}

let last;
function App() {
  const [text, show] = useState('');
  useEffect(() => {
    counts.mounted++;
    const task = (last = run(load(show)));
    task.catch(() => {});
    return () => void task.cancel('unmounted');
  }, []);
  useEffect(() => {
    if (text === 'loaded') setTimeout(leave);
  }, [text]);
  return <p>{text}</p>;
}

const root = createRoot(document.getElementById('app'));
root.render(<StrictMode><App /></StrictMode>);

function leave() {
  root.unmount();
  last.finally(() => fetch('/report', { method: 'POST', body: JSON.stringify(counts) })).catch(() => {});
}
`;

export const rows = [
  {
    name: 'esbuild',
    version: '0.28.2',
    packages: { esbuild: '0.28.2' },
    async check(project) {
      project.write('main.js', page);
      const program = project.program(`@esbuild/${process.platform}-${process.arch}/bin/esbuild`);
      await project.ok(program, ['main.js', '--bundle', '--format=esm', '--minify', '--outdir=out']);
      project.write('out/index.html', html('main.js'));
      return `${await inChromium(project, 'out')} minified`;
    },
  },
  rollup('rollup, `browser: true`', '{ browser: true }'),
  rollup('rollup, as it comes', '', {
    parts: /TREADLE_DEBUG|import\(/, // nothing that is loaded later, as the bundle is one file
    remark: ", with what Node needs to tell deadlocks. For Node, `exportConditions: ['node']`",
  }),
  {
    name: 'webpack',
    version: '5.112.2',
    packages: { webpack: '5.112.2', 'webpack-cli': '7.3.1' },
    async check(project) {
      project.write('src/index.js', page);
      await project.ok(process.execPath, [project.program('webpack/bin/webpack.js'), '--mode', 'production']);
      project.write('dist/index.html', html('main.js'));
      return `${await inChromium(project, 'dist')} minified`;
    },
  },
  {
    name: 'Vite, React 19 in StrictMode',
    version: '8.3.8',
    packages: { vite: '8.3.8', '@vitejs/plugin-react': '6.3.0', react: '19.3.1', 'react-dom': '19.3.1' },
    async check(project) {
      project.write('main.jsx', react);
      project.write('index.html', html('/main.jsx'));
      project.write(
        'vite.config.js',
        // StrictMode mounts twice only in React's development build.
        `import react from '@vitejs/plugin-react';
export default { plugins: [react()], mode: 'development', build: { minify: false } };\n`,
      );
      const vite = [project.program('vite/bin/vite.js'), 'build', '--mode', 'development', '--logLevel', 'warn'];
      await project.ok(process.execPath, vite, { env: { NODE_ENV: 'development' } });
      nothingOfNode(scripts(project.path('dist')));
      const said = await open('chromium', project.path('dist'));
      // Mounted, unmounted, mounted again: the first task was cancelled before its first step.
      if (said !== '{"mounted":2,"begun":1,"cleanedUp":1}') throw new Error(said);
      return 'what is unmounted is cancelled, and cleans up';
    },
  },
  parcel('Parcel, as it comes', {
    source: page,
    async check(project) {
      await works(project, 'dist');
      return `${sizeOf(project, 'dist')} minified. It takes \`main\`, which is the form for Node`;
    },
  }),
  parcel('Parcel, `packageExports: true`', {
    manifest: { '@parcel/resolver-default': { packageExports: true } },
    source: `import { Recorder } from 'treadle/tracing';\nnew Recorder();\n${page}`,
    async check(project) {
      return `${await inChromium(project, 'dist')} minified, with an entry beside the main one`;
    },
  }),
];
