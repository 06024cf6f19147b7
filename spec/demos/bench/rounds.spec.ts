// The rounds of the benchmark: what becomes of a child that fails, in which order they run, and the state before.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { run } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { buildClone, otherClone, revisionOf } from '../../../demos/bench/before.ts';
import { BadInput } from '../../../demos/bench/options.ts';
import { compile, measure, orderOf } from '../../../demos/bench/rounds.ts';
import { withBefore } from '../../../demos/bench/variants.ts';
import type { Workload } from '../../../demos/bench/workload.ts';
import { temporaryFolder } from '../../support/files.ts';
import { root } from '../../support/package.ts';
import { variant, workload } from './made-up.ts';

const folder = temporaryFolder();

const test = suite('the rounds of the benchmark');

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

test('report a variant that throws, crashes, hangs or says nothing, go on, and do not try it again', async () => {
  const variants = Object.fromEntries(['good', 'throws', 'crashes', 'silent', 'hangs'].map((name) => [name, variant]));
  const started: string[] = [];
  const progress = (_done: number, of: number, round: number, _workload: Workload, name: string) => {
    assert.is(of, 10);
    started.push(`${round} ${name}`);
  };
  const [result] = await run(
    measure(child, { workloads: [{ ...workload, variants, timeoutMs: 3_000 }], rounds: 2, quick: false, progress }),
  );
  const [first = {}, second = {}] = result!.rounds;
  assert.equal(first.good!.figures, { time: 2 });
  assert.is(first.throws!.error, 'Error: a bad day');
  assert.is(first.crashes!.error, 'RangeError: Maximum call stack size exceeded');
  assert.is(first.silent!.error, 'it ended with 3');
  assert.is(first.hangs!.error, '> 3 s');
  assert.is(second.hangs!.error, '> 3 s');
  assert.is(second.hangs!.seconds, undefined, 'it was tried again');
  assert.equal(started.slice(0, 5), ['0 good', '0 throws', '0 crashes', '0 silent', '0 hangs']);
  assert.equal(
    started.slice(5),
    ['1 throws', '1 crashes', '1 silent', '1 hangs', '1 good'],
    'another order in each round',
  );
});

test('measure the built package and the peers as they are installed: nothing of them is bundled', async () => {
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

test('run the state before right beside its counterpart, in turns first, and in its own process', async () => {
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

test('measure the state before as its own clone has built it', async () => {
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

test.run();
