// `node demos bench`: the arithmetic of its report, what it does with a child that fails, and one quick run of all
// workloads, whose figures mean nothing. None of the peers needs to be installed.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { run } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BadInput, read } from '../../demos/bench/options.ts';
import { figureOf, json, median, mediansOf, verdicts } from '../../demos/bench/report.ts';
import type { Measured, Rounds } from '../../demos/bench/report.ts';
import { compile, measure } from '../../demos/bench/rounds.ts';
import { goalTable, table } from '../../demos/bench/table.ts';
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

options('that make no sense are refused in one line', () => {
  for (const argv of [
    ['--rounds', '0'],
    ['--rounds', 'x'],
    ['--peers', 'rxjs'],
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

quick.run();

process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
