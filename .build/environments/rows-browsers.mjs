// Real browsers: in a bundle and file by file, with debug mode, errors in callbacks, and frames beside a busy program.
import { cpSync } from 'node:fs';
import { browser, open } from './browser.mjs';
import { DONE, page as program } from './programs.mjs';

/** Below this a page looks stuck. A browser at rest shows 60. */
const FRAMES = 30;

/** What a page finds out about its browser, in words. */
const looks = `
import 'treadle/debug';
import { EventLoop, run, sleep, yieldNow } from 'treadle';

const found = {};

/** An error in a callback of the loop is an \`error\` event of the window. */
async function callbackErrors() {
  const seen = new Promise((resolve) => {
    const heard = (event) => (event.preventDefault(), resolve(String(event.error)));
    addEventListener('error', heard, { once: true });
  });
  const loop = new EventLoop();
  loop.callSoon(() => { throw new Error('in a callback'); });
  loop.callLater(5, () => loop.stop());
  loop.runForever();
  return Promise.race([seen, new Promise((resolve) => setTimeout(resolve, 500, 'no error event'))]);
}

/** Debug mode says what was forgotten. */
async function debugMode() {
  const said = [];
  await run((function* () { sleep(7); yield* sleep(1); })(), { debug: (warning) => said.push(warning) });
  return said.find((line) => line.startsWith('sleep(7)'))?.split(',')[0] ?? 'no warning';
}

/** Frames in a second beside a task that never sleeps. */
async function frames() {
  let count = 0;
  let over = false;
  const frame = () => (count++, over || requestAnimationFrame(frame));
  requestAnimationFrame(frame);
  await run((function* () {
    for (const end = performance.now() + 2_000; performance.now() < end; ) yield* yieldNow();
  })());
  over = true;
  return count / 2;
}

found.error = await callbackErrors();
found.debug = await debugMode();
found.frames = await frames();
await fetch('/report', { method: 'POST', body: JSON.stringify(found) });
`;

/** What the files of the package need when a page loads them one by one. */
const imports = Object.entries({
  treadle: 'index.js',
  'treadle/debug': 'debug/index.js',
  '#host': 'host/browser.js',
}).map(([name, path]) => `"${name}": "./treadle/${path}"`);

const html = (head) => `<!doctype html><meta charset="utf-8">${head}\n`;

const forms = {
  'in a bundle': {
    packages: { esbuild: '0.28.2' },
    async prepare(project, name) {
      const program = project.program(`@esbuild/${process.platform}-${process.arch}/bin/esbuild`);
      await project.ok(program, [`${name}.js`, '--bundle', '--format=esm', '--outdir=page']);
      project.write(`page/${name}.html`, html(`<script type="module" src="${name}.js"></script>`));
    },
  },
  'file by file, with an import map': {
    packages: {},
    async prepare(project, name) {
      cpSync(project.path('node_modules/treadle/dist'), project.path('page/treadle'), { recursive: true });
      cpSync(project.path(`${name}.js`), project.path(`page/${name}.js`));
      const map = `<script type="importmap">{ "imports": { ${imports.join(', ')} } }</script>`;
      project.write(`page/${name}.html`, html(`${map}<script type="module" src="${name}.js"></script>`));
    },
  },
};

const titles = { chromium: 'Chromium', firefox: 'Firefox' };

/** The version is that of the machine, if it has one. */
function versionOf(name) {
  try {
    return browser(name).version;
  } catch {
    return '';
  }
}

export const rows = Object.keys(titles).flatMap((name) =>
  Object.entries(forms).map(([form, { packages, prepare }]) => ({
    name: `${titles[name]}, ${form}`,
    version: versionOf(name),
    packages,
    async check(project) {
      browser(name);
      project.write('program.js', program);
      project.write('looks.js', looks);
      await prepare(project, 'program');
      await prepare(project, 'looks');
      const said = await open(name, project.path('page'), 'program.html');
      if (said !== DONE) throw new Error(said);
      const { error, debug, frames } = JSON.parse(await open(name, project.path('page'), 'looks.html'));
      if (error !== 'Error: in a callback') throw new Error(`an error in a callback: ${error}`);
      if (debug !== 'sleep(7) was made and never yielded') throw new Error(`debug mode: ${debug}`);
      if (frames < FRAMES) throw new Error(`${frames} frames a second beside a busy task, ${FRAMES} are wanted`);
      const painted = `${Math.round(frames)} frames a second beside a busy task`;
      return `debug mode; an error in a callback is an \`error\` event; ${painted}`;
    },
  })),
);
