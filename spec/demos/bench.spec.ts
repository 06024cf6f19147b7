// `node demos bench`: the arithmetic of its report, what it does with a child that fails, and one quick run of all
// workloads, whose figures mean nothing. None of the peers needs to be installed.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { run } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { buildClone, otherClone, revisionOf } from '../../demos/bench/before.ts';
import { BadInput, read } from '../../demos/bench/options.ts';
import { figureOf, json, median, mediansOf, verdicts } from '../../demos/bench/report.ts';
import type { Measured, Rounds } from '../../demos/bench/report.ts';
import { compile, measure, orderOf } from '../../demos/bench/rounds.ts';
import { comparison, goalTable, table } from '../../demos/bench/table.ts';
import { withBefore } from '../../demos/bench/variants.ts';
import type { Workload } from '../../demos/bench/workload.ts';
import { workloads } from '../../demos/bench/workloads/index.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'treadle-bench-'));

const variant = () => Promise.resolve(() => {});
const workload: Workload = {
  id: 'made-up',
  title: 'a made-up one',
  n: 1_000,
  variants: { treadle: variant, native: variant, co: variant },
  goals: [
    { variant: 'treadle', to: 'native', limit: 0.6 },
    { variant: 'treadle', limit: 5 },
    { variant: 'treadle', to: 'co', limit: 2 },
  ],
};
const took = (treadle: number, native: number) => ({
  treadle: { figures: { time: treadle } },
  native: { figures: { time: native } },
  co: { error: 'it overflowed' },
});
/** In the second round the machine was four times slower. */
const rounds: Rounds = [took(10, 20), took(40, 80), took(12, 20)];
const measured: Measured = { workload, rounds };

const report = suite('the report of the benchmark');

report('takes a ratio within each round, and then the median', () => {
  assert.equal(figureOf(rounds, 'time', 'treadle', 'native'), { median: 0.5, min: 0.5, max: 0.6 });
  assert.equal(figureOf(rounds, 'time', 'treadle'), { median: 12, min: 10, max: 40 });
  assert.equal(figureOf([took(10, 20), took(40, 20), took(12, 100)], 'time', 'treadle', 'native')?.median, 0.5); // the medians' ratio is 0.6
});

report('the median of an even number of values is between the two in the middle', () => {
  assert.is(median([4, 1, 3, 100]), 3.5);
  assert.is(median([7]), 7);
});

report('a figure that a sample does not have, or has as null, is left out', () => {
  assert.equal(
    mediansOf([
      { a: 1, b: null as never },
      { a: 3, b: 5 },
      { a: 2, c: null as never },
    ]),
    { a: 2, b: 5 },
  );
  assert.is(figureOf(rounds, 'time', 'co'), undefined);
  assert.is(figureOf(rounds, 'time', 'treadle', 'co'), undefined);
});

report('says which goals are met, which are missed and which were not measured', () => {
  assert.equal(
    verdicts(measured).map(({ met }) => met),
    [true, false, undefined],
  );
  const lines = goalTable([measured]).split('\n');
  assert.match(lines[0]!, /treadle \/ native +0\.50 +0\.50\.\.0\.60 +at most 0\.60 +met$/);
  assert.match(lines[1]!, /treadle +12\.0 ns +10\.0\.\.40\.0 +at most 5\.00 ns +missed$/);
  assert.match(lines[2]!, /not measured$/);
  const atLeast = { ...measured, workload: { ...workload, goals: [{ variant: 'treadle', limit: 11, atLeast: true }] } };
  assert.equal(
    verdicts(atLeast).map(({ met }) => met),
    [true],
  );
});

report('is 120 columns wide, and says "failed" where there is nothing to say', () => {
  const [head = '', row = ''] = table([measured]).split('\n');
  assert.is(head.length, 120);
  assert.is(row.length, 120);
  assert.match(row, /^a made-up one +20\.0 ns +12\.0 ns +0\.50 +failed +±10%$/);
});

