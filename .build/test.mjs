// The pipeline of `npm test`: format, types, specs with coverage, package, documents, demos, the book, the playground. All
// of them run whatever the others say, a few at the same time; the last line is `N passed, N failed`.
//
//   node .build/test.mjs              everything
//   node .build/test.mjs kernel sync  only the spec files whose path has one of these words, without coverage
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { outdated, said } from './badges.mjs';
import { check } from './check.mjs';
import { ensure } from './ensure.mjs';
import { makePlain } from './plain.mjs';
import { job, pool } from './pool.mjs';
import { groups, isIdle, isTiming, rank, runFiles } from './spec-files.mjs';
import { explained, files, node, patient, root } from './tools.mjs';

/** What the package promises of its specs, in per cent of lib/. */
const threshold = { lines: 95, branches: 95 };
/** At most this many jobs at once: four for two cores, because many wait for processes, sockets and timers. */
const WIDTH = 4;

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

/** Reports a spec file. */
function tell({ path, isGood, seconds, output, ...tally }) {
  const bad = isGood ? 0 : Math.max(tally.failed.length, 1);
  report(tally.passed, bad, seconds, path, bad ? output : '');
  // What a spec wants to be seen when all is well, too: a measured size, say.
  for (const [line] of output.matchAll(/^note: .*$/gm)) console.log(`      ${line}`);
  for (const name of tally.skipped) console.log(`      skipped: ${name}`);
}

/** The job of spec files that share a process. It waits for `after`. */
function specFiles(title, paths, { env = process.env, after } = {}) {
  const make = async () => {
    await after;
    const results = await runFiles(paths, env);
    return () => results.forEach(tell);
  };
  return job(title, make, paths);
}

const longestFirst = (jobs) => [...jobs].sort((a, b) => rank(a.paths) - rank(b.paths));
const largestFirst = (jobs) => [...jobs].sort((a, b) => b.paths.length - a.paths.length);
const alone = ({ paths }) => paths.some(isTiming);

/** A stage that has lost its specs is no green stage. */
const specs = (title, paths, options) =>
  paths.length > 0 || words.length > 0 ?
    groups(paths).map((group) => specFiles(title, group, options))
  : [job(title, () => () => report(0, 1, 0, 'there are spec files'))];

/**
 * The formatter only looks: `npm run format` writes. It remembers what it has found in order, by content, version and
 * options: to look at every file again takes 20 s of the processor.
 */
const format = () =>
  job('Format', async () => {
    const prettier = join(root, 'node_modules/prettier/bin/prettier.cjs');
    const remembering = ['--cache', '--cache-strategy', 'content', '--cache-location', '.cache/prettier'];
    const { code, output } = await node([
      ...patient,
      prettier,
      ...remembering,
      ...['--check', 'lib', 'spec', 'demos', 'docs', '.build'],
    ]);
    const bad = code === 0 ? 0 : 1;
    return (seconds) => report(1 - bad, bad, seconds, 'every source is as the formatter writes it', bad ? output : '');
  });

const types = () =>
  job('Types', async () => {
    const views = await check();
    return (seconds) => {
      for (const { name, code, output, skipped } of views)
        if (skipped) console.log(`      skipped: ${name} (there is no ${skipped})`);
        else report(code === 0 ? 1 : 0, code === 0 ? 0 : 1, seconds, name, code === 0 ? '' : output);
    };
  });

/** What a package needs beside its code. */
const declarations = () =>
  job('Declarations', async () => {
    let error;
    await ensure().catch((caught) => (error = caught));
    return (seconds) => report(error ? 0 : 1, error ? 1 : 0, seconds, 'are made of lib/', error?.message);
  });

