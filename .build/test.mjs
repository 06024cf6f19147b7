// The pipeline of `npm test`: format, types, specs with coverage, package, documents, demos. Each stage runs
// whatever the earlier ones said; the last line is `N passed, N failed`.
//
//   node .build/test.mjs              everything
//   node .build/test.mjs kernel sync  only the spec files whose path has one of these words, without coverage
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { check } from './check.mjs';
import { ensure } from './ensure.mjs';
import { files, node, root } from './tools.mjs';

/** What the package promises of its specs, in per cent of lib/. */
const threshold = { lines: 95, branches: 95 };
/** So many spec files at once: three for two cores, because many wait for processes, sockets and timers. */
const WIDTH = 3;
/** For one spec file. */
const limit = 180_000;

const words = process.argv.slice(2);
const coverage = join(root, 'coverage');
let passed = 0;
let failed = 0;

const indent = (text) => text.trimEnd().replace(/^/gm, '      ');

function report(good, bad, seconds, name, details = '') {
  passed += good;
  failed += bad;
  const count = bad ? `${good} passed, ${bad} failed` : `${good}`;
  console.log(`${bad ? 'FAIL' : 'ok  '}  ${name}  (${count}, ${seconds.toFixed(1)} s)`);
  if (details) console.log(indent(details));
}

/** Runs `work` over the items, `width` at a time; the results are told in the order of the items. */
async function pool(items, width, work, tell) {
  const results = items.map(deferred);
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const i = next++;
      results[i].resolve(await work(items[i]));
    }
  };
  const workers = Array.from({ length: width }, worker);
  for (const [i, item] of items.entries()) tell(item, await results[i].promise);
  await Promise.all(workers);
}

function deferred() {
  const it = {};
  it.promise = new Promise((resolve) => (it.resolve = resolve));
  return it;
}

/** A spec file that measures time says so in its name, and gets the machine for itself. */
const timed = (path) => path.endsWith('.timing.spec.ts');

async function specs(title, paths, env = process.env) {
  console.log(`\n${title}`);
  // A stage that has lost its specs is no green stage.
  if (paths.length === 0 && words.length === 0) report(0, 1, 0, 'there are spec files');
  const work = async (path) => {
    const start = performance.now();
    const result = await node([join(root, '.build/spec.mjs'), path], {
      env: { ...env, TREADLE_TALLY: '1', FORCE_COLOR: '0' },
      limit,
      extra: ['pipe'],
    });
    return { ...result, seconds: (performance.now() - start) / 1000 };
  };
  const tell = (path, { code, output, report: text, seconds }) => {
    // No tally: the process was killed, or did not come as far as declaring a spec.
    const tally = text ? JSON.parse(text) : { passed: 0, failed: [], skipped: [], declared: 0 };
    const bad = Math.max(tally.failed.length, code === 0 ? 0 : 1);
    report(tally.passed, bad, seconds, path, bad ? output : '');
    // What a spec wants to be seen when all is well, too: a measured size, say.
    for (const [line] of output.matchAll(/^note: .*$/gm)) console.log(`      ${line}`);
    for (const name of tally.skipped) console.log(`      skipped: ${name}`);
  };
  await pool(
    paths.filter((path) => !timed(path)),
    WIDTH,
    work,
    tell,
  );
  await pool(paths.filter(timed), 1, work, tell);
}

/** The formatter only looks: `npm run format` writes. */
async function format() {
  console.log('\nFormat');
  const start = performance.now();
  const { code, output } = await node([
    join(root, 'node_modules/prettier/bin/prettier.cjs'),
    '--check',
    'lib',
    'spec',
    'demos',
    '.build',
  ]);
  const seconds = (performance.now() - start) / 1000;
  report(
    code === 0 ? 1 : 0,
    code === 0 ? 0 : 1,
    seconds,
    'every source is as the formatter writes it',
    code === 0 ? '' : output,
  );
}

async function types() {
  console.log('\nTypes');
  const start = performance.now();
  for (const { name, code, output } of await check()) {
    const seconds = (performance.now() - start) / 1000;
    report(code === 0 ? 1 : 0, code === 0 ? 0 : 1, seconds, name, code === 0 ? '' : output);
  }
}

/** A file of types alone leaves no code: it is never loaded, and would count as never covered. */
const onlyTypes = (transformSync, path) =>
  transformSync(readFileSync(join(root, path), 'utf8'), { loader: 'ts', minify: true }).code.trim() === '';

async function covered() {
  console.log('\nCoverage of lib/');
  const start = performance.now();
  const { transformSync } = await import('esbuild');
  const left = files('lib', (path) => onlyTypes(transformSync, path)).flatMap((path) => ['--exclude', path]);
  const { code, output } = await node(
    [
      join(root, 'node_modules/c8/bin/c8.js'),
      'report',
      '--temp-directory',
      join(coverage, 'raw'),
      '--reports-dir',
      coverage,
      '--all',
      '--src',
      'lib',
      '--include',
      'lib/**',
      '--extension',
      '.ts',
      ...left,
      '--reporter',
      'text',
      '--reporter',
      'lcov',
      '--check-coverage',
      '--lines',
      threshold.lines,
      '--branches',
      threshold.branches,
      '--functions',
      0,
      '--statements',
      0,
    ].map(String),
  );
  const whole = /^All files\s*\|(.*)$/m.exec(output)?.[1].split('|').map(Number) ?? [];
  const good = code === 0 && whole[1] >= threshold.branches && whole[3] >= threshold.lines;
  const name = `lines ${whole[3]} %, branches ${whole[1]} % (wanted: ${threshold.lines} and ${threshold.branches})`;
  report(good ? 1 : 0, good ? 0 : 1, (performance.now() - start) / 1000, name, output);
}

/** Installs and builds what is missing. A failure of it is one more failure, not the end: the last line must come. */
async function prepared(name, options) {
  try {
    await ensure(options);
    return true;
  } catch (error) {
    report(0, 1, 0, name, error.message);
    return false;
  }
}

const all = files(
  'spec',
  (path) => path.endsWith('.spec.ts') && (words.length === 0 || words.some((word) => path.includes(word))),
);
const outside = /^spec\/(house\/(house|package|docs)|demos\/.*)\.spec\.ts$/;
const of = (pattern) => all.filter((path) => pattern.test(path));

if (await prepared('install and build', { types: false })) {
  if (words.length) {
    if (of(/^spec\/package\./).length) await prepared('declarations');
    await specs('Specs', all);
  } else {
    await format();
    await types();
    rmSync(coverage, { recursive: true, force: true });
    await specs(
      'Specs',
      all.filter((path) => !outside.test(path)),
      { ...process.env, NODE_V8_COVERAGE: join(coverage, 'raw') },
    );
    await covered();
    await prepared('declarations');
    await specs('House and package', of(/^spec\/house\/(house|package)\.spec/));
    await specs('Documents', of(/^spec\/house\/docs\.spec/));
    await specs('Demos', of(/^spec\/demos\//));
  }
}

console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed || passed === 0 ? 1 : 0;