report(
  'beside the state before has a row for each variant of treadle, and marks what differs by more than the noise',
  () => {
    const variants = { ...workload.variants, 'treadle bare': variant };
    const beside = withBefore({ ...workload, variants });
    const round = (before: number, treadle: number, bare: number) => ({
      before: { figures: { time: before } },
      treadle: { figures: { time: treadle } },
      'before bare': { figures: { time: 100 } },
      'treadle bare': { figures: { time: bare } },
      native: { figures: { time: 20 } },
    });
    const slower = { workload: beside, rounds: [round(10, 12, 100), round(40, 50, 110), round(20, 26, 93)] };
    const [head = '', row = '', bare = '', ...rest] = comparison([slower]).split('\n');
    assert.match(head, /^ +before +treadle +native +\/ before +rounds +noise +\/ native: before +now$/);
    assert.match(row, /^a made-up one +20\.0 ns +26\.0 ns +20\.0 ns +1\.25 +1\.20\.\.1\.30 +±4% +worse +1\.00 +1\.30$/);
    assert.match(bare, /^a made-up one, bare +100 ns +100 ns +20\.0 ns +1\.00 +0\.93\.\.1\.10 +±9% +5\.00 +5\.00$/);
    assert.equal(rest, []);
    const faster = { ...slower, rounds: [round(12, 10, 1), round(50, 40, 1)] };
    assert.match(comparison([faster]), /^a made-up one .* 0\.82 +0\.80\.\.0\.83 +±2% +better /m);
    const moreIsBetter = {
      ...beside,
      figures: { time: 'ns' },
      goals: [{ variant: 'treadle', figure: 'time', limit: 1, atLeast: true }],
    };
    assert.match(comparison([{ ...slower, workload: moreIsBetter }]), /^a made-up one .* 1\.25 .* better/m);
    assert.match(
      comparison([{ ...slower, rounds: [round(10, 20, 1)] }]),
      /^a made-up one +10\.0 ns +20\.0 ns +20\.0 ns +2\.00 +0\.50 +1\.00$/m,
    );
  },
);

report('beside the state before says what failed', () => {
  const failing = { before: { error: 'no such export' }, treadle: { figures: { time: 3 } } };
  const lines = comparison([{ workload: withBefore(workload), rounds: [failing] }]).split('\n');
  assert.match(lines[1]!, /^a made-up one +failed +3\.00 ns +-$/);
});

report('as JSON has every sample and every ratio', () => {
  const [entry] = (JSON.parse(json({ node: 'v1' }, [measured])) as { workloads: any[] }).workloads;
  assert.equal(entry.figures[0].variants.treadle.toNative, { median: 0.5, min: 0.5, max: 0.6 });
  assert.equal(entry.rounds, JSON.parse(JSON.stringify(rounds)));
});

report.run();

const rows = suite('the rounds of the benchmark');

// In place of the real one: does what the name of the variant says.
const child = join(folder, 'child.mjs');
writeFileSync(
  child,
  `
const [id, variant, sizes] = process.argv.slice(2);
if (variant === 'throws') console.log('noise\\n' + JSON.stringify({ error: 'Error: a bad day' }));
else if (variant === 'crashes') { console.error('some words\\nRangeError: Maximum call stack size exceeded'); process.exitCode = 7; }
else if (variant === 'silent') process.exitCode = 3;
else if (variant === 'hangs') setInterval(() => {}, 1_000);
else console.log('noise\\n' + JSON.stringify({ samples: [{ time: 3 }, { time: 1 }, { time: 2 }] }));
`,
);

rows('report a variant that throws, crashes, hangs or says nothing, go on, and do not try it again', async () => {
  const variants = Object.fromEntries(['good', 'throws', 'crashes', 'silent', 'hangs'].map((name) => [name, variant]));
  const started: string[] = [];
  const progress = (_done: number, of: number, round: number, _workload: Workload, name: string) => {
    assert.is(of, 10);
    started.push(`${round} ${name}`);
  };
  const [result] = await run(
    measure(child, { workloads: [{ ...workload, variants, timeoutMs: 1_000 }], rounds: 2, quick: false, progress }),
  );
  const [first = {}, second = {}] = result!.rounds;
  assert.equal(first.good!.figures, { time: 2 });
  assert.is(first.throws!.error, 'Error: a bad day');
  assert.is(first.crashes!.error, 'RangeError: Maximum call stack size exceeded');
  assert.is(first.silent!.error, 'it ended with 3');
  assert.is(first.hangs!.error, '> 1 s');
  assert.is(second.hangs!.error, '> 1 s');
  assert.is(second.hangs!.seconds, undefined, 'it was tried again');
  assert.equal(started.slice(0, 5), ['0 good', '0 throws', '0 crashes', '0 silent', '0 hangs']);
  assert.equal(
    started.slice(5),
    ['1 throws', '1 crashes', '1 silent', '1 hangs', '1 good'],
    'another order in each round',
  );
});