/** A file of types alone leaves no code, and one that only hands on leaves none in a chunk: nothing can be covered. */
function hasCode(transformSync, path) {
  const { code } = transformSync(readFileSync(join(root, path), 'utf8'), { loader: 'ts', minify: true });
  return code.replace(/(?:import|export)(?:[^;"]*from)?"[^"]*";/g, '').trim() !== '';
}

const isOnPath = (program) =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => folder && existsSync(join(folder, program)));

/** What runs only beside something that not everybody installs, and whether that is there. */
const needy = {
  'lib/eslint/': existsSync(join(root, 'spec/eslint/peers/node_modules/eslint')),
  'lib/distributed/':
    existsSync(join(root, 'demos/programs/machines/redis/node_modules/bullmq')) && isOnPath('redis-server'),
};
const left = Object.keys(needy).filter((folder) => !needy[folder]);
const isMeasured = (path) => !left.some((folder) => path.startsWith(folder));

/** What a whole run has measured, for the badges of README.md. */
const measures = {};

/** Looks at what the specs have covered. It waits for their end. */
const covered = (measured) =>
  job('Coverage of lib/', async () => {
    await Promise.all(measured.map(({ over }) => over));
    const { transformSync } = await import('esbuild');
    const { code, output } = await node(
      [
        ...patient,
        join(root, 'node_modules/c8/bin/c8.js'),
        'report',
        '--temp-directory',
        join(coverage, 'raw'),
        '--reports-dir',
        coverage,
        // What ran is the plain JavaScript (plain-lib.mjs). The report names the sources, by its source maps.
        '--include',
        '.cache/plain/lib/chunk-*',
        // Without one, c8 leaves out what it thinks are tests. The chunk of nothing is a word of esbuild's.
        ...['nothing', ...left.map((folder) => folder.split('/')[1])].flatMap((name) => [
          '--exclude',
          `.cache/plain/lib/chunk-${name}-*`,
        ]),
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
    Object.assign(measures, { lines: whole[3], branches: whole[1] });
    const lcov = join(coverage, 'lcov.info');
    const seen = existsSync(lcov) ? readFileSync(lcov, 'utf8').replaceAll('\\', '/') : '';
    const isLost = (path) => isMeasured(path) && !seen.includes(`SF:${path}\n`) && hasCode(transformSync, path);
    const lost = files('lib', isLost);
    const good = code === 0 && whole[1] >= threshold.branches && whole[3] >= threshold.lines && lost.length === 0;
    const name = `lines ${whole[3]} %, branches ${whole[1]} % (wanted: ${threshold.lines} and ${threshold.branches})`;
    return (seconds) =>
      report(
        good ? 1 : 0,
        good ? 0 : 1,
        seconds,
        name,
        [output, ...lost.map((path) => `never loaded: ${path}`)].join('\n'),
      );
  });

/** Compares what README.md says of the specs with what this run has measured. */
const badges = () =>
  job('Badges', () => {
    const now = { passed, ...measures };
    writeFileSync(join(coverage, 'measured.json'), `${JSON.stringify(now)}\n`);
    const wrong = outdated(said(), now);
    return (seconds) =>
      report(wrong.length ? 0 : 1, wrong.length ? 1 : 0, seconds, 'say what was measured', wrong.join('\n'));
  });

/** Installs and builds what is missing. A failure of it is one more failure, not the end: the last line must come. */
async function prepared(name, work) {
  try {
    await work();
    return true;
  } catch (error) {
    report(0, 1, 0, name, explained(error).message);
    return false;
  }
}

const all = files(
  'spec',
  (path) => path.endsWith('.spec.ts') && (words.length === 0 || words.some((word) => path.includes(word))),
);
const outside =
  /^spec\/(house\/(house|package|environments|release|spec-files|docs)|(demos|book|playground)\/.*)\.spec\.ts$/;
/**
 * To measure takes these a fifth more. They start many hosts and workers, or run thousands of programs, and what they run
 * of lib/, other specs measure: of 4,900 lines and branches of lib/workers/ that the specs of that folder run, these
 * alone run 15.
 */
const unmeasured =
  /^spec\/(distributed\/(deaths|drain|keep|leaving|locks|network|orphans|promises|soak|wiped)|workers\/(arrivals|idle|naming|output|programs|thousand)|fuzz\/.*|kernel\/depth)\.spec\.ts$/;
const of = (pattern) => all.filter((path) => pattern.test(path));

/** Everything, or the specs that were asked for. */
async function main() {
  if (words.length) {
    if (of(/^spec\/house\/(package|environments)\./).length) await prepared('declarations', ensure);
    const jobs = specs('Specs', all);
    const [quiet, others] = [jobs.filter(alone), jobs.filter((one) => !alone(one))];
    await pool(quiet, quiet, 1);
    return pool(others, longestFirst(others), WIDTH);
  }
  rmSync(coverage, { recursive: true, force: true });
  const measured = specs(
    'Specs',
    all.filter((path) => !outside.test(path) && !unmeasured.test(path)),
    { env: { ...process.env, NODE_V8_COVERAGE: join(coverage, 'raw') } },
  );
  const [quiet, first] = [measured.filter(alone), measured.filter((one) => !alone(one))];
  await pool(quiet, quiet, 1);
  const checks = [format(), types()];
  const made = declarations();
  const coverageOf = covered(measured);
  const then = [
    ...specs('House and package', of(/^spec\/house\/(house|package|environments|release|spec-files)\.spec/), {
      after: made.over,
    }),
    ...specs('Workers and machines that are killed, and random programs', of(unmeasured)),
    ...specs('Documents', of(/^spec\/house\/docs\.spec/)),
    ...specs('Demos', of(/^spec\/demos\//)),
    ...specs('The book', of(/^spec\/book\//)),
    ...specs('The playground', of(/^spec\/playground\//)),
  ];
  await pool(
    [...checks, ...first, coverageOf, made, ...then],
    // The declarations first: a job that waits for them, or for anything else, keeps its place in the pool meanwhile.
    // The coverage is looked at beside specs that are not measured.
    [made, ...longestFirst([...checks, ...largestFirst(first), coverageOf, ...largestFirst(then)])],
    WIDTH,
    ({ paths }) => isIdle(paths),
  );
  const last = [badges()];
  await pool(last, last, 1);
}

const codeBuilt = await prepared('install and build', () => ensure({ types: false }));
// Node reads the certificates of this file whenever it starts: 45 ms of the processor each time. Specs talk to servers
// of this machine. One that asks npm's registry gives it the file (spec/support/runners.ts).
const { NODE_EXTRA_CA_CERTS: certificates } = process.env;
if (certificates) Object.assign(process.env, { TREADLE_CA_CERTS: certificates });
delete process.env.NODE_EXTRA_CA_CERTS;
const plain = codeBuilt && (await prepared('plain sources', makePlain));
if (plain) await main();

console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed || passed === 0 ? 1 : 0;