rows('measure the built package and the peers as they are installed: nothing of them is bundled', async () => {
  const { child: compiled, remove } = await compile();
  try {
    const text = readFileSync(compiled, 'utf8');
    assert.match(text, /import\("treadle"\)/);
    assert.match(text, /import\("co"\)/);
    assert.not.match(text, /^\/\/ (\.\.\/)*lib\//m, 'esbuild names the files that it bundles');
    assert.match(text, /^\/\/ (\.\.\/)*demos\/bench\/child\.ts$/m);
    const probe = join(compiled, '../probe.js');
    writeFileSync(probe, "console.log(import.meta.resolve('treadle'))");
    const where = await new Promise<string>((resolve) => {
      execFile(process.execPath, [probe], (_error, stdout) => resolve(stdout.trim()));
    });
    assert.is(where, pathToFileURL(join(root, 'dist/node/index.js')).href);
  } finally {
    remove();
  }
});

rows('run the state before right beside its counterpart, in turns first, and in its own process', async () => {
  const variants = ['before', 'treadle', 'before bare', 'treadle bare', 'native'];
  assert.equal(orderOf(variants, 0), variants);
  assert.equal(orderOf(variants, 1), ['treadle bare', 'before bare', 'native', 'treadle', 'before']);
  assert.equal(orderOf(variants, 2), ['native', 'before', 'treadle', 'before bare', 'treadle bare']);

  const echo = (figure: string) => {
    const file = join(folder, `${figure}.mjs`);
    const code = `console.log(JSON.stringify({ samples: [{ ${figure}: process.argv[3] === 'treadle' ? 1 : 2 }] }));`;
    writeFileSync(file, code);
    return file;
  };
  const [result] = await run(
    measure(echo('now'), {
      workloads: [withBefore(workload)],
      childBefore: echo('then'),
      rounds: 1,
      quick: false,
      progress: () => {},
    }),
  );
  const [round = {}] = result!.rounds;
  assert.equal(round.treadle!.figures, { now: 1 });
  assert.equal(round.before!.figures, { then: 1 });
  assert.equal(round.native!.figures, { now: 2 });
});

rows('measure the state before as its own clone has built it', async () => {
  const clone = join(folder, 'clone');
  mkdirSync(join(clone, '.build'), { recursive: true });
  const manifest = { name: 'treadle', version: '0.0.1', type: 'module', exports: './built.js' };
  writeFileSync(join(clone, 'package.json'), JSON.stringify(manifest));
  writeFileSync(
    join(clone, '.build', 'ensure.mjs'),
    "import { writeFileSync } from 'node:fs'; writeFileSync('built.js', '');",
  );
  assert.is(otherClone(clone), clone);
  buildClone(clone);
  assert.ok(existsSync(join(clone, 'built.js')));
  assert.is(revisionOf(clone), 'unknown');
  const { child: compiled, remove } = await compile(undefined, clone);
  try {
    const probe = join(compiled, '../probe.js');
    writeFileSync(probe, "console.log(import.meta.resolve('treadle'))");
    const where = await new Promise<string>((resolve) => {
      execFile(process.execPath, [probe], (_error, stdout) => resolve(stdout.trim()));
    });
    assert.is(where, pathToFileURL(join(clone, 'built.js')).href);
  } finally {
    remove();
  }
  writeFileSync(join(clone, '.build', 'ensure.mjs'), 'process.exitCode = 1;');
  assert.throws(
    () => buildClone(clone),
    (error: unknown) => error instanceof BadInput,
  );
  assert.throws(
    () => otherClone(folder),
    (error: unknown) => error instanceof BadInput && error.message.includes(folder),
  );
});

rows.run();

const peers = suite('the peers of the benchmark');

peers('are pinned to one version each, locked without addresses, and unknown to the root', () => {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'demos/bench/package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const lock = readFileSync(join(root, 'demos/bench/package-lock.json'), 'utf8');
  assert.not.match(lock, /"resolved"/);
  const { packages } = JSON.parse(lock) as { packages: Record<string, { version?: string }> };
  for (const [name, version] of Object.entries(dependencies))
    assert.is(packages[`node_modules/${name}`]?.version, version, name);
  const manifest = readFileSync(join(root, 'package.json'), 'utf8');
  assert.equal(
    Object.keys(dependencies).filter((name) => manifest.includes(`"${name}"`)),
    [],
  );
});

peers.run();

const options = suite('the options of the benchmark');

options('choose workloads by words and variants by peer, and native always', () => {
  const all = [workload, { ...workload, id: 'other', variants: { 'treadle bare': variant, native: variant } }];
  assert.equal(
    read(['--only', 'oth'], all).workloads.map(({ id }) => id),
    ['other'],
  );
  const { workloads: chosen, needsPeers } = read(['--peers', 'treadle'], all);
  assert.equal(
    chosen.map(({ variants }) => Object.keys(variants)),
    [
      ['treadle', 'native'],
      ['treadle bare', 'native'],
    ],
  );
  assert.not(needsPeers);
  assert.ok(read(['--peers', 'co'], all).needsPeers);
  assert.equal(read(['--quick'], all).rounds, 1);
});

options('choose variants by the heads of their columns, and leave the peers out beside a state before', () => {
  const bare = { ...workload, id: 'other', variants: { ...workload.variants, 'treadle bare': variant } };
  const chosen = (...argv: string[]) =>
    read(argv, [bare]).workloads.map(({ variants }) => Object.keys(variants).join(', '));
  assert.equal(chosen('--variants', 'bare'), ['native, treadle bare']);
  assert.equal(chosen('--variants', 'treadle,co'), ['treadle, native, co']);
  assert.equal(chosen('--before', 'somewhere'), ['treadle, native, treadle bare']);
  assert.equal(chosen('--before', 'somewhere', '--variants', 'treadle,co'), ['treadle, native, co']);
  assert.is(read(['--before', 'somewhere'], [bare]).before, 'somewhere');
  assert.not(read(['--before', 'somewhere'], [bare]).needsPeers);
  assert.ok(read(['--before', 'somewhere', '--variants', 'treadle,co'], [bare]).needsPeers);
});

options('that make no sense are refused in one line', () => {
  for (const argv of [
    ['--rounds', '0'],
    ['--rounds', 'x'],
    ['--peers', 'rxjs'],
    ['--variants', 'naked'],
    ['--before', 'somewhere', '--peers', 'co'],
    ['--only', 'zz'],
    ['--nonsense'],
    ['stray'],
  ]) {
    assert.throws(
      () => read(argv, [workload]),
      (error: unknown) => error instanceof BadInput && !error.message.includes('\n'),
      argv.join(' '),
    );
  }
});

options.run();

const quick = suite('node demos bench --quick');

quick('runs every workload with treadle and native, without the peers, and writes JSON', async () => {
  const file = join(folder, 'bench.json');
  const { error, out } = await new Promise<{ error: unknown; out: string }>((resolve) => {
    execFile(
      process.execPath,
      ['demos', 'bench', '--quick', '--json', file],
      { cwd: root, timeout: 120_000 },
      (error, stdout, stderr) => resolve({ error: error && `${error.message}\n${stderr}`, out: stdout }),
    );
  });
  assert.is(error, null, out);
  assert.not.match(out, /failed/i);
  const { quick, workloads: written } = JSON.parse(readFileSync(file, 'utf8')) as {
    quick: boolean;
    workloads: { id: string; rounds: Rounds }[];
  };
  assert.ok(quick);
  assert.equal(
    written.map(({ id }) => id),
    workloads.map(({ id }) => id),
  );
  for (const { id, title, variants } of workloads) {
    const [round = {}] = written.find((one) => one.id === id)!.rounds;
    const local = Object.keys(variants).filter((name) => /^(treadle|native|floor)/.test(name));
    assert.equal(Object.keys(round).sort(), local.sort(), id);
    for (const name of local)
      assert.ok(Object.values(round[name]?.figures ?? {}).every(Number.isFinite), `${id}, ${name}`);
    assert.ok(out.includes(`\n${title.slice(0, 24)}`) || out.includes(`\n${id}: `), `a row for ${id}`);
  }
});

quick('runs beside another clone, this one say, and prints both', async () => {
  const { error, out } = await new Promise<{ error: unknown; out: string }>((resolve) => {
    execFile(
      process.execPath,
      ['demos', 'bench', '--quick', '--before', root, '--only', 'spawn-join', '--variants', 'treadle'],
      { cwd: root, timeout: 60_000 },
      (error, stdout, stderr) => resolve({ error: error && `${error.message}\n${stderr}`, out: stdout }),
    );
  });
  assert.is(error, null, out);
  assert.match(out, /^treadle is \S+, before is \S+$/m);
  const rows = out.split('\n').filter((line) => line.startsWith('spawn + join'));
  assert.is(rows.length, 1);
  assert.match(rows[0]!, /^spawn \+ join( +[\d.,]+ (ns|µs|ms)){3} +[\d.]+ +[\d.,]+ +[\d.,]+$/);
});

quick.run();

process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
